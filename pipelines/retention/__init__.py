"""The daily list of members worth contacting: drawn, logged, kept, exported. ``models.retention`` decides."""
