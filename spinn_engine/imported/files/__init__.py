"""Checkpoint files as tensors and names; nothing in them is run."""
