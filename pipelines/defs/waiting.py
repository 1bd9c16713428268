"""A process that waits for a run, with the libraries of one imported and nothing of Guildbook.

    python -m pipelines.defs.waiting

takes the arguments of one command of Dagster as a line of JSON on standard input, and becomes that command; where the
input ends without any, so does the process.
"""

from __future__ import annotations

import json
import runpy
import sys
from importlib import import_module

_LIBRARIES = (
    "duckdb", "great_expectations", "pandas", "pyarrow.parquet", "pydantic_settings", "scipy.stats",
    "skops.io", "sklearn.compose", "sklearn.ensemble", "sklearn.impute", "sklearn.linear_model", "sklearn.neighbors",
    "sklearn.svm", "tomlkit",
)  # fmt: skip


def main() -> None:
    """Import, wait, and become the command."""
    try:
        sys.modules["pyspark"] = None  # type: ignore[assignment]  # Great Expectations would import it, which takes seconds
        for name in _LIBRARIES:
            import_module(name)
        del sys.modules["pyspark"]
        command = sys.stdin.readline()
    except KeyboardInterrupt:
        return
    if command:
        sys.argv = ["dagster", *json.loads(command)]
        runpy.run_module("dagster", run_name="__main__")


if __name__ == "__main__":
    main()
