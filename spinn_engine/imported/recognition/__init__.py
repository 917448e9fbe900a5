"""Which network the tensors of a file are."""
