"""Reading codes, prices and text: the parts that need no reader, from check digits to what a price looks like."""
