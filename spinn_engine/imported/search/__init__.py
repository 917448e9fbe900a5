"""What a network that came as bare numbers computes: every way is tried on the training rows."""
