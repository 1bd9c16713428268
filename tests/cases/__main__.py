"""Writes the answers into the pages of ``docs/cases``: ``python -m tests.cases``, where their data is at hand."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from .answers import answered
from .communities import CASES

if __name__ == "__main__":
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            database = case.publish(Path(folder) / "home")
            with duckdb.connect(database, read_only=True) as connection:
                text = answered(case.page.read_text(encoding="utf-8"), connection)
        case.page.write_text(text, encoding="utf-8")
