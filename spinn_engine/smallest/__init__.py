"""The smallest network that is no worse than the dense one: sought, then proved."""
