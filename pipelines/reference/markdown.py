"""What every generated page shares: where it lies, the line that says where it comes from, and tables."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.settings import PROJECT_DIR

DOCS_DIR = PROJECT_DIR / "docs"

GENERATED = "<!-- Written by `make docs` from {source}; change that instead. -->\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    cells = [" | ".join(cell.replace("|", r"\|") for cell in line) for line in lines]
    return "".join(f"| {line} |\n" for line in cells)
