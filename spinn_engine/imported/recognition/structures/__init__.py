"""What networks may be: chains, blocks, gates, heads, and the fixed maps around them."""
