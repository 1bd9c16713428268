"""Numbers, days and words as people read them."""

from datetime import date

import pytest

from models import learners
from models.backtest import BEST_POSSIBLE
from pipelines.contract import LOGS
from pipelines.report.parts import marks, text, words
from pipelines.report.parts.text import Text
from tests.support.report_marts import HOSTILE

DAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.integer(1234567), "1,234,567"),
        (text.integer(0), "0"),
        (text.integer(None), "–"),
        (text.decimal(0.9333), "0.93"),
        (text.decimal(None), "–"),
        (text.percent(0.4327), "43%"),
        (text.percent(0.4327, 999), "43%"),
        (text.percent(0.4327, 1000), "43.3%"),
        (text.percent(None, 5), "–"),
        (text.percent(0, 5), "0%"),
        (text.percent(1, 5), "100%"),
        (text.percent(0.9987), ">99%"),
        (text.percent(0.9998, 5000), ">99.9%"),
        (text.percent(0.0004, 50), "<1%"),
        (text.size(0), "0 B"),
        (text.size(52310), "52 kB"),
        (text.size(3_200_000_000), "3.2 GB"),
        (text.size(None), "–"),
        (text.signed(12), "+12"),
        (text.signed(-1234), "\N{MINUS SIGN}1,234"),
        (text.money(-123400, "CNY"), "\N{MINUS SIGN}1,234 CNY"),
        (text.plural(1, "member was", "members were"), "1 member was"),
        (text.plural(0, "member was", "members were"), "0 members were"),
        (text.day(DAY), Text("9 Nov 2026", "2026年11月9日")),
        (text.day(None), Text("–", "–")),
        (text.weekday(DAY), Text("Monday", "周一")),
        (text.days(1), Text("1 day", "1 天")),
        (text.ago(date(2026, 11, 8), DAY), Text("1 day ago", "1 天前")),
        (text.ago(DAY, DAY), Text("same day", "当天")),
        (text.ago(None, DAY), Text("never", "从未")),
    ],
)
def test_values_read_well(shown: object, expected: object) -> None:
    assert shown == expected


def test_text_is_escaped_in_both_languages_and_printed_once_when_equal() -> None:
    assert Text("<b>", "<i>").__html__() == '<span lang="en">&lt;b&gt;</span><span lang="zh-Hans">&lt;i&gt;</span>'
    assert Text("a & b", "a & b").__html__() == "a &amp; b"
    assert Text("a", "甲") + Text("b", "乙") + "c" == Text("abc", "甲乙c")


def test_marks_escape_what_they_show() -> None:
    hostile = Text(HOSTILE, HOSTILE)
    shown = [
        marks.bar(0.5, HOSTILE),
        marks.heat(0.5, HOSTILE),
        marks.badge(hostile, "bad"),
        marks.strip([("some", HOSTILE)]),
        marks.lines([hostile]),
    ]
    for mark in shown:
        assert "<img" not in mark
        assert "onerror=alert(1)&gt;&#34;" in mark


@pytest.mark.parametrize(("share", "width"), [(-1, "0.0"), (0.5, "50.0"), (3, "100.0")])
def test_bars_stay_inside_their_cell(share: float, width: str) -> None:
    assert f"width:{width}%" in marks.bar(share, "x")


@pytest.mark.parametrize(("values", "is_drawn"), [([], False), ([3], False), ([3, 3], True), ([1, 9, 4], True)])
def test_a_sparkline_needs_two_values(values: list[float], is_drawn: bool) -> None:
    assert ("<polyline" in marks.sparkline(values)) == is_drawn


def test_every_log_of_the_contract_has_a_name() -> None:
    assert set(words.LOGS) == set(LOGS)
    assert words.word(words.LOGS, "unheard_of") == Text("unheard_of", "unheard_of")


def test_every_learner_has_a_name_and_the_baselines_are_those_of_the_model() -> None:
    assert set(words.LEARNERS) == {"rule", BEST_POSSIBLE, *learners.LEARNERS}
    assert set(words.BASELINES) == {one.name for one in learners.BASELINES}
    assert words.BEST_POSSIBLE == BEST_POSSIBLE


@pytest.mark.parametrize(
    ("month", "through", "so_far"),
    [
        (date(2026, 11, 1), date(2026, 11, 9), Text(" (so far, 9 days)", "（至今 9 天）")),
        (date(2026, 11, 1), date(2026, 11, 1), Text(" (so far, 1 day)", "（至今 1 天）")),
        (date(2026, 11, 1), date(2026, 11, 30), Text("", "")),
        (date(2026, 10, 1), date(2026, 11, 9), Text("", "")),
        (date(2025, 11, 1), date(2026, 11, 9), Text("", "")),
        (date(2026, 12, 1), date(2026, 12, 31), Text("", "")),
    ],
)
def test_a_month_that_runs_says_how_many_days_are_in(month: date, through: date, so_far: Text) -> None:
    assert text.so_far(month, through) == so_far
    name = f"{month:%Y-%m}"
    assert text.month_names([month], through) == [Text(name, name) + so_far]
