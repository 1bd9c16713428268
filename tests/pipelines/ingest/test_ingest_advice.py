"""Dates that are no ISO 8601 are refused with how to write them."""

import duckdb
import pytest

from pipelines.ingest.advice import time_advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("04/02/2026 10:00", "2026-02-04T10:00 if the day comes first, 2026-04-02T10:00 if the month does"),
        ("4.2.2026", "2026-02-04 if the day comes first, 2026-04-02 if the month does"),
        ("24/02/2026 9:05:07", "2026-02-24T09:05:07"),
        ("02/24/2026", "2026-02-24"),
        ("03-03-2026", "2026-03-03"),
        ("31/02/2026", None),
        ("2026/02/04 10:00", "2026-02-04T10:00"),
        ("2026-2-4", "2026-02-04"),
        ("20260204", "2026-02-04"),
        ("1709600000", "2024-03-05T00:53:20Z"),
        ("1709600000123", "2024-03-05T00:53:20Z"),
        ("yesterday", None),
        ("4 Feb 2026", None),
        ("", None),
    ],
)
def test_a_date_is_answered_with_how_to_write_it(text, advice):
    with duckdb.connect() as con:
        assert con.execute(f"select {time_advice('t')} from (select ? as t)", [text]).fetchall() == [(advice,)]
