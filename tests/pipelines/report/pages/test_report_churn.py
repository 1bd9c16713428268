"""Members at risk and the churn model: current scores only, the last training only, a rule called a rule."""

import json

import pytest

from models import explain
from models.drift import DRIFT_NAMES
from pipelines.report.pages import churn, risk
from pipelines.report.parts.blocks import Chart, Note, Table, Tiles
from pipelines.report.parts.feature_words import FEATURES, GROUPS
from pipelines.report.parts.text import Text
from pipelines.report.sections import churn_drift, churn_drivers
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of

PREDICTIONS = """
    insert into marts.churn_predictions
        (member_id, day, definition, probability, model_version, learner, risk_band, reasons_en, reasons_zh, is_current)
    select
        id, day, definition, p, 'v1', '{learner}', band,
        '["en ' || id || '"]', '["zh ' || id || '"]', is_current
    from (values
        ('a', date '2026-11-19', 'inactivity', 0.9, 'high', true),
        ('b', date '2026-11-19', 'inactivity', 0.2, 'low', true),
        ('b', date '2026-11-19', 'inactivity', 0.8, 'high', false),
        ('c', date '2026-11-18', 'inactivity', 0.99, 'high', true),
        ('a', date '2026-11-19', 'lapse', 0.7, 'high', true)) as v (id, day, definition, p, band, is_current);
"""


def test_only_current_scores_of_the_last_scored_day_are_listed(fill: Fill) -> None:
    page = page_of(risk.page, fill(PREDICTIONS.format(learner="logistic")))
    tables = [block for block in page.blocks if isinstance(block, Table)]
    assert page.answer.en == "At high risk of inactivity 1 of 2, lapse 1 of 1."
    assert page.answer.zh == "高风险：不活跃 2 人中 1 人，未续费 1 人中 1 人。"
    assert [[str(row[0].shown) for row in table.rows] for table in tables] == [["a", "b"], ["a"]]
    assert '<li><span lang="en">en a</span>' in str(tables[0].rows[0][3].shown)


def test_tiles_change_since_the_last_day_scored_four_weeks_before_or_earlier(fill: Fill) -> None:
    days = {"2026-11-19": "1", "2026-11-01": "0", "2026-10-22": "3", "2026-10-20": "2", "2026-09-01": "4"}
    rows = ", ".join(f"(date '{day}', {n})" for day, n in days.items())
    marts = fill(f"""
        insert into marts.churn_predictions by name
        select
            'm' || member as member_id, day, 'inactivity' as definition, 'v1' as model_version, 'logistic' as learner,
            0.5 as probability, if(member <= n, 'high', 'low') as risk_band, true as is_current,
            '[]' as reasons_en, '[]' as reasons_zh,
        from (values {rows}) as scored (day, n), range(1, 7) as members (member);
    """)
    tiles = page_of(risk.page, marts).blocks[0]
    assert isinstance(tiles, Tiles)
    assert [(tile.change.en, tile.tone) for tile in tiles.tiles] == [
        ("\N{MINUS SIGN}2", "good"), ("no change", "neutral"), ("+2", "good"), ("no change", "neutral"),
    ]  # fmt: skip
    assert tiles.note is not None
    assert tiles.note.en.endswith("Changes are since 22 Oct 2026, when 6 were scored.")
    assert tiles.note.zh.endswith("变化自2026年10月22日起，当时已评分 6 人。")


def test_without_a_day_four_weeks_before_no_tile_changes(fill: Fill) -> None:
    tiles = page_of(risk.page, fill(PREDICTIONS.format(learner="logistic"))).blocks[0]
    assert isinstance(tiles, Tiles)
    assert [tile.change for tile in tiles.tiles] == [None] * 4
    assert tiles.note is not None
    assert "Changes" not in tiles.note.en


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("0.3, 0.74, 100, 0.31, 0.65", ["74%", "30%"]), ("null, null, null, null, null", ["90%", "20%"])],
)
def test_no_more_certainty_is_shown_than_the_test_months_support(fill: Fill, shown: str, expected: list[str]) -> None:
    filled = fill(PREDICTIONS.format(learner="logistic") + _training("v1", "logistic", "2026-11-01", shown))
    page = page_of(risk.page, filled)
    table = next(block for block in page.blocks if isinstance(block, Table))
    assert [expected[row] in str(table.rows[row][1].shown) for row in (0, 1)] == [True, True]
    assert [row[1].sort for row in table.rows] == [0.9, 0.2]
    tiles = page.blocks[0]
    assert isinstance(tiles, Tiles)
    said = (
        "Nobody is shown above 74% or below 30%: of the 100 highest predictions of those months 65% came true, "
        "of the 100 lowest 31%."
    )
    assert (said in tiles.note.en) == (expected == ["74%", "30%"])


@pytest.mark.parametrize(("learner", "n_tiles"), [("logistic", 4), ("rule", 3)])
def test_a_rule_gives_no_expected_number(fill: Fill, learner: str, n_tiles: int) -> None:
    tiles = page_of(risk.page, fill(PREDICTIONS.format(learner=learner))).blocks[0]
    assert isinstance(tiles, Tiles)
    assert len(tiles.tiles) == n_tiles
    assert ("A rule ranks these members" in tiles.note.en) == (learner == "rule")


def _training(version: str, learner: str, at: str, shown: str = "null, null, null, null, null") -> str:
    return f"""insert into marts.churn_trainings values
        ('{version}', 'inactivity', 30, '{learner}', 'because of {version}', '{{}}', '2026-10-20',
        'run', '{at}', {shown});"""


def _evaluation(version: str, learner: str, value: float, *, champion: bool) -> str:
    return f"""insert into marts.churn_evaluations values
        ('inactivity', '{learner}', 'test', null, 'all', 500, 'log_loss', {value},
        {value - 0.01}, {value + 0.01}, '{version}', {champion}, '2026-10-20');"""


EVALUATED = (
    _training("v1", "logistic", "2026-11-01")
    + _evaluation("v1", "logistic", 0.45, champion=True)
    + _evaluation("v1", "decayed_90", 0.50, champion=False)
    + _evaluation("v1", "base_rate", 0.68, champion=False)
)


def test_the_champion_is_compared_with_the_best_baseline(fill: Fill) -> None:
    page = page_of(churn.page, fill(EVALUATED))
    assert page.answer.en == (
        "The champion, logistic regression, has 10% less log loss than the best baseline, 90-day decayed activity."
    )


def test_the_page_says_what_became_of_those_whom_the_model_named(fill: Fill) -> None:
    sql = EVALUATED.replace("null, null, null, null, null", "0.1, 0.74, 100, 0.04, 0.65", 1)
    page = page_of(churn.page, fill(sql))
    assert (
        page.answer.en == "Of the 100 called most at risk in past months 65% went quiet; of the 100 called safest, 4%."
    )
    assert page.answer.zh == "过去数月中，被判为风险最高的 100 人次有 65% 确实沉默；被判为最稳妥的 100 人次为 4%。"
    assert "10% less log loss" in block_of(page, "Log loss against the baselines").note.en
    assert block_of(page, "Every learner and baseline").folded


def test_the_best_possible_is_shown_where_the_truth_is_known(fill: Fill) -> None:
    truth = _evaluation("v1", "best_possible", 0.33, champion=False)
    by_tenure = "".join(
        _evaluation("v1", learner, value, champion=learner == "logistic").replace("'all'", "'under_30_days'")
        for learner, value in (("logistic", 0.45), ("base_rate", 0.68), ("best_possible", 0.31))
    )
    page = page_of(churn.page, fill(EVALUATED + truth + by_tenure))
    assert page.answer.en.endswith("activity. That is 66% of the way from the base rate to the best possible.")
    assert page.answer.zh.endswith("从平均流失率到理论最优的差距，模型已走完 66%。")
    chart, table = (block_of(page, title) for title in ("Log loss against the baselines", "By tenure"))
    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert chart.figure["series"][0]["y"] == [0.33, 0.33]
    assert "the best possible is known" in chart.note.en
    assert [column.label.en for column in table.columns][5] == "Best possible"
    assert table.rows[0][5].shown == "0.310"


def test_of_real_logs_no_best_possible_is_spoken_of(fill: Fill) -> None:
    page = page_of(churn.page, fill(EVALUATED))
    chart, table = (block_of(page, title) for title in ("Log loss against the baselines", "By tenure"))
    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert chart.note.en.endswith("decayed activity. Lower is better; lines are 95% intervals.")
    assert "Best possible" not in [column.label.en for column in table.columns]


def test_a_rule_trained_later_replaces_the_model_and_says_why(fill: Fill) -> None:
    page = page_of(churn.page, fill(EVALUATED + _training("v2", "rule", "2026-11-08")))
    note = page.blocks[0]
    assert page.answer.en == "No model has been trained: members are ranked by a rule."
    assert isinstance(note, Note)
    assert [fact for _, fact in note.entries] == [Text("because of v2", "because of v2")]
    assert len(page.blocks) == 2
    assert isinstance(page.blocks[1], Note)
    assert page.blocks[1].body.en.startswith("The log of subscriptions is not collected")


def test_why_there_is_only_a_rule_is_said_in_both_languages(fill: Fill) -> None:
    why = "rule: forest doesn''t beat the baseline decayed_90 on test cut-offs (log-loss 0.5429 against 0.5399)"
    training = _training("v2", "rule", "2026-11-08").replace("because of v2", why)
    note = page_of(churn.page, fill(EVALUATED + training)).blocks[0]
    assert isinstance(note, Note)
    assert [fact for _, fact in note.entries] == [
        Text(
            "random forest doesn't beat the baseline 90-day decayed activity on test cut-offs "
            "(log-loss 0.5429 against 0.5399)",
            "在测试切点上，随机森林没有胜过基线“90 天衰减活跃度”（对数损失 0.5429 对 0.5399）",
        )
    ]


CARD = (
    '{"card": {"excluded": {"2026-05-01": "outage of content on 2026-05-03"}, "definition": {"label": "not renewed"}}}'
)
PAYING = (
    _training("v3", "tree", "2026-11-01").replace("inactivity", "lapse").replace("'{}'", f"'{CARD}'")
    + _evaluation("v3", "tree", 0.30, champion=True).replace("inactivity", "lapse")
    + _evaluation("v3", "base_rate", 0.40, champion=False).replace("inactivity", "lapse")
    + "".join(
        _evaluation("v3", learner, value, champion=learner == "tree")
        .replace("inactivity", "lapse")
        .replace("null, 'all'", place)
        for place in ("null, 'under_30_days'", "date '2026-08-20', 'all'")
        for learner, value in (("tree", 0.35), ("base_rate", 0.5))
    )
)


def test_both_definitions_are_shown_each_with_its_own_evaluation(fill: Fill) -> None:
    page = page_of(churn.page, fill(EVALUATED + PAYING))
    assert page.answer.en == (
        "Inactivity: the champion, logistic regression, has 10% less log loss than the best baseline, 90-day decayed "
        "activity. Lapse: the champion, decision tree, has 25% less log loss than the best baseline, base rate."
    )
    tenure, cut_off = (block_of(page, f"By {name} · lapse") for name in ("tenure", "cut-off"))
    for table, first in ((tenure, "under 30 days"), (cut_off, "20 Aug 2026")):
        assert isinstance(table, Table)
        (row,) = table.rows
        assert [getattr(cell.shown, "en", cell.shown) for cell in row] == [
            first, "500", "0.350", "0.340–0.360", "0.500", "–", "–",
        ]  # fmt: skip
    card = block_of(page, "Model card · lapse")
    assert isinstance(card, Note)
    entries = {name.en: fact for name, fact in card.entries}
    assert entries["Churn means"] == Text("not renewed", "not renewed")
    assert entries["Cut-offs left out"] == "2026-05-01 (outage of content on 2026-05-03)"
    assert entries["Chosen because"] == Text("because of v3", "because of v3")


def _drivers(day: str, *reasons: tuple[str, str, float | None]) -> str:
    """Members scored on a day, each with one reason."""
    rows = ", ".join(
        f"('{member}', date '{day}', '{json.dumps([{'group': group, 'contribution': said}])}')"
        for member, group, said in reasons
    )
    return f"""insert into marts.churn_predictions by name
        select member, day, 'inactivity' as definition, 0.5 as probability, 'v1' as model_version, true as is_current,
            drivers
        from (values {rows}) as v (member, day, drivers);""".replace("select member,", "select member as member_id,")


NOW = _drivers(
    "2026-11-19", ("a", "recency", 0.6), ("b", "recency", 0.2), ("c", "payment", -0.7), ("d", "payment", 0.1)
)
BEFORE = _drivers("2026-10-22", ("a", "recency", 0.6), ("b", "reading", 0.2))
BEFORE += _drivers("2026-10-23", ("c", "events", 1))


def test_drivers_count_whose_risk_each_reason_raises_and_lowers(fill: Fill) -> None:
    table = churn_drivers.drivers(fill(NOW), CONTEXT, "inactivity", Text("", ""))
    assert table is not None
    assert [[cell.sort for cell in row[1:]] for row in table.rows] == [[2, 0.4, 0, -1e9], [1, 0.1, 1, -0.7]]
    assert [row[0].shown for row in table.rows] == [GROUPS["recency"], GROUPS["payment"]]
    assert [row[2].shown for row in table.rows] == ["×1.49", "×1.11"]
    assert table.note is not None
    assert table.note.en.startswith("What raises the risk of most members, 2 of 4: how long they have been away, by")
    assert "A month before nobody was scored yet." in table.note.en


def test_drivers_of_the_month_before_stand_beside_them(fill: Fill) -> None:
    table = churn_drivers.drivers(fill(NOW + BEFORE), CONTEXT, "inactivity", Text("", ""))
    assert table is not None
    assert [column.label.en for column in table.columns][3] == "A month before"
    assert [row[3].sort for row in table.rows] == [1, -1e9], "of 22 October, not of a day less than four weeks before"
    assert "The month before is 22 Oct 2026." in (table.note or Text("", "")).en


def test_a_rule_has_no_drivers(fill: Fill) -> None:
    by_rule = _drivers("2026-11-19", ("a", "recency", None))
    assert churn_drivers.drivers(fill(by_rule), CONTEXT, "inactivity", Text("", "")) is None


def _judged(observed: str, day: str = "2026-11-19") -> str:
    return f"""insert into marts.gate_results by name
        select 'predictions' as gate, date '{day}' as day, 'lapse_feature_drift at most 0.25' as expectation,
            '{observed}' as observed, timestamptz '{day} 06:00' as checked_at;"""


def test_drift_is_told_in_words_with_its_direction(fill: Fill) -> None:
    found = _judged("0.9 (acts_30 0.90)", "2026-11-18") + _judged(
        "0.774 (discount_share 0.77 up, sd_gap 0.26 down, x 0.3)"
    )
    table = churn_drift.drift(fill(found), CONTEXT, "lapse", Text("", ""))
    assert isinstance(table, Table)
    assert [(row[0].shown.en, row[1].shown.en, row[2].shown) for row in table.rows] == [  # type: ignore[attr-defined]
        ("the discount they pay with", "higher", "0.77"), ("how irregular the breaks are", "lower", "0.26"),
        ("x", "spread otherwise", "0.30"),
    ]  # fmt: skip
    assert table.note is not None
    assert table.note.en.startswith("Not quite: 3 things have moved since the training days, most of all the discount")


def test_members_like_those_of_the_training_are_said_to_be(fill: Fill) -> None:
    marts = fill(_judged("0.18"))
    note = churn_drift.drift(marts, CONTEXT, "lapse", Text("", ""))
    assert isinstance(note, Note)
    assert note.body.en.startswith("Yes:")
    assert churn_drift.drift(marts, CONTEXT, "inactivity", Text("", "")) is None


def test_all_that_the_model_looks_at_has_words() -> None:
    assert list(GROUPS) == [group for group in explain.GROUPS if group not in explain.SILENT_GROUPS]
    assert set(FEATURES) == set(DRIFT_NAMES)
