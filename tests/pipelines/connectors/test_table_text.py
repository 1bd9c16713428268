"""Tables as exports for people write them: encodings, lines before and after, padding, other names."""

import gzip
from pathlib import Path

import pytest

from pipelines.connectors import ConnectorError, import_table, preview_table
from pipelines.settings.limits import LimitSettings
from tests.support.connector_reading import leftovers, read_log, snapshot

MAPPING = """source: bill
outputs:
  - log: interactions
    table: {file: t.csv%s}
    columns: {interaction_id: 单号, occurred_at: 时间, kind: {constant: view}, channel: 商品}
"""
PLAIN = "时间,单号,商品\n2024-01-01,1,课程\n2024-01-02,2,\n"
BILL = '账单明细,,\r\n昵称：[安"娜],,\r\n,,\r\n时间 ,单号\t,商品,\r\n'
BILL += '2024-01-01,`1\t,"课程\n合计"," "\r\n2024-01-02,`2\t,/,\r\n合计,2,,\r\n-----,\r\n注：到此为止\r\n'
KEYS = ", header: 时间, until: [合计, '----'], strip: \"`\\t \", encoding: [utf-8, gb18030]"


def run(tmp_path: Path, keys: str, data: bytes, name: str = "t.csv", **more):
    (tmp_path / "map.yaml").write_text(MAPPING.replace("t.csv", name) % keys, encoding="utf-8")
    (tmp_path / name).write_bytes(data)
    return import_table(tmp_path / "map.yaml", tmp_path / "landing", "UTC", **more)


def landed(tmp_path: Path) -> list[tuple[str, str | None]]:
    return [(row["interaction_id"], row.get("channel")) for row in read_log(tmp_path / "landing", "interactions")]


@pytest.mark.parametrize(
    ("keys", "encoding"),
    [
        (", encoding: gbk", "gbk"),
        (", encoding: utf-16", "utf-16"),
        (", encoding: [utf-8, gb18030]", "gb18030"),
        (", encoding: [utf-8, gb18030]", "utf-8"),
        (", encoding: [utf-8, gb18030]", "utf-8-sig"),
        ("", "utf-8-sig"),
    ],
)
def test_encodings(tmp_path, keys, encoding):
    run(tmp_path, keys, PLAIN.encode(encoding))
    assert landed(tmp_path) == [("1", "课程"), ("2", None)]


def test_a_character_across_two_blocks_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.reading.blocks._BLOCK", 3)
    run(tmp_path, ", encoding: gbk", PLAIN.encode("gbk"))
    assert landed(tmp_path) == [("1", "课程"), ("2", None)]


@pytest.mark.parametrize("block", [4, 1 << 20])
def test_bytes_of_another_encoding_are_named_by_line(tmp_path, monkeypatch, block):
    monkeypatch.setattr("pipelines.reading.blocks._BLOCK", block)
    with pytest.raises(ConnectorError) as caught:
        run(tmp_path, ", encoding: [gbk, utf-16-le]", PLAIN.encode("gbk") + b"2024-01-03,3,\xff\xff\n")
    assert str(caught.value).startswith("t.csv: line 4 is no text in gbk (bytes ff)")
    assert "; line " in str(caught.value)
    assert "no text in utf-16-le" in str(caught.value)
    assert snapshot(tmp_path / "landing") == {}
    assert leftovers(tmp_path / "landing") == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_bill_is_read_from_its_header_to_its_totals(tmp_path, encoding):
    report = run(tmp_path, KEYS, BILL.encode(encoding))
    assert landed(tmp_path) == [("1", "课程\n合计"), ("2", "/")]
    assert report.rows_read == {"t.csv": 2}


def test_a_compressed_bill_is_read_alike(tmp_path):
    run(tmp_path, KEYS, gzip.compress(BILL.encode("gb18030")), "t.csv.gz")
    assert landed(tmp_path) == [("1", "课程\n合计"), ("2", "/")]


def test_a_broken_line_keeps_the_number_that_it_has_in_the_export(tmp_path):
    lines = BILL.replace("\n合计", "").encode("gb18030").splitlines(keepends=True)
    assert lines[5].startswith(b"2024-01-02")
    with pytest.raises(ConnectorError, match=r"t\.csv cannot be read: .*Line: 6"):
        run(tmp_path, KEYS, b"".join([*lines[:5], b"2024-01-02,7\r\n"]))


def test_an_export_without_the_header_is_refused(tmp_path):
    with pytest.raises(ConnectorError, match=r"t\.csv: no line begins with '时间', as the header should"):
        run(tmp_path, KEYS, b"a,b\n1,2\n")


def test_a_line_beyond_the_limit_is_refused_before_it_is_kept(tmp_path):
    with pytest.raises(ConnectorError, match="GUILDBOOK_MAX_LINE_BYTES allows 1,000"):
        run(
            tmp_path,
            KEYS,
            (BILL + "x" * 2000).replace("合计,2", "x" * 2000).encode(),
            limits=LimitSettings(max_line_bytes=1000),
        )


def test_a_column_may_have_another_name_or_be_missing_where_that_is_said(tmp_path):
    names = ", names: {单号: [编号, 订单号], 商品: 名称}, optional: [商品]"
    run(tmp_path, names, "时间,订单号\n2024-01-01,1\n".encode())
    assert landed(tmp_path) == [("1", None)]
    run(tmp_path, names, "时间,编号,名称,订单号\n2024-01-01,1,课,2\n".encode())
    assert landed(tmp_path) == [("1", "课")]
    with pytest.raises(ConnectorError, match=r"outputs\[0\]: t\.csv has no column '单号'; it has 时间, x"):
        run(tmp_path, names, "时间,x\n2024-01-01,1\n".encode())


def test_columns_without_a_name_are_no_columns_twice(tmp_path):
    run(tmp_path, "", "时间,单号,商品,,\n2024-01-01,1,课,,\n".encode())
    assert landed(tmp_path) == [("1", "课")]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (", encoding: klingon", r"encoding \(line 4\): 'klingon' is no encoding of text"),
        (", encoding: zlib_codec", "'zlib_codec' is no encoding of text"),
        (", headr: x", r"table\.headr \(line 4\): no such key; did you mean header\?"),
    ],
)
def test_mistakes_are_named(tmp_path, keys, message):
    with pytest.raises(ConnectorError, match=message):
        run(tmp_path, keys, PLAIN.encode())


TWO = """source: forum
outputs:
  - log: interactions
    table: t.csv
    where: [{column: k, equals: a}]
    columns: &columns {interaction_id: id, occurred_at: at, kind: {constant: view}}
  - log: interactions
    table: t.csv
    where: [{column: k, not_equals: a}]
    after_first_per: kind
    columns: *columns
untaken:
  - {table: t.csv, columns: [score, missing], why: it has no day}
"""


def test_what_is_not_mapped_names_its_output_and_what_has_no_place_is_said(tmp_path):
    (tmp_path / "map.yaml").write_text(TWO)
    rows = "".join(f"{n},2024-01-0{n},{kind},9\n" for n, kind in enumerate("abbab", 1))
    (tmp_path / "t.csv").write_text("id,at,k,score\n" + rows)
    report = import_table(tmp_path / "map.yaml", tmp_path / "landing", "UTC")
    assert [(row.output, row.reason, row.count) for row in report.not_mapped] == [
        ("interactions (outputs[0])", "left out by where", 3),
        ("interactions (outputs[1])", "left out by where", 2),
        ("interactions (outputs[1])", "the first row of its kind (after_first_per)", 1),
        ("", "score: it has no day", 5),
    ]
    assert [row["interaction_id"] for row in read_log(tmp_path / "landing", "interactions")] == ["1", "3", "4", "5"]


def test_a_preview_shows_ten_rows_as_they_land_and_writes_nothing(tmp_path):
    text = "时间,单号,商品\n" + "".join(f'2024-01-01T00:00:{n:02},{n},"a,b"\n' for n in range(12)) + "never,99,x\n"
    (tmp_path / "map.yaml").write_text(MAPPING % "", encoding="utf-8")
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    (shown,) = preview_table(tmp_path / "map.yaml", "UTC")
    assert sorted(tmp_path.rglob("*")) == before
    assert (shown.file, shown.output) == ("t.csv", "interactions")
    assert [(row.reason, row.count) for row in shown.not_mapped] == [("occurred_at: no readable time, but required", 1)]
    import_table(tmp_path / "map.yaml", tmp_path / "landing", "UTC")
    landing = (tmp_path / "landing/interactions/2024-01-01/bill.csv").read_text(encoding="utf-8").splitlines()
    assert shown.lines == landing[:11]
