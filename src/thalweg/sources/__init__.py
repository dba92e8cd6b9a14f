"""Outside sources: one folder for each, with its metadata, its client and its reader."""
