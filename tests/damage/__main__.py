"""Writes ``docs/damages.md``: ``python -m tests.damage``, a part of ``make docs``."""

from __future__ import annotations

from .page import write_page

if __name__ == "__main__":
    write_page()
