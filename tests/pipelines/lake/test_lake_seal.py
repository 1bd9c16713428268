"""A sealed file opens as any other, and not one of its bits can change unseen."""

from __future__ import annotations

import os
from random import Random

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake import delivery, ledger, seal
from pipelines.lake.called import called
from pipelines.metrics.published import opened
from pipelines.reading import sums
from pipelines.sending.drafts import best_hour
from pipelines.sending.publication import last_day

BLOCK = 4096


def written(path, n_rows=50, seed=1):
    rng = Random(seed)
    table = pa.table({"n": [rng.randrange(10**9) for _ in range(n_rows)], "text": [rng.randbytes(9).hex()] * n_rows})
    pq.write_table(table, path, compression="zstd")
    return table


def overwrite(path, data):
    """Change a file as a disk does: its time stays, and its name; what this process knew of it is forgotten."""
    now = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))
    seal._damage.cache_clear()


def test_every_reader_opens_a_sealed_file_and_finds_the_same(tmp_path):
    path = tmp_path / "part.parquet"
    table = written(path, 5000)
    seal.seal(path)

    assert seal.is_sealed(path)
    assert seal.damage(path) == ""
    assert pq.read_table(path).equals(table)
    assert pd.read_parquet(path).equals(table.to_pandas())
    assert duckdb.sql(f"from '{path}'").to_arrow_table().equals(table)


def test_no_bit_of_a_sealed_file_changes_a_row_unseen(tmp_path):
    path = tmp_path / "part.parquet"
    table = written(path, 3)
    seal.seal(path)
    good = path.read_bytes()
    unseen = []
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] ^= 1 << (place % 8)
        overwrite(path, bad)
        if not seal.damage(path):
            assert pq.read_table(path).equals(table), place
            unseen.append(place)
    start = good.index(seal._HEAD)
    assert {one - start for one in unseen} <= {*range(16), *range(24, 32)}, "nothing but letters of the seal itself"


@pytest.mark.parametrize("n_rows", [300, *range(700, 760, 5)])
def test_no_lost_block_takes_the_seal_along_unseen(tmp_path, n_rows):
    path = tmp_path / "part.parquet"
    written(path, n_rows, seed=n_rows)
    seal.seal(path)
    good = path.read_bytes()
    assert len(good) > BLOCK / 2
    for start in range(0, len(good), BLOCK):
        for lost in (bytes(BLOCK), Random(start).randbytes(BLOCK)):
            overwrite(path, good[:start] + lost[: len(good) - start] + good[start + BLOCK :])
            assert seal.damage(path)
        overwrite(path, good[:start])
        assert seal.damage(path)


def test_seal_and_beginning_of_the_footer_share_a_block(tmp_path, monkeypatch):
    path = tmp_path / "part.parquet"
    for end in range(BLOCK - 100, BLOCK + 4):
        path.write_bytes(b"PAR1" + bytes(end - 4) + b"footer" * 20 + (120).to_bytes(4, "little") + b"PAR1")
        seal.seal(path)
        data = path.read_bytes()
        assert data.index(seal._HEAD) // BLOCK == (data.index(b"footer") + 63) // BLOCK
        assert seal.damage(path) == ""


def test_a_file_longer_than_what_is_read_at_once_is_sealed_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(seal, "_LAST", 1000)
    path = tmp_path / "part.parquet"
    table = written(path, 2000)
    seal.seal(path)
    assert pq.read_table(path).equals(table)
    assert seal.damage(path) == ""
    good = path.read_bytes()
    assert len(good) > 3000
    for place in (5, 999, 1000, len(good) - 1001, len(good) - 999):
        overwrite(path, good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert seal.damage(path), place


def test_a_file_of_before_there_were_seals_is_taken_as_it_is(tmp_path):
    path = tmp_path / "part.parquet"
    written(path)
    assert not seal.is_sealed(path)
    seal.check(path)


def test_a_changed_value_of_a_ledger_is_never_read(tmp_path):
    home = Home(tmp_path)
    ledger.append(home, "waivers", [{"reason": "known", "waived_by": "ann"}])
    (path,) = ledger.files(home, "waivers")
    good = path.read_bytes()
    place = good.index(b"known")
    overwrite(path, good[:place] + b"knowm" + good[place + 5 :])
    ledger._read_once.cache_clear()
    assert pq.read_table(path)["reason"].to_pylist() == ["knowm"], "Parquet alone does not see it"

    for reading in (lambda: ledger.read(home, "waivers"), lambda: ledger.tidy(home)):
        with pytest.raises(UserError, match="its checksum differs") as raised:
            reading()
        assert str(raised.value).startswith(f"{path} is damaged (")
        assert "put it back from a backup" in str(raised.value)


def test_a_lost_record_of_the_manifest_is_said_to_take_its_days_along(tmp_path):
    said = seal.cure_of(tmp_path / "lake" / "ledger" / "manifest" / "00000001.parquet")
    assert "guildbook run --full" in said
    assert "nothing else" not in said


def test_a_changed_number_beside_a_part_is_not_read(tmp_path):
    part = tmp_path / "log_day=2025-03-01" / "part-0.parquet"
    part.parent.mkdir()
    said = {"fingerprint": "f", "event_days": [], "profile": {"accepted": 30, "share": 0.1}, "shape": None}
    path = part.with_name(delivery.DELIVERY)
    path.write_text(delivery.delivery_text(said), encoding="utf-8")
    assert delivery.read_delivery(part) == said

    text = path.read_text(encoding="utf-8")
    for bad in (text.replace("30", "31"), text[:40], "[]", "\udcff"):
        path.write_bytes(bad.encode("utf-8", "surrogateescape"))
        with pytest.raises(UserError, match="guildbook run --from 2025-03-01 --to 2025-03-01 makes it again"):
            delivery.read_delivery(part)
        assert delivery.whole_delivery(part) is None

    path.write_text(text.replace(f'"{delivery._CHECKSUM}"', '"other"'), encoding="utf-8")
    assert delivery.read_delivery(part)["profile"] == said["profile"], "one of before there were checksums has none"


def test_digests_of_a_publication_name_what_changed_and_what_is_gone(tmp_path):
    for name in ("analytics.duckdb", "site/index.html", "site/status.js", "site/data/a b.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert sums.unlike(tmp_path) == [], "a publication of before there were digests has none"
    sums.write(tmp_path)
    assert sums.unlike(tmp_path) == []
    (tmp_path / "site" / "status.js").write_text("the banner changes")
    (tmp_path / "site" / "last_run.html").write_text("so does this")
    assert sums.unlike(tmp_path) == []
    (tmp_path / "site" / "data" / "a b.csv").write_text("site/data/a b.csw")
    (tmp_path / "site" / "index.html").unlink()
    assert sums.unlike(tmp_path) == [tmp_path / "site" / "data" / "a b.csv", tmp_path / "site" / "index.html"]
    (tmp_path / sums.SUMS).write_text("")
    assert sums.unlike(tmp_path) == [tmp_path / sums.SUMS]


def test_what_was_damaged_before_a_publication_is_changed_on_purpose_is_damaged_after_it_too(tmp_path):
    names = ("analytics.duckdb", "site/a.html", "site/b.html", "site/c.html", "site/d.html")
    folder = tmp_path / "versions" / "1"
    (folder / "site").mkdir(parents=True)
    for name in names:
        (folder / name).write_text(name)
    sums.write(folder)
    stated = (folder / sums.SUMS).read_text()
    (folder / "site" / "b.html").write_text("site/b.htmk")
    (folder / "site" / "d.html").unlink()

    def change(text):
        (folder / "site" / "a.html").write_text(text)
        assert sums.unlike(folder) == [folder / "site" / "b.html", folder / "site" / "d.html"]

    killed = sums.changing(tmp_path)
    killed.__enter__()
    change("on purpose")
    with sums.changing(tmp_path):
        change("again")

    assert sums.unlike(folder) == [folder / "site" / "b.html", folder / "site" / "d.html"]
    pairs = zip(stated.splitlines(), (folder / sums.SUMS).read_text().splitlines(), strict=True)
    assert [line[66:] for line, other in pairs if line != other] == ["site/a.html"]


def test_digests_that_were_lost_before_a_publication_is_changed_are_missed_after_it_too(tmp_path):
    folder = tmp_path / "versions" / "1"
    folder.mkdir(parents=True)
    (folder / "analytics.duckdb").touch()
    (folder / sums.SUMS).touch()
    for _ in range(2):
        with sums.changing(tmp_path):
            pass
        assert sums.unlike(folder) == [folder / sums.SUMS]


def test_a_published_database_whose_words_changed_places_is_not_read(tmp_path):
    """DuckDB's own checksum is the same then: it is the exclusive or of all words of a block."""
    home = Home(tmp_path / "home")
    folder = home.versions / "1"
    folder.mkdir(parents=True)
    home.published.symlink_to("versions/1")
    path = home.published / "analytics.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create schema marts; create table marts.n as select (hash(i) >> 1)::bigint as n from range(9000) r (i)"
        )
        con.execute("create table marts.publication as select 1 as version, current_date as through_day")
    asked = "select list(n) from marts.n"
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(asked).fetchall()
    sums.write(folder)
    with opened(home, "UTC") as con:
        assert con.execute(asked).fetchall() == rows
    good = path.read_bytes()
    first, second = (good.index(int(n).to_bytes(8, "little")) for n in rows[0][0][3000:3002])
    bad = bytearray(good)
    bad[first : first + 8], bad[second : second + 8] = good[second : second + 8], good[first : first + 8]
    overwrite(path, bad)
    sums._is_whole.cache_clear()
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute(asked).fetchall() != rows, "DuckDB alone does not see it"

    with pytest.raises(UserError, match="its digest differs"), opened(home, "UTC"):
        pass
    for read in (last_day, best_hour, lambda home: called(home, ["ana"])):
        with pytest.raises(UserError, match="its digest differs"):
            read(home)
