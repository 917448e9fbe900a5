"""Large Parquet tables: columns of numbers stay in their file and are read when they are used.

Ten million rows by 20 columns are 1.6 GB as numbers, and a network learns from half of that. So
they are never held: a column is read for itself, and rows block by block, as often as needed.
"""
