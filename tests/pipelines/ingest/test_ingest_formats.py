"""The same rows come out of every format, compression and way of writing it; text is never sniffed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import LOGS
from tests.support.ingest_community import DAY, HEADER, Community

ROWS = [
    {
        "interaction_id": "007",
        "occurred_at": "2024-03-05T09:00:00+08:00",
        "kind": "like",
        "member_id": "1e5",
        "mood": "yes",
    },
    {
        "interaction_id": "8",
        "occurred_at": "2024-03-05 10:30",
        "kind": "view",
        "member_id": None,
        "mood": None,
    },
    {
        "interaction_id": "9",
        "occurred_at": "2024-03-04T17:30:00Z",
        "kind": "reply",
        "member_id": "no",
        "mood": 'a "b", c',
    },
]
EXPECTED = [
    (
        "007",
        "2024-03-05 01:00:00",
        "like",
        "1e5",
        "community",
        "upsert",
        '{"mood":"yes"}',
        date(2024, 3, 5),
    ),
    ("8", "2024-03-05 02:30:00", "view", None, "community", "upsert", None, date(2024, 3, 5)),
    (
        "9",
        "2024-03-04 17:30:00",
        "reply",
        "no",
        "community",
        "upsert",
        '{"mood":"a \\"b\\", c"}',
        date(2024, 3, 5),
    ),
]
COLUMNS = "interaction_id, occurred_at::varchar, kind, member_id, source, op, extra, event_day"


def as_csv(rows: list[dict[str, str | None]]) -> str:
    quoted = [
        ",".join("" if row[key] is None else '"' + row[key].replace('"', '""') + '"' for key in rows[0]) for row in rows
    ]
    return "\n".join([",".join(rows[0]), *quoted]) + "\n"


def as_jsonl(rows: list[dict[str, str | None]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", as_csv), ("a.jsonl", as_jsonl), ("a.ndjson", as_jsonl), ("A.CSV", as_csv)]
)
def test_text_formats_and_compressions_give_the_same_rows(community, name, text, suffix):
    community.deliver(name + suffix, text(ROWS))
    report = community.ingest()
    assert sorted(community.rows(COLUMNS)) == EXPECTED
    assert community.outcome() == {name + suffix: (3, 3, 0, None)}
    assert (report.days[0].delivered, report.days[0].accepted) == (3, 3)


def test_parquet_gives_the_same_rows(community):
    path = community.deliver("a.parquet", "")
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    community.ingest()
    assert sorted(community.rows(COLUMNS)) == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + as_csv(ROWS).encode(),
        as_csv(ROWS).replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + as_csv(ROWS).replace("\n", "\r\n\r\n").encode(),
        as_csv(ROWS).rstrip("\n").encode(),
        as_csv(ROWS).replace("\n", "\n\n   \n").encode(),
        as_csv(ROWS).replace("007", "  007 ").replace("member_id", " member_id ").encode(),
        as_csv(ROWS).replace("\n", "\r\n", 2).encode(),
    ],
    ids=[
        "bom",
        "crlf",
        "bom, crlf and blank lines",
        "no last line feed",
        "blank lines",
        "blanks around",
        "mixed line ends",
    ],
)
def test_ways_of_writing_csv_give_the_same_rows(community, data):
    community.deliver_as_is("a.csv", data)
    community.ingest()
    assert sorted(community.rows(COLUMNS)) == EXPECTED
    assert community.quarantine() == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("broken", ["", "7,,,,\n"], ids=["read together", "read line by line"])
def test_a_quoted_line_feed_stays_in_its_value(community, end, broken):
    text = HEADER.strip() + ',channel\n1,2024-03-05,like,m,"a\nb ""c"", d"\n' + broken
    community.deliver("a.csv", text.replace("\n", end))
    community.ingest()
    assert community.rows("interaction_id, channel") == [("1", f'a{end}b "c", d')]
    assert [line for _, line, _ in community.quarantine()] == ([4] if broken else [])


def test_json_values_become_text_that_keeps_its_spelling(community):
    lines = [
        '{"interaction_id": 7, "member_id": 12345678901234567890123}',
        '{"interaction_id": 1e5, "member_id": 1.50, "value": 2.50}',
        '{"interaction_id": "x", "channel": ["a", "b"], "z": {"k": [1]}, "a": [1, true], "e": ""}',
    ]
    lines = [line[:-1] + ', "occurred_at": "2024-03-05", "kind": "like"}' for line in lines]
    community.deliver("a.jsonl", "\ufeff" + "\r\n".join(lines))
    community.ingest()
    assert sorted(community.rows("interaction_id, member_id, value, channel, extra")) == [
        ("1e5", "1.50", 2.5, None, None),
        ("7", "12345678901234567890123", None, None, None),
        ("x", None, None, "a|b", '{"a":"1|true","z":"{\\"k\\":[1]}"}'),
    ]


def test_parquet_types_become_text_with_their_meaning(community):
    path = community.deliver("a.parquet", "")
    other = path.with_name("b.parquet")
    with duckdb.connect() as con:
        con.execute(
            f"""
            copy (
                select 7::bigint as interaction_id, timestamp '2024-03-05 09:00:00' as occurred_at,
                    'like' as kind, ['a', 'b'] as channel, {{'k': 1}} as s, 1.5::double as value,
                    true as t, 5.0::double as "a "" b"
            ) to '{path}' (format parquet)
            """
        )
        con.execute(
            f"""
            copy (
                select '007' as interaction_id, timestamptz '2024-03-05 09:00:00+00' as occurred_at,
                    'like' as kind
            ) to '{other}' (format parquet)
            """
        )
    community.ingest()
    assert sorted(community.rows("interaction_id, occurred_at::varchar, channel, value, extra")) == [
        ("007", "2024-03-05 09:00:00", None, None, None),
        ("7", "2024-03-05 01:00:00", "a|b", 1.5, '{"a \\" b":"5.0","s":"{\\"k\\":1}","t":"true"}'),
    ]


def test_files_of_different_headers_go_by_name(community):
    community.deliver("a.csv", HEADER + "1,2024-03-05,like,m\n")
    community.deliver("b.csv", "kind,interaction_id,member_id,occurred_at\nview,2,n,2024-03-05\n")
    community.ingest()
    assert sorted(community.rows("interaction_id, kind, member_id")) == [
        ("1", "like", "m"),
        ("2", "view", "n"),
    ]


def test_file_names_and_folders_are_no_patterns(tmp_path: Path):
    community = Community(tmp_path / "k=v [1] it's?*")
    community.deliver("a[1]*?'.csv", HEADER + "1,2024-03-05,like,m\n")
    community.deliver("a1.csv", HEADER + "2,2024-03-05,like,m\n,,,\n")
    community.ingest()
    assert set(community.outcome()) == {"a[1]*?'.csv", "a1.csv"}
    assert community.delivery()["rows"] == 2


@pytest.mark.parametrize("log", LOGS)
def test_every_log_takes_a_row_of_every_column(tmp_path: Path, log):
    community = Community(tmp_path, log)
    sample = {
        "id": "x",
        "text": "t",
        "time": "2024-03-05",
        "day": "2024-03-05",
        "integer": "5",
        "number": "1.5",
        "currency": "CNY",
    }
    row = {c.name: c.kinds[0] if c.kinds else sample[c.type] for c in community.log.own_columns}
    # Ids differ, and no day comes after another: rules look at columns side by side.
    row |= {c.name: f"x{number}" for number, c in enumerate(community.log.own_columns) if c.type == "id"}
    row |= {name: value for name, value in {"term_end": "2024-04-05", "score": "5"}.items() if name in row}
    community.deliver("a.csv", as_csv([row]))
    community.ingest()
    assert community.outcome()["a.csv"] == (1, 1, 0, None)
    (stored,) = community.rows()
    assert None not in stored[:-2]
    assert stored[-2:] == (None, DAY)
