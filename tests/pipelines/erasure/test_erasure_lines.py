"""A delivered record without the person: nothing else changes, and a refused record stays one refused record."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import CONTENT, FEEDBACK, INTERACTIONS, MEMBERS, SUBSCRIPTIONS
from pipelines.erasure import delivered
from pipelines.erasure.lines import csv_record, csv_records, json_record
from pipelines.privacy.needles import Needles

GONE = "erased-00aa11bb22cc"
NEEDLES = Needles({"ada": GONE, "12": GONE + "-02"}, pieces=frozenset({"p1"}), shared=frozenset({"github"}))


@pytest.mark.parametrize(
    ("log", "columns", "before", "after"),
    [
        (MEMBERS, "member_id,joined_at,referrer,name", "ada,2025-01-01,by Eve,Ada L\n", f"{GONE},2025-01-01,,\n"),
        (MEMBERS, "member_id,joined_at,referrer,name", "ada,2025-01-01,github,\r\n", f"{GONE},2025-01-01,github,\r\n"),
        (MEMBERS, "member_id,joined_at,referrer,name", "eve,2025-01-01,ada,Eve\n", "eve,2025-01-01,ada,Eve\n"),
        (MEMBERS, "member_id,joined_at,n", '" 12 ",2025-01-01,12\n', f"{GONE}-02,2025-01-01,\n"),
        (MEMBERS, "member_id,joined_at,n", "13,2025-01-01,12\n", "13,2025-01-01,12\n"),
        (FEEDBACK, "member_id,score,comment", 'ada,5,"two\nlines ""quoted"""\n', f"{GONE},5,\n"),
        (CONTENT, "content_id,author_id,title", "p1,,Mine\n", "p1,,\n"),
        (CONTENT, "content_id,author_id,title", "p2,,Not mine\n", "p2,,Not mine\n"),
        (INTERACTIONS, "member_id,target_member_id,note", "eve,ada,hello\n", f"eve,{GONE},hello\n"),
        (SUBSCRIPTIONS, "member_id,end_reason", "ada,too dear for me\n", f"{GONE},\n"),
        (SUBSCRIPTIONS, "member_id,end_reason", "ada,payment_failed\n", f"{GONE},payment_failed\n"),
        (MEMBERS, "member_id,joined_at", "ada,2025-01-01,one too many\n", "[erased]\n"),
        (MEMBERS, "member_id,joined_at", 'eve,"open\n', 'eve,"open\n'),
        (MEMBERS, "user,joined_at,name", "ada,2025-01-01,Ada L\n", ",2025-01-01,\n"),
    ],
)  # fmt: skip
def test_csv(log, columns, before, after):
    assert csv_record(before.encode(), columns.split(","), log, NEEDLES).decode() == after


@pytest.mark.parametrize(
    ("log", "before", "after"),
    [
        (MEMBERS, '{"member_id": "ada", "n": 1.50, "role":""}\n', f'{{"member_id": "{GONE}", "n": null, "role":""}}\n'),
        (MEMBERS, '{"member_id":12,"joined_at":"2025-01-01"}', f'{{"member_id":"{GONE}-02","joined_at":"2025-01-01"}}'),
        (MEMBERS, '{"member_id":12.0}', '{"member_id":12.0}'),
        (MEMBERS, '{"member_id":"\\u0061da"}', f'{{"member_id":"{GONE}"}}'),
        (MEMBERS, '{"member_id":"eve","knows":["ada","eva"]}', f'{{"member_id":"eve","knows":["{GONE}","eva"]}}'),
        (MEMBERS, '{"member_id":"ada","knows":["eva"]}', f'{{"member_id":"{GONE}","knows":null}}'),
        (CONTENT, '{"content_id":"p1","title":"x"}', '{"content_id":"p1","title":null}'),
        (CONTENT, '{"content_id":"p1","author_id":"e","title":"x"}', '{"content_id":"p1","author_id":"e","title":"x"}'),
        (MEMBERS, '{"member_id":"ada",\n', "[erased]\n"),
        (MEMBERS, '["ada"]\n', "[erased]\n"),
        (MEMBERS, '{"member_id":"adam",\n', '{"member_id":"adam",\n'),
    ],
)  # fmt: skip
def test_json(log, before, after):
    assert json_record(before.encode(), log, NEEDLES).decode() == after


def test_a_quote_left_open_joins_nothing():
    lines = [b'a,"open\n', b"b,1\n", b'c,"two\n', b'lines"\n', b"d,1\n"]
    assert list(csv_records(lines, 2)) == [b'a,"open\n', b"b,1\n", b'c,"two\nlines"\n', b"d,1\n"]


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "rows.csv.zst", "rows.jsonl", "rows.ndjson.gz"])
def test_a_packed_file_stays_packed_and_other_rows_stay_as_they_are(tmp_path, name):
    path, target = tmp_path / name, tmp_path / f"new-{name}"
    rows = [{"member_id": "ada", "joined_at": "2025-01-01"}, {"member_id": "eve", "joined_at": "2025-01-02"}]
    if ".csv" in name:
        text = "member_id,joined_at\n" + "".join(f"{row['member_id']},{row['joined_at']}\n" for row in rows)
    else:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    with delivered.writing(path, delivered.form(path)[1]) as stream:
        stream.write(text.encode())
    assert delivered.member_values(path, MEMBERS) == {"ada", "eve"}
    assert delivered.rewrite(path, target, MEMBERS, NEEDLES) == 1
    with delivered.opened(target, delivered.form(target)[1]) as stream:
        assert stream.read().decode() == text.replace("ada", GONE)
    assert delivered.rewrite(target, path, MEMBERS, NEEDLES) == 0


def test_ids_that_parquet_has_as_numbers_become_text(tmp_path):
    path, target = tmp_path / "rows.parquet", tmp_path / "new.parquet"
    pq.write_table(pa.table({"member_id": [12, 13], "score": [12, 13], "name": ["a", "b"]}), path)
    assert delivered.member_values(path, MEMBERS) == {"12", "13"}
    assert delivered.rewrite(path, target, FEEDBACK, NEEDLES) == 2
    assert pq.read_table(target).to_pylist() == [
        {"member_id": GONE + "-02", "score": 12, "name": None},
        {"member_id": "13", "score": 13, "name": "b"},
    ]
