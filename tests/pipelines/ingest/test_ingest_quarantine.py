"""What breaks the contract is named with file, line, reason and raw text, and costs nothing but itself."""

from __future__ import annotations

import gzip
import hashlib
import time
import tracemalloc

import pyarrow as pa
import pytest

from tests.support.ingest_community import DAY, HEADER, Community

GOOD = "g{},2024-03-05T08:00:00,like,m\n"

BROKEN_ROWS = [
    ("1,2025-13-01,like,m", "occurred_at", "'2025-13-01' is no ISO 8601 time"),
    ("1,epoch,like,m", "occurred_at", "'epoch' is no ISO 8601 time"),
    ("1,infinity,like,m", "occurred_at", "'infinity' is no ISO 8601 time"),
    ("1,2024-03-05T10:00:00 Asia/Tokyo,like,m", "occurred_at", "is no ISO 8601 time"),
    ("1,0001-01-01,like,m", "occurred_at", "between 1970 and 2200"),
    ("1,1709600000,like,m", "occurred_at", "is no ISO 8601 time"),
    ("1,,like,m", "occurred_at", "required, but empty"),
    ("1,2024-03-07,like,m", "occurred_at", "is after its log day 2024-03-05"),
    ("1,2024-03-05,lkie,m", "kind", "'lkie' is none of its kinds; nearest: like,"),
    ("1,2024-03-05,Like,m", "kind", "'Like' is none of its kinds; nearest: like,"),
    ("1,2024-03-05,,m", "kind", "required, but empty"),
    ("  ,2024-03-05,like,m", "interaction_id", "required, but empty"),
    ("1,2024-03-05,like", None, "3 fields where the header has 4"),
    ("1,2024-03-05,like,m,n", None, "5 fields where the header has 4"),
    ('1,2024-03-05,like,"m"n', None, "no line of CSV"),
    ('1,2024-03-05,like,"m', None, "a quote is not closed"),
    ("1,2024-03-05,like,a\rb", None, "carriage return"),
]


@pytest.mark.parametrize(("line", "column", "reason"), BROKEN_ROWS, ids=[f"{row[0]!r}" for row in BROKEN_ROWS])
def test_a_broken_row_is_named_and_its_neighbours_stay(community, line, column, reason):
    community.deliver("a.csv", HEADER + GOOD.format(1) + line + "\n" + GOOD.format(2) + '"g3",2024-03-05,like,"m"\n')
    community.deliver("b.csv", HEADER + GOOD.format(4))
    community.ingest()
    ((file, number, found, named, raw, size),) = community.quarantine(
        "file, line, reason, column_name, raw_text, raw_bytes"
    )
    assert (file, number, named, raw, size) == ("a.csv", 3, column, line, len(line))
    assert reason in found
    assert sorted(community.rows("interaction_id")) == [("g1",), ("g2",), ("g3",), ("g4",)]
    assert community.outcome() == {"a.csv": (4, 3, 1, None), "b.csv": (1, 1, 0, None)}


BROKEN_DOCUMENTS = [
    ("{not json", None, "no valid JSON"),
    ("[1, 2]", None, "no JSON object"),
    ('{"interaction_id": "\x01"}', None, "no valid JSON"),
    (
        '{"interaction_id": "1", "occurred_at": 1709600000, "kind": "like"}',
        "occurred_at",
        "'1709600000' is no ISO",
    ),
    ('{"interaction_id": null, "occurred_at": "2024-03-05", "kind": "like"}', "interaction_id", "required"),
]


@pytest.mark.parametrize(("line", "column", "reason"), BROKEN_DOCUMENTS, ids=[row[0] for row in BROKEN_DOCUMENTS])
def test_a_broken_document_is_named_and_its_neighbours_stay(community, line, column, reason):
    community.settings = community.settings.model_copy(update={"max_unpack_ratio": 5_000.0})
    good = '{"interaction_id": "g", "occurred_at": "2024-03-05", "kind": "like"}'
    community.deliver("a.jsonl.gz", f"{good}\n\n{line}\n{good}\n")
    community.ingest()
    ((number, found, named, raw),) = community.quarantine("line, reason, column_name, raw_text")
    assert (number, named, raw) == (3, column, line)
    assert reason in found
    assert community.outcome() == {"a.jsonl.gz": (3, 2, 1, None)}


def test_a_broken_parquet_row_is_named_by_its_number(community):
    path = community.deliver("a.parquet", "")
    table = pa.table({"interaction_id": ["1", None], "occurred_at": ["2024-03-05"] * 2, "kind": ["like"] * 2})
    pa.parquet.write_table(table, path)
    community.ingest()
    assert community.quarantine("line, column_name, raw_text") == [
        (2, "interaction_id", '{"interaction_id":null,"occurred_at":"2024-03-05","kind":"like"}')
    ]
    assert community.outcome() == {"a.parquet": (2, 1, 1, None)}


TYPED = [
    ("content", "n_chars", "1.5", False),
    ("content", "n_chars", "0x10", False),
    ("content", "n_chars", "1e3", False),
    ("content", "n_chars", "1_000", False),
    ("content", "n_chars", "9223372036854775808", False),
    ("content", "n_chars", "-12", False),
    ("content", "n_chars", "12.0", True),
    ("content", "access", "fee", False),
    ("content", "op", "remove", False),
    ("content", "source_seq", "v1", False),
    ("content", "deleted_at", "yesterday", False),
    ("interactions", "value", "1e400", False),
    ("interactions", "value", "nan", False),
    ("interactions", "value", "1_0", False),
    ("interactions", "value", "-1.5e-3", True),
    ("payments", "currency", "cny", False),
    ("payments", "currency", "RMB¥", False),
    ("payments", "amount_minor", "", False),
    ("subscriptions", "term_start", "2024-02-30", False),
    ("subscriptions", "term_start", "2024-02-29T23:00:00Z", True),
]


@pytest.mark.parametrize(("log", "column", "text", "is_accepted"), TYPED)
def test_types_are_cast_strictly(tmp_path, log, column, text, is_accepted):
    community = Community(tmp_path, log)
    sample = {
        "id": "x",
        "text": "t",
        "time": "2024-03-05",
        "day": "2024-03-05",
        "integer": "5",
        "number": "1",
        "currency": "CNY",
    }
    row = {c.name: c.kinds[0] if c.kinds else sample[c.type] for c in community.log.columns if c.required} | {
        column: text
    }
    community.deliver("a.csv", ",".join(row) + "\n" + ",".join(row.values()) + "\n")
    community.ingest()
    assert community.outcome()["a.csv"] == (1, int(is_accepted), int(not is_accepted), None)
    assert [name for (name,) in community.quarantine("column_name")] == ([] if is_accepted else [column])


def test_an_open_quote_never_eats_the_lines_after_it(community):
    lines = [GOOD.format(n) for n in range(200)]
    lines[50] = 'x,2024-03-05,like,"open\n'
    lines[150] = '"y,2024-03-05,like,open\n'
    lines[151] = '"z,2024-03-05,like,open\n'
    community.deliver("a.csv", HEADER + "".join(lines))
    community.ingest()
    assert [line for _, line, _ in community.quarantine()] == [52, 152, 153]
    assert community.outcome()["a.csv"] == (200, 197, 3, None)


def test_a_line_that_is_not_utf8_is_quarantined_alone(community):
    community.deliver_as_is(
        "a.csv",
        (HEADER + GOOD.format(1)).encode() + b"x,2024-03-05,like,\xff\xfe\n" + GOOD.format(2).encode(),
    )
    community.ingest()
    assert community.quarantine("line, reason, raw_text") == [
        (3, "not UTF-8 at byte 19 of the line", "x,2024-03-05,like,\\xff\\xfe")
    ]
    assert community.outcome()["a.csv"] == (3, 2, 1, None)


REJECTED = {
    "empty.csv": (b"", "empty (0 bytes)"),
    "blank.csv": (b"\n\n", "no header"),
    "head.csv": (b"id,when\n1,2\n", "the header lacks interaction_id, occurred_at, kind"),
    "close.csv": (b"interaction,occurred_at,kind\n", "lacks interaction_id; rename interaction_id: your `inter"),
    "pairs.csv": (b"id,time,kind\n", "rename interaction_id: your `id`? occurred_at: your `time`?"),
    "half.csv": (b"id,time,colour\n", "occurred_at: your `time`?; add kind"),
    "twice.csv": (b"interaction_id,occurred_at,kind,kind\n", "'kind' more than once"),
    "semi.csv": (b"interaction_id;occurred_at;kind\n", "separated by ';'"),
    "utf16.csv": ((HEADER + GOOD).encode("utf-16"), "UTF-16"),
    "utf16le.csv": ((HEADER + GOOD).encode("utf-16-le"), "UTF-16"),
    "latin.csv": (b"interaction_id,occurred_at,kind,\xe9\n", "in UTF-8"),
    "cr.csv": ((HEADER + GOOD).replace("\n", "\r").encode(), "carriage return"),
    "quote.csv": (b'"interaction_id,occurred_at,kind\n', "the header is no line of CSV"),
    "cut.csv.gz": (gzip.compress((HEADER + GOOD * 9999).encode())[:-9], "cannot be decompressed"),
    "sum.csv.gz": (gzip.compress((HEADER + GOOD).encode())[:-8] + b"\0" * 8, "cannot be decompressed"),
    "cut.csv.zst": (
        bytes(pa.Codec("zstd").compress((HEADER + GOOD * 9999).encode()))[:-3],
        "cannot be decompressed",
    ),
    "no.jsonl.gz": (b"{}", "cannot be decompressed"),
    "no.parquet": (b"PAR1", "no readable Parquet file"),
    "table.xlsx": (b"PK", "save its sheet as CSV in UTF-8"),
    "table.ods": (b"PK", "save its sheet as CSV in UTF-8"),
    "all.zip": (b"PK", "unpack it"),
    "all.json": (b"[]", "one object a line"),
    "tabs.tsv": (b"interaction_id\toccurred_at\n", "separated by tabs"),
    "a.parquet.gz": (b"x", "unknown file type"),
    "plain": (b"x", "unknown file type"),
}


def test_unreadable_files_are_rejected_by_name_and_the_others_ingested(community):
    for name, (data, _) in REJECTED.items():
        community.deliver_as_is(name, data)
    community.deliver("good.csv", HEADER + GOOD)
    for ignored in (".hidden.csv", "_SUCCESS"):
        community.deliver(ignored, "x")
    report = community.ingest()
    outcome = community.outcome()
    assert outcome.pop("good.csv") == (1, 1, 0, None)
    assert set(outcome) == set(REJECTED)
    for name, (_, reason) in REJECTED.items():
        assert outcome[name][:3] == (None, None, None)
        assert reason in outcome[name][3], name
    assert (report.days[0].rejected_files, report.days[0].accepted) == (len(REJECTED), 1)


def test_a_parquet_file_broken_inside_is_rejected(community):
    path = community.deliver("a.parquet", "")
    rows = 5000
    table = pa.table(
        {
            "interaction_id": [str(n) for n in range(rows)],
            "occurred_at": ["2024-03-05"] * rows,
            "kind": ["like"] * rows,
        }
    )
    pa.parquet.write_table(table, path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[200:400] = b"\0" * 200
    path.write_bytes(data)
    community.deliver("b.csv", HEADER + GOOD)
    community.ingest()
    assert community.outcome()["b.csv"] == (1, 1, 0, None)
    assert "cannot be read" in community.outcome()["a.parquet"][3]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz"])
def test_a_line_of_100_mb_costs_little_memory_and_nothing_but_itself(community, name):
    community.settings = community.settings.model_copy(update={"max_unpack_ratio": 5_000.0})
    good = '{"interaction_id": "g", "occurred_at": "2024-03-05", "kind": "like"}\n' if "json" in name else GOOD
    head = "" if "json" in name else HEADER
    long = b'"' + b"x" * 100_000_000
    community.deliver(name, (head + good).encode() + long + b"\n" + good.encode())
    digest = hashlib.sha256(long).hexdigest()
    del long
    pool = pa.default_memory_pool()
    started = time.perf_counter()
    tracemalloc.start()
    community.ingest()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000
    assert pool.bytes_allocated() < 40_000_000
    assert time.perf_counter() - started < 20
    line = 2 if "json" in name else 3
    reason = (
        "the line has 100,000,001 bytes: GUILDBOOK_MAX_LINE_BYTES allows 2,000,000; shorten it, or raise that setting"
    )
    assert community.quarantine("line, reason, raw_sha256, raw_bytes, length(raw_text)") == [
        (
            line,
            reason,
            digest,
            100_000_001,
            65_536,
        )
    ]
    assert community.outcome()[name] == (3, 2, 1, None)


def test_a_long_record_is_cut_and_hashed(community):
    line = "x,2024-03-05,like," + "y" * 100_000
    community.deliver("a.csv", HEADER + line + ",z\n")
    community.ingest()
    ((size, digest, raw),) = community.quarantine("raw_bytes, raw_sha256, raw_text")
    assert (size, digest) == (len(line) + 2, hashlib.sha256(f"{line},z".encode()).hexdigest())
    assert raw == line[:65_536]


DELETES = [
    ("content", "content_id,op\nc,delete\n", 1),
    ("content", "content_id,op\nc,upsert\n", 0),
    ("content", "content_id,op\n,delete\n", 0),
    ("interactions", "interaction_id,op\ni,delete\n", 0),
    ("interactions", "interaction_id,op,occurred_at\ni,delete,2024-03-04\n", 1),
    ("members", "member_id,occurred_at,op\nm,,delete\n", 0),
    ("members", "member_id,occurred_at,op\nm,2024-03-04,delete\n", 1),
]


@pytest.mark.parametrize(("log", "text", "accepted"), DELETES)
def test_a_delete_needs_only_its_key(tmp_path, log, text, accepted):
    community = Community(tmp_path, log)
    community.deliver("a.csv", text)
    community.ingest()
    assert community.outcome()["a.csv"] == (1, accepted, 1 - accepted, None)
    if log == "content" and accepted:
        assert community.rows("content_id, op, occurred_at, event_day") == [("c", "delete", None, DAY)]


def test_a_link_of_an_id_with_itself_is_named_and_one_with_an_id_that_only_looks_alike_is_not(tmp_path):
    community = Community(tmp_path, "identity_links")
    pairs = [
        ("小明", " 小明 "), ("小明", "王小明"), ("Jose\u0301", "Jos\u00e9"), ("Ana", "ana"), ("👩🏽‍💻", "👩‍💻"),
        ("سارة", "سارة"), ("007", "7"),
    ]  # fmt: skip
    rows = "".join(f"{one},{other},2024-03-05,upsert\n" for one, other in pairs)
    community.deliver("a.csv", "member_a,member_b,occurred_at,op\n" + rows + "a,a,,delete\n")
    community.ingest()
    found = community.quarantine("line, column_name, reason")
    assert [(line, column) for line, column, _ in sorted(found)] == [(2, "member_b"), (7, "member_b"), (9, "member_b")]
    assert all(reason.endswith("is member_a too; a link joins two different ids") for _, _, reason in found)
    stored = {tuple(row) for row in community.rows("member_a, member_b")}
    assert stored == {pairs[1], pairs[2], pairs[3], pairs[4], pairs[6]}
