"""Numeric methods on pictures, which the stages are built of."""
