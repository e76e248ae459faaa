"""Where in a picture which face may be, and what the pixels say of it."""
