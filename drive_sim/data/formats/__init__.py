"""Other people's recordings: a file a format to read, one to write, and `known.py`, which finds a folder's format."""
