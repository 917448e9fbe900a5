"""Networks as other tools write them, trained by their own trainers, and what they predict."""
