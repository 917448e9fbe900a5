"""A finished run as seven pictures and as a hand-out."""
