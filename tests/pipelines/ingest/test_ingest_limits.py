"""What is beyond a limit is refused with a sentence that names the limit's setting, and costs little memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.faults import sentence
from pipelines.ingest import run as ingest_run
from pipelines.ingest.refusals import refused
from pipelines.lake.duck import connect
from pipelines.reading.nesting import most_nested
from pipelines.settings import PROJECT_DIR, Settings
from tests.support.ingest_community import HEADER, Community

pytestmark = pytest.mark.slow

ROW = "i{},2024-03-05T10:00:00Z,like,m1\n"
ROWS = ROW.format(1) + ROW.format(2)
ONE = {"interaction_id": "i1", "occurred_at": "2024-03-05", "kind": "like"}


def ingested(tmp_path, name, data, **limits):
    community = Community(tmp_path, **limits)
    community.deliver(name, data)
    community.ingest()
    return community


REFUSED_FILES = [
    ("a.csv", HEADER + ROWS, {"max_columns": 3}, "4 columns: GUILDBOOK_MAX_COLUMNS allows 3; divide"),
    ("a.csv", HEADER + ROWS, {"max_file_rows": 1}, "2 records: GUILDBOOK_MAX_FILE_ROWS allows 1; divide"),
    ("a.jsonl", f"{json.dumps(ONE)}\n" * 3, {"max_file_rows": 2}, "3 records: GUILDBOOK_MAX_FILE_ROWS allows 2"),
    (
        "a.csv.gz",
        HEADER + ROWS * 100_000,
        {"max_unpacked_gb": 0.002},
        "unpacks to 0.0021 GB and more: GUILDBOOK_MAX_UNPACKED_GB allows 0.002; divide",
    ),
    (
        "a.jsonl.zst",
        b"\n" * 70_000_000,
        {"max_unpack_ratio": 100},
        "times its size and more: GUILDBOOK_MAX_UNPACK_RATIO allows 100; look what is in it",
    ),
    (
        "a.csv",
        "x" * 3_000_000,
        {"max_line_bytes": 1_000},
        "bytes and more: GUILDBOOK_MAX_LINE_BYTES allows 1,000; it must",
    ),
]


@pytest.mark.parametrize(("name", "data", "limits", "said"), REFUSED_FILES, ids=[one[3][:40] for one in REFUSED_FILES])
def test_a_file_beyond_a_limit_is_refused(tmp_path, name, data, limits, said):
    community = ingested(tmp_path, name, data, **limits)
    delivered, accepted, quarantined, reason = community.outcome()[name]
    assert (delivered, accepted, quarantined) == (None, None, None)
    assert said in reason
    (one,) = refused(community.home, "interactions")
    assert str(one).startswith(f"landing/interactions/2024-03-05/{name} ")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_columns": 3}, "4 columns: GUILDBOOK_MAX_COLUMNS allows 3"),
        ({"max_file_rows": 1}, "2 rows: GUILDBOOK_MAX_FILE_ROWS allows 1"),
        ({"max_nesting": 2}, "a column is nested 3 levels deep: GUILDBOOK_MAX_NESTING allows 2"),
        ({"max_line_bytes": 1_000}, "a value has 5,001 bytes: GUILDBOOK_MAX_LINE_BYTES allows 1,000"),
    ],
)
def test_a_parquet_file_beyond_a_limit_is_refused(tmp_path, limits, said):
    community = Community(tmp_path, **limits)
    columns = {name: [value, value] for name, value in ONE.items()}
    table = pa.table({**columns, "interaction_id": ["i1", "i" + "2" * 5_000], "deep": [[[["a"]]]] * 2})
    pa.parquet.write_table(table, community.deliver("a.parquet", ""))
    community.ingest()
    assert community.outcome()["a.parquet"][3].startswith(said)
    assert community.rows() == []


NESTED = {**ONE, "x": json.loads("[" * 7 + "]" * 7)}
REFUSED_LINES = [
    (
        "a.jsonl",
        json.dumps(NESTED),
        {"max_nesting": 7},
        "lists and objects are nested 8 levels deep: GUILDBOOK_MAX_NESTING",
    ),
    ("a.jsonl", json.dumps({**ONE, "x": 1, "y": 2}), {"max_columns": 4}, "the line has 5 keys: GUILDBOOK_MAX_COLUMNS"),
    (
        "a.jsonl",
        json.dumps({**ONE, "x": "y" * 2_000}),
        {"max_line_bytes": 1_000},
        "GUILDBOOK_MAX_LINE_BYTES allows 1,000",
    ),
    (
        "a.csv",
        "i3,2024-03-05,like," + "y" * 2_000,
        {"max_line_bytes": 1_000},
        "the line has 2,019 bytes: GUILDBOOK_MAX_LI",
    ),
]


@pytest.mark.parametrize(("name", "line", "limits", "said"), REFUSED_LINES, ids=[one[3][:40] for one in REFUSED_LINES])
def test_a_line_beyond_a_limit_is_quarantined_alone(tmp_path, name, line, limits, said):
    good = f"{json.dumps(ONE)}\n" if name == "a.jsonl" else HEADER + ROW.format(1)
    community = ingested(tmp_path, name, good + line + "\n", **limits)
    assert community.outcome()[name] == (2, 1, 1, None)
    ((number, reason),) = community.quarantine("line, reason")
    assert number == good.count("\n") + 1
    assert said in reason


def test_lines_with_as_much_as_is_allowed_are_read(tmp_path):
    texts = {**ONE, "x": ['[[[[[[[[ {{{{ : : : : \\" ]'] * 3, "y": {"z": "::::"}}
    community = ingested(tmp_path, "a.jsonl", json.dumps(texts) + "\n", max_nesting=2, max_columns=5)
    assert community.outcome()["a.jsonl"] == (1, 1, 0, None)


def test_a_log_day_of_too_many_files_is_refused_whole_and_read_once_the_setting_is_raised(tmp_path):
    community = Community(tmp_path, max_files_per_log_day=2)
    for number in range(3):
        community.deliver(f"{number}.csv", HEADER + ROW.format(number))
    community.ingest()
    assert community.outcome() == {
        "all 3 files": (
            None, None, None, "the log day has 3 files: GUILDBOOK_MAX_FILES_PER_LOG_DAY allows 2; none is read: join "
            "them, or raise that setting",
        )
    }  # fmt: skip
    assert [day.skipped for day in community.ingest().days] == [True]
    community.settings = community.settings.model_copy(update={"max_files_per_log_day": 3})
    community.ingest()
    assert len(community.rows()) == 3


def test_a_day_that_does_not_fit_into_memory_is_refused_and_the_days_beside_it_are_read(tmp_path):
    community = Community(tmp_path, memory_limit="60MB")
    good, bad = date(2024, 3, 4), date(2024, 3, 5)
    line = json.dumps({**ONE, "body": "x" * 1_900_000}) + "\n"
    community.deliver("a.jsonl", line * 100, bad)
    community.deliver("a.jsonl", json.dumps(ONE).replace("05", "04") + "\n", good)
    community.ingest(good, bad)
    assert len(community.rows(day=good)) == 1
    assert community.outcome(bad)["a.jsonl"][3].startswith(
        "the records of its log day do not fit into memory: GUILDBOOK_MEMORY_LIMIT allows 60MB; shorten them"
    )
    assert [day.skipped for day in community.ingest(good, bad).days] == [True, True]


def test_a_day_for_which_the_disk_has_no_room_to_spill_is_no_refused_day(tmp_path, monkeypatch):
    def on_a_full_disk(*given):
        con = connect(*given)
        con.execute("set max_temp_directory_size = '512KB'")
        return con

    community = Community(tmp_path, memory_limit="40MB")
    lines = (json.dumps(ONE | {"interaction_id": f"i{n}", "member_id": f"m{n % 999}"}) for n in range(100_000))
    community.deliver("a.jsonl", "\n".join(lines))
    with monkeypatch.context() as patch:
        patch.setattr(ingest_run, "connect", on_a_full_disk)
        with pytest.raises(duckdb.OutOfMemoryException) as raised:
            community.ingest()
    assert "the disk is full: free some space for" in sentence(raised.value, community.home)

    assert [(day.skipped, day.accepted) for day in community.ingest().days] == [(False, 100_000)]


def test_other_limits_than_the_defaults_have_every_day_read_anew_and_the_defaults_none(tmp_path):
    community = ingested(tmp_path, "a.csv", HEADER + ROWS)
    assert [day.skipped for day in community.ingest().days] == [True]
    community.settings = community.settings.model_copy(update={"max_columns": 2_000})
    assert [day.skipped for day in community.ingest().days] == [False]


JSON = st.recursive(
    st.text(st.sampled_from('a[]{}:"\\')) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from('a:{"\\')), inner, max_size=3),
)


def depth_of(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(document=st.dictionaries(st.text(st.sampled_from('a:{"\\')), JSON, max_size=4))
def test_depth_and_keys_are_told_without_parsing(document):
    assert most_nested(json.dumps(document).encode()) == (depth_of(document), len(document))


def test_most_nested_takes_any_bytes():
    assert most_nested(b'"' + b"\\" * 99 + b'{"a') == (0, 0)
    assert most_nested(b"]" * 9) == (0, 0)
    assert most_nested(b'{"x":' + b"[" * 1_000_000) == (1_000_001, 1)


_READ_BOMB = """
import resource, sys
from pathlib import Path
from tests.support.ingest_community import Community
community = Community(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
community.ingest()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
print(community.outcome()["bomb.csv.gz"][3])
"""


def test_a_bomb_is_refused_before_it_has_gone_off(tmp_path):
    zeros = gzip.compress(HEADER.encode() + b"\0" * 100_000_000)
    Community(tmp_path).deliver_as_is("bomb.csv.gz", zeros * 20)
    done = subprocess.run(
        [sys.executable, "-c", _READ_BOMB, str(tmp_path)], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    kilobytes, reason = done.stdout.splitlines()
    assert "times its size and more: GUILDBOOK_MAX_UNPACK_RATIO allows 250" in reason
    assert int(kilobytes) < 150_000


def test_what_honest_systems_deliver_is_far_below_the_defaults():
    limits = Settings()
    most_seen = {
        "max_files_per_log_day": 1_440,
        "max_columns": 60,
        "max_nesting": 3,
        "max_line_bytes": 170_000,
        "max_unpack_ratio": 52,
        "max_xml_tag_bytes": 24_000,
    }
    assert all(getattr(limits, name) > 4 * seen for name, seen in most_seen.items())
