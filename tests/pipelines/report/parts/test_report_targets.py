"""Targets on the pages: what a figure lacks of its own in words, beside tiles and in charts; nothing small is told."""

from __future__ import annotations

import json

import pytest

from pipelines.metrics.targets import read_targets
from pipelines.report.parts import charts, known
from pipelines.report.parts.blocks import Chart, Page, Tile, Tiles
from pipelines.report.parts.few import Count, Share
from pipelines.report.parts.targets import against, with_targets
from pipelines.report.parts.text import Text
from pipelines.settings import Settings

TEXT = Text("a", "甲")


def target(key, given):
    return read_targets(Settings(targets={key: given}))[key]


@pytest.mark.parametrize(
    ("key", "given", "value", "en", "zh", "tone"),
    [
        ("mau", 500, 477, "target 500: 23 short", "目标 500：还差 23", "bad"),
        ("mau", 500, 500, "target 500: reached", "目标 500：已达成", "good"),
        ("show_up_rate", "60 %", 0.56, "target 60%: 4 points short", "目标 60%：还差 4 个百分点", "bad"),
        ("show_up_rate", "60 %", 0.59, "target 60%: 1 point short", "目标 60%：还差 1 个百分点", "bad"),
        ("payer_churn_rate", 0.055, 0.0551, "target 5.5% at most: 0.01 points over",
         "目标不高于 5.5%：超出 0.01 个百分点", "bad"),
        ("payer_churn_rate", 0.05, 0.05, "target 5% at most: reached", "目标不高于 5%：已达成", "good"),
        ("median_response_hours", 6, 54, "target 6.0 hours at most: 2.0 days over", "目标不高于 6.0 小时：超出 2.0 天",
         "bad"),
        ("mrr", "120000 CNY", 110_046, "target 120,000 CNY: 9,954 CNY short",
         "目标 120,000 CNY：还差 9,954 CNY", "bad"),
        ("terms_due", 30, 34, "target 30: 4 above", "目标 30：高 4", "neutral"),
        ("event_nps", 40, 40, "target 40: reached", "目标 40：已达成", "good"),
        ("new_members", "30 a week", 21, "target 30 a week: 9 short", "目标 30／周：还差 9", "bad"),
        ("mau", 500, None, "target 500", "目标 500", "neutral"),
    ],
)  # fmt: skip
def test_a_figure_is_held_against_its_target_in_words(key, given, value, en, zh, tone):
    said, found = against(value, target(key, given))
    assert (said.en, said.zh, found) == (en, zh, tone)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Count(3, 5), "target 13"),
        (Count(11, 5), "target 13: 3 short"),
        (Share(0.5, is_hidden=True), "target 13"),
    ],
)
def test_a_small_count_is_not_told_by_what_it_lacks(value, said):
    assert against(value, target("mau", 13))[0].en == said


def page(**tile):
    x = ["2026-11-01"]
    figure = charts.panels(
        [
            (TEXT, [charts.bars(x, [1], TEXT, "c1")]),
            (TEXT, [charts.line(x, [1], TEXT, "c2", metric="mau")]),
            (TEXT, [charts.line(x, [1], TEXT, "c3", metric="mrr", currency="EUR")]),
        ]
    )
    blocks = [Tiles(title=TEXT, tiles=[Tile(value="1", **tile)]), Chart(title=TEXT, figure=figure)]
    return Page(name="index", title=TEXT, question=TEXT, answer=TEXT, blocks=blocks)


@pytest.mark.parametrize(
    ("tile", "said"),
    [
        ({"label": known.Term("mau"), "amount": 400}, "target 500: 100 short"),
        ({"label": known.Term("mau")}, None),
        ({"label": Text("MAU", "MAU"), "amount": 400}, None),
        ({"label": known.Term("dau"), "amount": 400}, None),
        ({"label": known.Term("mrr"), "amount": 400, "currency": "CNY"}, "target 900 CNY: 500 CNY short"),
        ({"label": known.Term("mrr"), "amount": 400, "currency": "EUR"}, None),
        ({"label": known.Term("income_net_minor"), "amount": 400, "currency": "CNY"}, None),
    ],
)
def test_a_tile_has_the_target_of_its_metric_currency_and_span(tile, said):
    given = {"mau": 500, "mrr": "900 CNY", "income_net_minor": "900 CNY a month"}
    tiles = with_targets(page(**tile), read_targets(Settings(targets=given))).blocks[0]
    assert isinstance(tiles, Tiles)
    found = tiles.tiles[0].target
    assert (found.en if found else None) == said


def test_a_chart_has_a_line_at_the_target_of_a_series_in_its_panel_and_currency():
    given = read_targets(Settings(targets={"mau": 500, "mrr": "900 CNY"}))
    chart = with_targets(page(label=TEXT), given).blocks[1]
    assert isinstance(chart, Chart)
    (drawn,) = json.loads(json.dumps(charts.plain(chart.figure)))["targets"]
    assert (drawn["y"], drawn["panel"], drawn["ink"]) == (500, 1, "c2")
    assert (drawn["of"], drawn["said"]) == ({"en": "a", "zh": "甲"}, {"en": "target 500", "zh": "目标 500"})
    without = with_targets(page(label=TEXT), {}).blocks[1]
    assert isinstance(without, Chart)
    assert "targets" not in without.figure


def test_bars_on_each_other_have_the_target_of_what_they_come_to():
    bars = [charts.bars(["2026-11"], [1], TEXT, "c1"), charts.bars(["2026-11"], [2], TEXT, "c2")]
    figure = charts.figure(bars, stacked=True, metric="mrr", currency="CNY")
    page = Page(name="a", title=TEXT, question=TEXT, answer=TEXT, blocks=[Chart(title=TEXT, figure=figure)])
    for given, lines in (("900 CNY", [(900, "all together", 0)]), ("900 EUR", [])):
        chart = with_targets(page, read_targets(Settings(targets={"mrr": given}))).blocks[0]
        assert isinstance(chart, Chart)
        assert [(one["y"], one["of"].en, one["panel"]) for one in chart.figure.get("targets", [])] == lines


def test_what_others_found_healthy_is_a_hint_with_its_source():
    shown = str(known.Term("show_up_rate").__html__())
    assert "Of more than 860 events" in shown
    assert "(pheedloop.com)" in shown
    assert "860 余场活动" in shown
    assert str(known.Term("mau").hint) == str(known.Term("mau").meaning)
