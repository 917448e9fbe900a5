"""Files that hold tables beside other things, or as other programs keep them: one reader a kind.

A reader takes a path, the names of the tables that are asked for (``--sheet``) and at most how many
rows are wanted, and gives a ``Sheet``. It opens no other file, follows no link out of it, and runs
nothing that stands in it. ``vocabulary/tables.py`` says which suffix is read by which.
"""
