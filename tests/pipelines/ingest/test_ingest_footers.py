"""A Parquet file whose footer contradicts itself is read or refused; it never ends the process."""

from __future__ import annotations

import io

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest import culprits
from pipelines.ingest.batch import ENDED
from pipelines.reading import parquet
from pipelines.reading.blocks import Rejected
from pipelines.reading.parquet import footer_of
from pipelines.settings import Settings
from tests.support.ingest_community import DAY, HEADER, Community


def test_each_byte_of_a_footer_may_be_wrong(tmp_path):
    path, settings = tmp_path / "a.parquet", Settings(home=tmp_path)
    pq.write_table(pa.table({"a": [1, None, 3], "b": ["x", None, "z"]}), path)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    said = []
    for place in range(footer, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 4]) + whole[place + 1 :])
        try:
            footer_of(path, settings)
        except Rejected as refused:
            said.append(str(refused))
    assert 0 < len(said) < len(whole) - footer
    assert all("Parquet file" in one or "GUILDBOOK_" in one for one in said)


def with_a_size_below_zero():
    """A Parquet file without rows, of which the footer says that the first column takes -20 bytes."""
    out = io.BytesIO()
    names = ("interaction_id", "occurred_at", "kind", "member_id")
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in names}), out)
    sizes, body = b"\x16\x1c\x16\x1e", out.getvalue()  # 14 and 15, as the footer writes numbers
    assert body.count(sizes) == len(names)
    return body.replace(sizes, b"\x16\x1c\x16\x27", 1)


@pytest.fixture
def community(tmp_path):
    """What ends the database, and beside it two files that are whole."""
    community = Community(tmp_path)
    community.deliver_as_is("ends.parquet", with_a_size_below_zero())
    community.deliver("clean.csv", HEADER + "i-1,2024-03-05T10:00:00,like,m1\n")
    out = io.BytesIO()
    rows = {"interaction_id": ["i-2"], "occurred_at": ["2024-03-05T11:00:00"], "kind": ["like"], "member_id": ["m2"]}
    pq.write_table(pa.table(rows), out)
    community.deliver_as_is("clean.parquet", out.getvalue())
    return community


def test_duckdb_falls_over_a_size_below_zero(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(with_a_size_below_zero())
    with duckdb.connect() as con, pytest.raises(ENDED):
        con.execute(f"select interaction_id from read_parquet('{path}')").fetchall()


def test_a_footer_with_a_size_below_zero_is_refused_by_its_column(community):
    community.ingest()

    outcome = community.outcome()
    assert outcome["ends.parquet"] == (
        None, None, None, "no readable Parquet file (column 'interaction_id': a size or place of -20); deliver it again"
    )  # fmt: skip
    assert outcome["clean.csv"] == outcome["clean.parquet"] == (1, 1, 0, None)


def test_a_file_that_ends_the_database_is_found_and_refused_and_the_others_are_read(community, monkeypatch):
    """What the footer does not show ends the database while it reads: here it is not looked at."""
    monkeypatch.setattr(parquet, "_check_values", lambda *_: None)
    community.deliver("later.csv", HEADER + "i-3,2024-03-06T10:00:00,like,m1\n", DAY.replace(day=6))
    monkeypatch.setattr("pipelines.ingest.run._MAX_BATCH_DAYS", 1)

    report = community.ingest(DAY, DAY.replace(day=6))

    outcome = community.outcome()
    assert outcome["ends.parquet"][:3] == (None, None, None)
    assert outcome["ends.parquet"][3].startswith("cannot be read (INTERNAL Error: Information loss")
    assert outcome["clean.csv"] == outcome["clean.parquet"] == (1, 1, 0, None)
    assert sorted(community.rows("interaction_id")) == [("i-1",), ("i-2",)]
    assert community.rows("interaction_id", DAY.replace(day=6)) == [("i-3",)]
    assert [day.accepted for day in report.days] == [2, 1]
    again = community.ingest(DAY, DAY.replace(day=6))
    assert all(day.skipped for day in again.days)


def test_where_no_file_alone_ends_the_database_its_error_is_told(community, monkeypatch):
    monkeypatch.setattr(parquet, "_check_values", lambda *_: None)
    monkeypatch.setattr(culprits, "read_batch", lambda *_: [])

    with pytest.raises(duckdb.InternalException, match="each can be read alone"):
        community.ingest()
