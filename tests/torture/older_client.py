"""A program of its own that reads what is published with the DuckDB of a folder: ``older_client.py FOLDER FILE``.

Nothing of Guildbook is imported: its DuckDB is another one.
"""

import sys

if __name__ == "__main__":
    sys.path[0] = sys.argv[1]
    import duckdb

    assert duckdb.__file__.startswith(sys.argv[1]), f"{duckdb.__file__} was read"
    for _ in sys.stdin:
        with duckdb.connect(sys.argv[2], read_only=True) as con:
            tables = (f"select version from marts.{name}" for name in ("facts", "totals", "publication"))
            versions = {row[0] for row in con.execute(" union ".join(tables)).fetchall()}
        sys.stdout.write(" ".join(map(str, sorted(versions))) + "\n")
        sys.stdout.flush()
