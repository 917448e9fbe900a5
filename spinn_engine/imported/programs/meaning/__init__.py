"""What a list of calls computes of a row, as expressions."""
