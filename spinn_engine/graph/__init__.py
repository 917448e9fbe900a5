"""What a network is: a small graph of operations over dimensions. Imports no torch."""
