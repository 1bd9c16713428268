"""Tables by a YAML mapping: what each key does, what is counted as left out, which mistakes are named."""

import gzip
from pathlib import Path

import duckdb
import pytest

from pipelines.connectors import ConnectorError, import_table
from pipelines.contract import INTERACTIONS
from tests.support.connector_reading import leftovers, read_log, snapshot

ZONE = "Asia/Shanghai"
HEAD = "source: forum\noutputs:\n  - log: interactions\n    table: acts.csv\n"
COLUMNS = """    columns:
      interaction_id: id
      occurred_at: at
      kind: {column: what, values: {msg: reply, yes: like}}
      member_id: {column: who, prefix: "forum:u"}
"""
ACTS = """id,at,what,who
007,2024-01-01T10:00:00Z,msg,1e5
8,2024-01-01 20:30,yes,
9,2024-01-02T00:00:00+08:00,poke,3
"""


def run(tmp_path: Path, mapping: str, tables: dict[str, str], zone: str = ZONE, data: Path | None = None):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    return import_table(folder / "map.yaml", tmp_path / "landing", zone, data)


def said(report):
    return [(row.reason, row.count, row.example) for row in report.not_mapped]


def test_text_stays_text_and_times_become_utc(tmp_path):
    report = run(tmp_path, HEAD + COLUMNS, {"acts.csv": "\ufeff" + ACTS})
    assert read_log(tmp_path / "landing", "interactions") == [
        {
            "log_day": "2024-01-01",
            "interaction_id": "007",
            "occurred_at": "2024-01-01T10:00:00Z",
            "kind": "reply",
            "member_id": "forum:u1e5",
            "source": "forum",
        },
        {
            "log_day": "2024-01-01",
            "interaction_id": "8",
            "occurred_at": "2024-01-01T12:30:00Z",
            "kind": "like",
            "source": "forum",
        },
    ]
    assert said(report) == [("kind: 'poke' is not among values", 1, "row 3")]
    assert (report.rows_read, report.rows_written) == ({"acts.csv": 3}, {"interactions": 2})


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("2024-02-29T23:59:59.25Z", "", "2024-02-29T23:59:59.25Z"),
        ("2024-02-29 10:00:00+0530", "", "2024-02-29T04:30:00Z"),
        ("2024-02-29 10:00:00-08", "", "2024-02-29T18:00:00Z"),
        ("2024-02-29 10:00", "", "2024-02-29T02:00:00Z"),
        ("2024-02-29", "", "2024-02-28T16:00:00Z"),
        ("2024-02-29 10:00", ", timezone: UTC", "2024-02-29T10:00:00Z"),
        ("2024-07-01 10:00", ", timezone: America/New_York", "2024-07-01T14:00:00Z"),
        ("1355517523.000005", ", time: epoch_s", "2012-12-14T20:38:43.000005Z"),
        ("1355517523250", ", time: epoch_ms", "2012-12-14T20:38:43.25Z"),
        ("0", ", time: epoch_s", "1970-01-01T00:00:00Z"),
        ("2024-02-30", "", None),
        ("2024-02-29T10:00:00+25:00", "", None),
        ("infinity", "", None),
        ("1969-12-31T00:00:00Z", "", None),
        ("2200-01-01", "", None),
        ("1355517523", "", None),
        ("1355517523250", ", time: epoch_s", None),
        ("1e9", ", time: epoch_s", None),
        ("-5", ", time: epoch_s", None),
        ("", "", None),
    ],
)
def test_times(tmp_path, text, options, expected):
    mapping = (
        HEAD
        + "    columns: {interaction_id: id, kind: {constant: view}, "
        + f"occurred_at: {{column: at{options}}}}}\n"
    )
    report = run(tmp_path, mapping, {"acts.csv": f"id,at\n1,{text}\n"})
    assert [row["occurred_at"] for row in read_log(tmp_path / "landing", "interactions")] == (
        [expected] if expected else []
    )
    assert said(report) == ([] if expected else [("occurred_at: no readable time, but required", 1, "row 1")])


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("{column: a, equals: x}", "1 4"),
        ("{column: a, equals: [x, y]}", "1 2 4"),
        ("{column: a, not_equals: x}", "2 3"),
        ("{column: a, not_equals: [x, y]}", "3"),
        ("{column: a, equals_column: b}", "1 3"),
        ("{column: a, not_equals_column: b}", "2 4"),
        ("{column: b, not_null: true}", "1 2"),
    ],
)
def test_filters_keep_what_they_say_and_count_the_rest(tmp_path, rule, kept):
    mapping = (
        HEAD + f"    where: [{rule}]\n" + "    columns: {interaction_id: id, kind: {constant: view}, occurred_at: at}\n"
    )
    rows = [("1", "x", "x"), ("2", "y", "x"), ("3", "", ""), ("4", "x", "")]
    text = "id,at,a,b\n" + "".join(f"{row[0]},2024-01-01,{row[1]},{row[2]}\n" for row in rows)
    report = run(tmp_path, mapping, {"acts.csv": text})
    assert " ".join(row["interaction_id"] for row in read_log(tmp_path / "landing", "interactions")) == kept
    assert [(row.reason, row.count) for row in report.not_mapped] == [("left out by where", 4 - len(kept.split()))]


def test_template_joins_columns_and_is_empty_where_one_is(tmp_path):
    mapping = (
        HEAD
        + """    columns:
      interaction_id: {template: "a-{id}:{who}", prefix: "x/"}
      occurred_at: at
      kind: {constant: view}
"""
    )
    report = run(tmp_path, mapping, {"acts.csv": "id,who,at\n1,7,2024-01-01\n2,,2024-01-01\n"})
    assert [row["interaction_id"] for row in read_log(tmp_path / "landing", "interactions")] == ["x/a-1:7"]
    assert said(report) == [("interaction_id: empty, but required", 1, "row 2")]


NULLS = "id,at,what,who\n1,2024-01-01,msg,NULL\n2,2024-01-01,msg,-\n3,2024-01-01,msg,5\n"


def test_a_word_for_no_value_is_no_id_even_behind_a_prefix(tmp_path):
    report = run(tmp_path, HEAD + COLUMNS, {"acts.csv": NULLS})
    assert [row["member_id"] for row in read_log(tmp_path / "landing", "interactions")] == ["forum:u5"]
    assert said(report) == [
        ("member_id: '-' stands for no value; list it under empty", 1, "row 2"),
        ("member_id: 'NULL' stands for no value; list it under empty", 1, "row 1"),
    ]


def test_a_mapping_says_which_texts_stand_for_no_value(tmp_path):
    mapping = HEAD + COLUMNS.replace('prefix: "forum:u"', 'prefix: "forum:u", empty: [NULL, "-"]')
    report = run(tmp_path, mapping, {"acts.csv": NULLS})
    rows = read_log(tmp_path / "landing", "interactions")
    assert [(row["interaction_id"], row.get("member_id")) for row in rows] == [
        ("1", None),
        ("2", None),
        ("3", "forum:u5"),
    ]
    assert said(report) == []


def test_unmapped_value_can_be_an_error_that_leaves_landing_untouched(tmp_path):
    run(tmp_path, HEAD + COLUMNS, {"acts.csv": ACTS})
    before = snapshot(tmp_path / "landing")
    with pytest.raises(
        ConnectorError,
        match=r"outputs\[0\]\.columns\.kind: 'poke' is not among values \(1 rows, first row 3\)",
    ):
        run(
            tmp_path,
            HEAD + COLUMNS.replace("like}}", "like}, unmapped: error}"),
            {"acts.csv": ACTS + "10,2024-01-05,msg,1\n"},
        )
    assert snapshot(tmp_path / "landing") == before
    assert leftovers(tmp_path / "landing") == []


def test_kind_that_is_no_kind_of_the_log_is_counted(tmp_path):
    mapping = HEAD + "    columns: {interaction_id: id, occurred_at: at, kind: what}\n"
    report = run(tmp_path, mapping, {"acts.csv": "id,at,what\n1,2024-01-01,view\n2,2024-01-01,wave\n"})
    assert report.rows_written == {"interactions": 1}
    assert said(report) == [("kind: 'wave' is not one of the log's kinds", 1, "row 2")]


def test_once_per_keeps_the_earliest_good_row(tmp_path):
    mapping = """source: forum
outputs:
  - log: members
    table: acts.csv
    once_per: member_id
    columns:
      member_id: who
      occurred_at: at
      joined_at: at
      role: {column: bot, values: {"true": bot, "false": member}}
"""
    text = "who,at,bot\na,2024-01-03,false\na,2024-01-02,false\na,2024-01-01,?\nb,2024-01-01,true\n"
    report = run(tmp_path, mapping, {"acts.csv": text})
    assert [(row["member_id"], row["log_day"], row["role"]) for row in read_log(tmp_path / "landing", "members")] == [
        ("b", "2024-01-01", "bot"),
        ("a", "2024-01-02", "member"),
    ]
    assert said(report) == [
        ("an earlier row of the same member_id was taken (once_per)", 1, "row 1"),
        ("role: '?' is not among values", 1, "row 3"),
    ]


def test_days_are_written_as_days(tmp_path):
    mapping = """source: shop
outputs:
  - log: subscriptions
    table: s.csv
    columns: {subscription_id: id, member_id: who, occurred_at: at, step: {constant: start}, term_start: a,
      term_end: b}
"""
    run(tmp_path, mapping, {"s.csv": "id,who,at,a,b\n1,7,2024-01-01,2024-01-01,2024-01-31T17:00:00Z\n"})
    (row,) = read_log(tmp_path / "landing", "subscriptions")
    assert (row["term_start"], row["term_end"]) == ("2024-01-01", "2024-02-01")


def test_parquet_gzip_and_other_delimiter_give_what_plain_csv_gives(tmp_path):
    mapping = (
        HEAD
        + "    columns: {interaction_id: id, kind: what, channel: tags, "
        + "occurred_at: {column: at, timezone: UTC}}\n"
    )
    run(
        tmp_path,
        mapping,
        {"acts.csv": "id,at,what,tags\n1,2024-01-01 10:00:00,view,a|b\n2,2024-01-01 11:00:00.5,like,\n"},
    )
    wanted = snapshot(tmp_path / "landing")
    folder = tmp_path / "in"
    text = (folder / "acts.csv").read_text()
    (folder / "acts.csv.gz").write_bytes(gzip.compress(text.encode()))
    run(tmp_path, mapping.replace("acts.csv", "acts.csv.gz"), {})
    assert snapshot(tmp_path / "landing") == wanted
    run(
        tmp_path,
        mapping.replace("acts.csv", '{file: acts.csv, delimiter: ";"}'),
        {"acts.csv": text.replace(",", ";")},
    )
    assert snapshot(tmp_path / "landing") == wanted
    duckdb.sql(f"""
        copy (
            select 1 as id, timestamp '2024-01-01 10:00:00' as "at", 'view' as what, ['a', 'b'] as tags
            union all
            select 2, '2024-01-01 11:00:00.5', 'like', null
        ) to '{folder / "acts.parquet"}'
    """)
    run(tmp_path, mapping.replace("acts.csv", "acts.parquet"), {})
    assert snapshot(tmp_path / "landing") == wanted


def test_texts_with_quotes_commas_and_newlines_come_back_whole(tmp_path):
    mapping = HEAD + "    columns: {interaction_id: id, occurred_at: at, kind: {constant: view}, channel: c}\n"
    run(tmp_path, mapping, {"acts.csv": 'id,at,c\n1,2024-01-01,"a ""b"", c\nd, 社区"\n'})
    assert read_log(tmp_path / "landing", "interactions")[0]["channel"] == 'a "b", c\nd, 社区'


def test_data_may_be_a_folder_or_the_one_table(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "acts.csv").write_text(ACTS)
    for data in (elsewhere, elsewhere / "acts.csv"):
        assert run(tmp_path, HEAD + COLUMNS, {}, data=data).rows_written == {"interactions": 2}
    two = HEAD + COLUMNS + HEAD.removeprefix("source: forum\noutputs:\n").replace("acts", "more") + COLUMNS
    with pytest.raises(ConnectorError, match="names several tables; give the folder"):
        run(tmp_path, two, {}, data=elsewhere / "acts.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("member_id:", "member:"),
            r"outputs\[0\] \(line \d+\): columns\.member: the log interactions has interaction_id",
        ),
        (
            ("      occurred_at: at\n", ""),
            r"outputs\[0\] \(line \d+\): columns: the log interactions requires occurred_at too",
        ),
        (("log: interactions", "log: acts"), r"outputs\[0\] \(line \d+\): log 'acts' is none of members, content"),
        (("msg: reply", "msg: answered"), r"columns\.kind: 'answered' is none of view"),
        (("prefix:", "prefx:"), r"member_id\.prefx \(line \d+\): no such key; did you mean prefix\?"),
        (("table:", "tabel: x\n    table:"), r"outputs\[0\]\.tabel \(line 4\): no such key; did you mean table\?"),
        (("source: forum", "source: My Forum"), r"source \(line 1\): String should match"),
        (
            ("interaction_id: id", "interaction_id: {}"),
            r"interaction_id \(line \d+\): give exactly one of column, constant, template",
        ),
        (
            ("interaction_id: id", 'interaction_id: {template: "{id!r}"}'),
            r"interaction_id \(line \d+\): in a template write",
        ),
        (
            ("interaction_id: id", "interaction_id: {column: id, time: epoch_s}"),
            r"columns\.interaction_id: time and timezone are",
        ),
        (
            ("occurred_at: at", "occurred_at: {column: at, timezone: Mars}"),
            r"timezone \(line \d+\): 'Mars' is no IANA time zone",
        ),
        (("    columns:", "    once_per: needs\n    columns:"), r"once_per: 'needs' is none of the columns"),
        (("    columns:", "    where: [{column: a}]\n    columns:"), r"where\[0\] \(line \d+\): give one of equals"),
        (
            ("      occurred_at: at\n", "      occurred_at: at\n      occurred_at: at\n"),
            r"key 'occurred_at' is given twice",
        ),
        (("columns:", "columns: ["), "is no valid YAML"),
        (
            ("interaction_id: id", "interaction_id: nr"),
            r"outputs\[0\]: acts.csv has no column 'nr'; it has id, at",
        ),
        (("table: acts.csv", "table: gone.csv"), r"gone.csv does not exist; correct table"),
        (("table: acts.csv", "table: map.yaml"), r"map.yaml: a table is .csv"),
    ],
)
def test_mistakes_in_a_mapping_are_named_by_key(tmp_path, change, message):
    assert change[0] in HEAD + COLUMNS
    with pytest.raises(ConnectorError, match=message):
        run(tmp_path, (HEAD + COLUMNS).replace(*change, 1), {"acts.csv": ACTS})
    assert snapshot(tmp_path / "landing") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"acts.csv, line 1: no header"),
        ("id,at,id\n", r"acts.csv, line 1: column 'id' occurs twice"),
        (ACTS + "1,2\n", r"acts.csv cannot be read: .*Line: 5"),
        (ACTS + '1,2024-01-01,"msg,1\n', r"acts.csv cannot be read: .*Line: 5"),
    ],
)
def test_broken_csv_is_refused_by_file_and_line(tmp_path, text, message):
    with pytest.raises(ConnectorError, match=message):
        run(tmp_path, HEAD + COLUMNS, {"acts.csv": text})
    assert snapshot(tmp_path / "landing") == {}


def test_columns_come_in_the_order_of_the_contract(tmp_path):
    run(tmp_path, HEAD + COLUMNS, {"acts.csv": ACTS})
    header = (tmp_path / "landing/interactions/2024-01-01/forum.csv").read_text().split("\n")[0].split(",")
    names = [column.name for column in INTERACTIONS.own_columns]
    assert header == sorted(header, key=names.index)
