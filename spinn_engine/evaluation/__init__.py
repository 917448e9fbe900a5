"""What the networks are worth, and how sure that is."""
