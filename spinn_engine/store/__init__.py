"""Where runs are kept: files, run folders, a folder or a remote store. Imports no torch."""
