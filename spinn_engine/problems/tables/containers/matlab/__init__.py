"""MATLAB files: of versions 5 to 7 by our own reader, of 7.3 as the HDF5 that they are."""
