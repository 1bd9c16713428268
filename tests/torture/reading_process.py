"""A process of its own that reads what is published, one way for each line of its input, and prints the versions."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.agents.tools import Tools
from pipelines.home import Home
from pipelines.metrics.published import opened
from pipelines.settings import Settings

Seen = set[int]
KINDS = ("another process", "tools of agents", "a reader for whom nobody vouches")


def asked(con: duckdb.DuckDBPyConnection) -> Seen:
    """Ask three tables, one after the other."""
    tables = ("facts", "totals", "publication")
    return {row[0] for table in tables for row in con.execute(f"select distinct version from marts.{table}").fetchall()}


def read(home: Home, kind: str) -> Seen:
    """Open what is up in the way of this kind and ask."""
    if kind == KINDS[0]:
        with duckdb.connect(str(home.published / "analytics.duckdb"), read_only=True) as con:
            return asked(con)
    if kind == KINDS[1]:
        tools = Tools(home, Settings(home=home.root))
        said = tools.run_sql("select version from marts.facts union select version from marts.totals", 10)
        return {said["version"], *(int(value) for row in said["rows"] for value in row)}
    with opened(home, "UTC") as con:
        return asked(con)


def main() -> None:
    """Read until the input ends."""
    home = Home(Path(sys.argv[1]))
    for line in sys.stdin:
        sys.stdout.write(" ".join(map(str, read(home, line.strip()))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
