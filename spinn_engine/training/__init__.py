"""The stack of networks and the loop that trains it."""
