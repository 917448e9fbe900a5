"""HDF5: its datasets, and what pandas keeps in it; nothing outside the file."""
