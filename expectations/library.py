"""The one place that talks to Great Expectations. Importing this module takes seconds."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from expectations.rule import Rule


@contextmanager
def _without_spark() -> Iterator[None]:
    """Keep Great Expectations from importing Spark's client, which ends a process whose main module has no file."""
    there = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "pyspark"}
    for name in there:
        del sys.modules[name]
    sys.modules["pyspark"] = None  # type: ignore[assignment]  # what the import system takes for "is not there"
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(there)


with _without_spark():
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)  # names a folder each time


def failing_rows(table_name: str, rules: Sequence[Rule], frame: pd.DataFrame) -> dict[Rule, set[int]]:
    """Return the rows on which each rule fails.

    A column of one value takes Great Expectations as long as one of thousands, so all values that have the same bounds
    stand below each other in one column.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    alike: dict[str, list[Rule]] = {}
    for rule in rules:
        alike.setdefault(f"{rule.minimum} to {rule.maximum}", []).append(rule)
    values = {
        bounds: pd.concat([frame[rule.column].astype(float) for rule in same], ignore_index=True)
        for bounds, same in alike.items()
    }
    batch = (
        context.data_sources.add_pandas("profiles")
        .add_dataframe_asset(table_name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": pd.DataFrame(values)})
    )
    between = gx.expectations.ExpectColumnValuesToBeBetween
    suite = gx.ExpectationSuite(
        name=table_name,
        expectations=[
            between(column=bounds, min_value=same[0].minimum, max_value=same[0].maximum)
            for bounds, same in alike.items()
        ],
    )
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    failing: dict[Rule, set[int]] = {rule: set() for rule in rules}
    for one in outcome.results:
        if _raised(one.exception_info):
            raise RuntimeError(f"suite of {table_name} could not be evaluated: {one.exception_info}")
        same = alike[one.expectation_config.kwargs["column"]]
        for index in one.result.get("unexpected_index_list") or []:
            place, row = divmod(index, len(frame))
            failing[same[place]].add(row)
    return failing


def _raised(info: dict[str, Any]) -> bool:
    """Whether GX reports an exception; it gives one flat dict or one dict per metric."""
    parts = [info] if "raised_exception" in info else list(info.values())
    return any(part.get("raised_exception") for part in parts)
