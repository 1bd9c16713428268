"""The case studies of ``docs/cases``: real communities, and the answers printed under their queries."""
