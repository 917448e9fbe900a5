"""From expressions to a graph and its numbers."""
