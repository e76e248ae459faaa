"""What of a face differs from its reference: registration, light, blur, noise, and what is left over."""
