"""What a value of a mapping makes of a text: defaults, patterns, case, lengths, amounts, times, and its examples."""

from pathlib import Path

import pytest

from pipelines.connectors import ConnectorError, import_table
from tests.support.connector_reading import read_log, snapshot

ZONE = "Asia/Shanghai"
ACTS = "source: forum\noutputs:\n  - log: interactions\n    table: t.csv\n    columns:\n"
ACTS += "      interaction_id: id\n      occurred_at: at\n      kind: {constant: view}\n"
PAID = "source: shop\noutputs:\n  - log: payments\n    table: t.csv\n    columns:\n"
PAID += "      payment_id: id\n      member_id: {constant: m}\n      occurred_at: {constant: 2024-01-01}\n"


def run(tmp_path: Path, mapping: str, text: str, zone: str = ZONE):
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return import_table(tmp_path / "map.yaml", tmp_path / "landing", zone)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def channel(tmp_path: Path, value: str, text: str) -> tuple[str | None, list[str]]:
    """What the value makes of a text in a column that needs none, and why the row was left out if it was."""
    table = f"id,at,text\n1,2024-01-01,{quoted(text)}\n"
    report = run(tmp_path, ACTS + f"      channel: {{column: text, {value}}}\n", table)
    rows = read_log(tmp_path / "landing", "interactions")
    return rows[0].get("channel") if rows else None, [row.reason for row in report.not_mapped]


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("values: {a: A}, default: other", "a", "A"),
        ("values: {a: A}, default: other", "b", "other"),
        ("values: {a: A}, default: other", "", "other"),
        ("default: other", "b", "b"),
        ("default: other", "", "other"),
        ("default: other, prefix: 'x:'", "", "x:other"),
        ("case: lower", "EUR ÄÖ", "eur äö"),
        ("case: upper", "eur", "EUR"),
        ("case: upper, values: {EUR: euro}", "eur", "euro"),
        ("cut: 2", "社区分析", "社区"),
        ("cut: 9", "ab", "ab"),
        ("pattern: '^#(.+)$'", "#general", "general"),
        ("pattern: '[0-9]+'", "room 12, floor 3", "12"),
        ("pattern: '^#(.+)$'", "general", None),
        ("pattern: '^#(.*)$'", "#", None),
        ("pattern: '^#(.+)$', default: none", "general", "none"),
        ("pattern: '^#(.+)$', case: lower, cut: 3", "#GENERAL", "gen"),
    ],
)
def test_texts(tmp_path, value, text, expected):
    assert channel(tmp_path, value, text) == (expected, [])


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("{column: a, matches: '^x'}", "1 2"),
        ("{column: a, matches: '^$'}", "4"),
        ("{column: a, not_matches: '^x'}", "3 4"),
        ("{column: a, not_matches: '(?i)Y$'}", "1 4"),
    ],
)
def test_patterns_in_where(tmp_path, rule, kept):
    mapping = ACTS.replace("    columns", f"    where: [{rule}]\n    columns")
    table = "id,at,a\n" + "".join(f"{n},2024-01-01,{a}\n" for n, a in enumerate(["xx", "xy", "y", ""], 1))
    report = run(tmp_path, mapping, table)
    assert " ".join(row["interaction_id"] for row in read_log(tmp_path / "landing", "interactions")) == kept
    (left_out,) = report.not_mapped
    assert (left_out.reason, left_out.count) == ("left out by where", 4 - len(kept.split()))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12", "CNY", 1200),
        ("12.5", "CNY", 1250),
        ("12.50", "EUR", 1250),
        ("¥12.00", "CNY", 1200),
        ("￥12.00", "CNY", 1200),
        ("12.00元", "CNY", 1200),
        ("€ 12,50", "EUR", 1250),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("1\u00a0234,50\u00a0€", "EUR", 123450),
        ("1,234,567", "USD", 123456700),
        ("-12.34", "USD", -1234),
        ("-¥12.34", "CNY", -1234),
        ("+5", "USD", 500),
        ("0.20000", "CNY", 20),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.250", "KWD", 1250),
        ("9999999999.99", "USD", 999999999999),
        ("12.345", "CNY", None),
        ("500.5", "JPY", None),
        ("1.234", "EUR", None),
        ("1,23,456", "INR", None),
        ("0.9999999", "USD", None),
        ("1e3", "USD", None),
        ("--5", "USD", None),
        ("free", "USD", None),
    ],
)
def test_amounts_become_whole_minor_units_or_are_named(tmp_path, text, currency, minor):
    mapping = PAID + "      amount_minor: {column: amount, amount: major}\n      currency: currency\n"
    report = run(tmp_path, mapping, f"id,amount,currency\n1,{quoted(text)},{currency}\n")
    found = [int(row["amount_minor"]) for row in read_log(tmp_path / "landing", "payments")]
    assert found == ([] if minor is None else [minor])
    reason = f"amount_minor: '{text}' is no amount in {currency}"
    assert [(row.reason, row.output) for row in report.not_mapped] == ([] if found else [(reason, "payments")])


def test_a_sign_comes_from_another_column_whatever_the_amount_has(tmp_path):
    negative = "negative: {column: way, equals: out}"
    mapping = (
        PAID + f"      amount_minor: {{column: amount, amount: major, {negative}}}\n      currency: {{constant: CNY}}\n"
    )
    run(tmp_path, mapping, "id,amount,way\n1,5,in\n2,5,out\n3,-5,out\n4,-5,in\n5,5,\n")
    found = [int(row["amount_minor"]) for row in read_log(tmp_path / "landing", "payments")]
    assert found == [500, -500, -500, 500, 500]


def test_an_amount_without_a_currency_is_named(tmp_path):
    mapping = PAID + "      amount_minor: {column: amount, amount: major}\n      currency: {column: c, case: upper}\n"
    report = run(tmp_path, mapping, "id,amount,c\n1,5,usd\n2,5,\n")
    assert [row["amount_minor"] for row in read_log(tmp_path / "landing", "payments")] == ["500"]
    assert [row.reason for row in report.not_mapped] == ["amount_minor: '5' is an amount without a currency"]


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ("time: '%Y/%m/%d %H:%M'", "2025/1/3 9:05", "2025-01-03T01:05:00Z"),
        ("time: '%Y/%m/%d %H:%M', timezone: UTC", "2025/1/3 9:05", "2025-01-03T09:05:00Z"),
        ("time: [iso, '%Y/%m/%d %H:%M']", "2025-01-03 09:05:00", "2025-01-03T01:05:00Z"),
        ("time: [iso, '%Y/%m/%d %H:%M']", "2025/01/03 09:05", "2025-01-03T01:05:00Z"),
        ("time: ['%Y/%m/%d %H:%M', '%Y/%m/%d']", "2025/1/3", "2025-01-02T16:00:00Z"),
        ("time: '%d.%m.%Y'", "31.1.2025", "2025-01-30T16:00:00Z"),
        ("time: '%m/%d/%Y %I:%M %p', timezone: UTC", "1/3/2025 9:05 PM", "2025-01-03T21:05:00Z"),
        ("time: '%Y年%m月%d日'", "2025年1月3日", "2025-01-02T16:00:00Z"),
        ("time: [iso, epoch_s]", "1355517523", "2012-12-14T20:38:43Z"),
        ("time: '%Y/%m/%d'", "2025/1/3 9:05", None),
        ("time: '%Y/%m/%d'", "2025/2/30", None),
        ("time: '%Y/%m/%d'", "1969/12/31", None),
        ("time: '%Y/%m/%d'", "2200/1/1", None),
    ],
)
def test_times_as_exports_spell_them(tmp_path, options, text, expected):
    mapping = ACTS.replace("occurred_at: at", f"occurred_at: {{column: at, {options}}}")
    report = run(tmp_path, mapping, f"id,at\n1,{text}\n")
    found = [row["occurred_at"] for row in read_log(tmp_path / "landing", "interactions")]
    assert found == ([expected] if expected else [])
    assert [row.reason for row in report.not_mapped] == (
        [] if expected else ["occurred_at: no readable time, but required"]
    )


def test_a_day_that_is_spelled_out_stays_that_day_in_whatever_zone(tmp_path):
    mapping = """source: shop
outputs:
  - log: subscriptions
    table: t.csv
    columns: {subscription_id: id, member_id: id, occurred_at: a, step: {constant: start},
      term_start: {column: a, timezone: America/New_York},
      term_end: {column: b, time: [iso, '%Y/%m/%d', '%Y/%m/%d %H:%M'], timezone: America/New_York}}
"""
    run(tmp_path, mapping, "id,a,b\n1,2024-01-01,2024/2/1\n2,2024-01-01,2024/2/1 23:00\n")
    days = [(row["term_start"], row["term_end"]) for row in read_log(tmp_path / "landing", "subscriptions")]
    assert days == [("2024-01-01", "2024-02-01"), ("2024-01-01", "2024-02-02")]


EXAMPLES = (
    ACTS
    + "      channel:\n        column: text\n        pattern: '^#(.+)$'\n        examples:\n          '#a b': a b\n"
)


def test_examples_that_come_true_are_silent(tmp_path):
    more = "          x: ''\n      member_id: {template: 'u{who}', examples: {'7': u7, '': ''}}\n"
    assert run(tmp_path, EXAMPLES + more, "id,at,text,who\n1,2024-01-01,#x,9\n").rows_written == {"interactions": 1}


def test_an_example_that_becomes_something_else_is_an_error_with_key_and_line(tmp_path):
    with pytest.raises(ConnectorError) as caught:
        run(tmp_path, EXAMPLES + "          b: b\n          '#c': c\n", "id,at,text\n1,2024-01-01,#x\n")
    assert str(caught.value) == "map.yaml: outputs[0].columns.channel.examples.b (line 14): 'b' becomes '', not 'b'"
    assert snapshot(tmp_path / "landing") == {}


@pytest.mark.parametrize(
    ("value", "given", "becomes"),
    [
        ("occurred_at: {column: t, time: '%Y/%m/%d %H:%M', timezone: UTC", "2025/1/3 9:05", "2025-01-03T09:05:00Z"),
        ("amount_minor: {column: t, amount: major", "¥12.50", "1250"),
        ("amount_minor: {column: t, amount: major", "x", ""),
        ("kind: {column: t, values: {sub: subscription}", "sub", "subscription"),
        ("kind: {column: t, values: {sub: subscription}", "other", ""),
    ],
)
def test_examples_of_every_type(tmp_path, value, given, becomes):
    lines = [line for line in PAID.splitlines(keepends=True) if value.split(":")[0] not in line]
    mapping = "".join(lines) + "      currency: {constant: CNY}\n"
    if "amount_minor" not in value:
        mapping += "      amount_minor: {constant: 5}\n"
    mapping += f"      {value}, examples: {{{quoted(given)}: {quoted(becomes)}}}}}\n"
    run(tmp_path, mapping, "id,t\n1,1\n")
    with pytest.raises(ConnectorError, match="becomes"):
        run(tmp_path, mapping.replace(f": {quoted(becomes)}}}", ': "never"}'), "id,t\n1,1\n")


LOOKUP = (
    "      channel: {column: room, case: lower, lookup: {table: rooms.csv, key: id, column: name}, default: none}\n"
)


def test_a_text_is_looked_up_in_another_table(tmp_path):
    (tmp_path / "rooms.csv").write_text("id,name\na,General\nb,\na,Zoo\n,Nowhere\n", encoding="utf-8")
    report = run(tmp_path, ACTS + LOOKUP, "id,at,room\n1,2024-01-01,A\n2,2024-01-02,b\n3,2024-01-03,c\n4,2024-01-04,\n")
    assert report.rows_read == {"rooms.csv": 4, "t.csv": 4}
    rooms = [row["channel"] for row in read_log(tmp_path / "landing", "interactions")]
    assert rooms == ["General", "none", "none", "none"]


def test_a_lookup_in_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConnectorError, match=r"rooms\.csv does not exist; correct table"):
        run(tmp_path, ACTS + LOOKUP, "id,at,room\n1,2024-01-01,A\n")
    (tmp_path / "rooms.csv").write_text("id,title\na,General\n", encoding="utf-8")
    with pytest.raises(ConnectorError, match=r"rooms\.csv has no column 'name'; it has id, title"):
        run(tmp_path, ACTS + LOOKUP, "id,at,room\n1,2024-01-01,A\n")
    assert snapshot(tmp_path / "landing") == {}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("channel: {column: a, examples: {a: a}, lookup: {table: t, key: a, column: b}}", "examples cannot be tried"),
        ("channel: {column: a, pattern: '(?=x)'}", r"pattern \(line \d+\): '\(\?=x\)' is no regular expression of RE2"),
        ("channel: {column: a, case: title}", r"case \(line \d+\): Input should be 'lower' or 'upper'"),
        ("channel: {column: a, cut: 0}", r"cut \(line \d+\): Input should be greater than or equal to 1"),
        ("channel: {column: a, default: x, unmapped: error}", "unmapped needs values, and no default"),
        ("channel: {column: a, negative: {column: b, equals: c}}", "negative needs amount"),
        ("channel: {constant: a, examples: {a: a}}", "examples are for a value of one column"),
        ("channel: {column: a, amount: major}", r"columns\.channel: amount is for whole numbers only"),
        ("kind: {column: a, values: {b: view}, default: seen}", r"columns\.kind: 'seen' is none of view"),
        ("occurred_at: {column: a, time: '%Y-%j'}", "'%Y-%j' is none of iso, epoch_s, epoch_ms; spell another"),
        ("occurred_at: {column: a, time: '%H:%M'}", "'%H:%M' is none of iso"),
        ("source_seq: {column: a, amount: major}", "amount: major needs the column currency too"),
    ],
)
def test_mistakes_are_named(tmp_path, value, message):
    lines = [line for line in ACTS.splitlines(keepends=True) if f"      {value.split(':')[0]}:" not in line]
    with pytest.raises(ConnectorError, match=message):
        run(tmp_path, "".join(lines) + f"      {value}\n", "id,at,a\n")
