"""How many of something a page needs before it says more than a count. Each place that leaves something out says so."""

from __future__ import annotations

PIECES = 20
"""Pieces of a kind before the kind may lead a headline."""

SCORES = 5
"""Scores before their mean, a satisfied share or a net promoter score is shown."""

PEOPLE = 20
"""People, or registrations, before a share of them is a headline."""
