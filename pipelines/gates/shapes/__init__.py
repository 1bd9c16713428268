"""Rules of gate 1 about the shape of a log day, each against the log's own past: pure functions over what was measured.

A module per theme; ``judge`` applies them day by day, ``expectations/shape_rules.py`` says why each is there.
"""
