"""The stages: each takes records and arrays and returns new records, and knows neither the others nor the world."""
