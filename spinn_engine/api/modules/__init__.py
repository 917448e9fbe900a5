"""A module of PyTorch in memory, pruned."""
