"""Blocks that several pages show, or that are too long for the file of their page."""
