"""What a run leaves behind. ``store`` needs no torch; ``checkpoints`` does."""
