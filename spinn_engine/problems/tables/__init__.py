"""``table:PATH``: tables as people have them, from the file to rows of numbers."""
