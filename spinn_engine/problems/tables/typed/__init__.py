"""What the cells of a column are, of one that is held and of one that is in a file alike."""
