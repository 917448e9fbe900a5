"""Keras: models by their config, weights by the group or name that each version gives them."""
