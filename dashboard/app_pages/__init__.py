"""One file a page; each is run from top to bottom by ``dashboard/app.py``."""
