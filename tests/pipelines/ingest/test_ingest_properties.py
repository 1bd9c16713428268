"""Whatever the split, order, format and compression of the files, the same rows give the same checksums."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.contract import LOGS, Column, Log, Type
from pipelines.ingest.landing import LandingFile
from pipelines.ingest.line_reader import record_tables
from pipelines.ingest.shape import inspect
from pipelines.ingest.texts import csv_texts
from pipelines.settings import Settings
from tests.support.ingest_community import DAY, Community

pytestmark = pytest.mark.slow

NAMES = ("interaction_id", "occurred_at", "kind", "member_id", "channel", "value", "mood")
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8) | st.sampled_from(
    ['"', 'a"b', ",", "x,y", "007", "yes", "null", "NULL", " pad ", "\n", "a\nb", "中文", "|"]
)
ROW = st.fixed_dictionaries(
    {
        "interaction_id": st.sampled_from(["1", "007", "1e5", "x-1", "中", ""]),
        "occurred_at": st.integers(0, 5 * 86_400).map(
            lambda s: (datetime(2024, 3, 1) + timedelta(seconds=s)).isoformat()  # noqa: DTZ001 - a time without offset
        ),
        "kind": st.sampled_from(["like", "view", "lkie"]),
        "member_id": TEXT,
        "channel": TEXT,
        "value": st.sampled_from(["", "1", "-1.5", "x"]),
        "mood": TEXT,
    }
)


def write(community: Community, number: int, rows: list[dict[str, str]], how: str) -> None:
    if how == "parquet":
        path = community.deliver(f"{number}.parquet", "")
        pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in NAMES])), path)
    elif how.startswith("jsonl"):
        community.deliver(f"{number}.{how}", "".join(json.dumps(row) + "\n" for row in rows) or "\n")
    else:
        out = io.StringIO()
        names = NAMES[::-1] if number % 2 else NAMES
        writer = csv.DictWriter(
            out, names, quoting=csv.QUOTE_ALL if number % 3 else csv.QUOTE_MINIMAL, lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
        community.deliver(f"{number}.{how}", out.getvalue())


HOW = st.sampled_from(["csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "parquet"])


@settings(max_examples=15, deadline=None)
@given(data=st.data(), rows=st.lists(ROW, max_size=25))
def test_split_order_and_format_of_files_do_not_matter(data, rows):
    results = []
    for _ in range(2):
        shuffled = data.draw(st.permutations(rows))
        n_files = data.draw(st.integers(1, 4))
        with tempfile.TemporaryDirectory() as folder:
            community = Community(Path(folder))
            for number in range(n_files):
                write(community, number, shuffled[number::n_files], data.draw(HOW))
            (report,) = community.ingest().days
            assert report.rejected_files == 0
            assert report.delivered == report.accepted + report.quarantined == len(rows)
            reasons = sorted(reason for (reason,) in community.quarantine("reason"))
            results.append((community.delivery()["event_days"], community.rows(), reasons))
    assert results[0] == results[1]


XYZ = Log("xyz", "a row", ("x",), tuple(Column(name, Type.TEXT, name) for name in "xyz"))
CSV_TEXT = st.text(st.sampled_from('a1,,,\n\n"" \r'), max_size=60)


@settings(max_examples=100, deadline=None)
@example(body="a,1,a,,", end="\n")
@example(body=",,,,", end="\n")
@example(body=",,\r,,", end="\n")
@example(body='"a" ,b, "c "\n', end="\n")
@example(body='a,b,"" ""\n', end="\n")
@given(body=CSV_TEXT, end=st.sampled_from(["\n", "\r\n"]))
def test_the_line_reader_agrees_with_the_strict_one(body, end):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(("x,y,z" + end + body).encode())
        shape = inspect(LandingFile(DAY, path.name, path, path.stat().st_size, 1), XYZ, Settings()).shape
        by_line = [
            tuple(record[f"c{n}"] for n in range(3))
            for table in record_tables(path, shape, Settings())
            for record in table.to_pylist()
            if record["malformed"] is None
        ]
        if shape.needs_line_reader:
            return
        reader = csv_texts(LOGS["interactions"], shape, {0: LandingFile(DAY, path.name, path, 1, 1)})
        start, stop = reader.index("read_csv("), reader.rindex(")")
        try:
            strict = duckdb.execute(f"from {reader[start:stop]}").fetchall()
        except duckdb.Error:
            return
        as_null = [tuple(value or None for value in row) for row in by_line]
        assert as_null == [tuple(value or None for value in row) for row in strict]
