"""The daily list of members worth contacting: drawn, logged, kept, exported. What decides is in ``models.actions``."""
