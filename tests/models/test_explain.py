"""Reasons in words, with the member's own values: which contributions become one, and how it is said."""

import numpy as np
import pytest

from models.explain import SILENT_GROUPS, reasons
from models.feature_words import told, words
from models.features import FEATURE_NAMES, FEATURES

ROW = {
    **{feature.name: 4.0 for feature in FEATURES},
    "question_waiting_days_90": np.nan,
    "days_since_active": 19.0,
    "active_day_share": 0.25,
    "tenure_days": 1.0,
    "is_auto_renewing": 0.0,
    "acts_trend": np.log(0.5),
    "reads_30": np.nan,
    "threads_30": 1.0,
}


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("days_since_active", "last active 19 days ago", "上次活跃在 19 天前"),
        (
            "recency_per_gap",
            "last active 19 days ago; usually every 4 days",
            "上次活跃在 19 天前，通常每 4 天活跃一次",
        ),
        ("mean_gap", "last active 19 days ago; every 4 days on average", "上次活跃在 19 天前，平均每 4 天活跃一次"),
        (
            "absences_as_long",
            "away for 19 days, as 4 times before",
            "已缺席 19 天，此前有 4 次同样久的缺席",
        ),
        (
            "absences_to_churn",
            "4 of 4 earlier absences this long turned into inactivity",
            "此前 4 次同样久的缺席中，4 次变为不活跃",
        ),
        ("acts_trend", "about 0.5 times the interactions of the month before", "互动量约为前一个月的 0.5 倍"),
        ("is_auto_renewing", "does not renew automatically", "未开启自动续费"),
        ("is_payer", "pays", "付费成员"),
        ("threads_30", "took part in 1 thread in the last 30 days", "最近 30 天参与 1 个话题"),
        ("started_share_30", "400% of own posts started a thread", "发言中 400% 为自己发起的话题"),
    ],
)
def test_words(name, en, zh):
    feature = next(feature for feature in FEATURES if feature.name == name)
    assert words(feature, ROW) == (en, zh)


def test_days_are_written_as_people_say_them():
    last = next(feature for feature in FEATURES if feature.name == "recency_per_gap")
    said = [words(last, ROW | {"days_since_active": days, "median_gap": days}) for days in (0.0, 1.0, 2.0)]
    assert said == [
        ("last active on this day; usually every day", "上次活跃在当天，通常每天活跃一次"),
        ("last active 1 day ago; usually every day", "上次活跃在 1 天前，通常每天活跃一次"),
        ("last active 2 days ago; usually every 2 days", "上次活跃在 2 天前，通常每 2 天活跃一次"),
    ]


def test_every_feature_has_words_in_both_languages():
    for feature in FEATURES:
        en, zh = words(feature, {**ROW, "reads_30": 2.0, "question_waiting_days_90": 4.0})
        assert "{" not in en + zh
        assert "?" not in en + zh
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)


def given(**parts):
    return {name: parts.get(name, 0.0) for name in FEATURE_NAMES}


def raised(row=ROW, *, is_high=True, **parts):
    """Features of the reasons, those that speak against the number after a minus."""
    found = reasons(row, given(**parts), is_high=is_high)
    return [("-" if one.en.startswith("speaks against it: ") else "") + one.feature for one in found]


def test_reasons_sum_a_group_and_speak_through_its_strongest_feature():
    parts = given(decayed_7=0.4, decayed_30=0.5, days_since_active=0.8, partners_180=-0.3, acts_trend=0.1)
    found = reasons(ROW, parts, is_high=True)
    assert [(one.group, one.feature) for one in found] == [
        ("activity", "decayed_30"),
        ("recency", "days_since_active"),
        ("ties", "partners_180"),
    ]
    assert found[0].contribution == pytest.approx(0.9)
    assert found[2].en == "speaks against it: in touch with 4 members in 180 days"
    assert found[2].zh == "相反的迹象：最近 180 天与 4 位成员有交流"


def test_the_reasons_of_a_low_risk_lower_it():
    found = reasons(ROW, given(days_since_active=-0.8, partners_180=-0.3, acts_trend=0.5), is_high=False)
    assert [one.en for one in found] == [
        "last active 19 days ago (lowers the risk)",
        "in touch with 4 members in 180 days (lowers the risk)",
        "speaks against it: about 0.5 times the interactions of the month before",
    ]
    assert found[0].zh.endswith("（降低风险）")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Three that lower a high risk and one that raises it: the one first, and a single one against it.
        (
            {"days_since_active": -2, "partners_180": -1.5, "reads_30": -1.2, "acts_trend": 0.3},
            ["acts_trend", "-days_since_active"],
        ),
        # What lowers it is the weakest of all: it is not said where three raise it.
        (
            {"days_since_active": 2, "partners_180": 1, "acts_trend": 0.5, "reads_30": -0.4},
            ["days_since_active", "partners_180", "acts_trend"],
        ),
        (
            {"days_since_active": 2, "partners_180": 1, "acts_trend": 0.5, "reads_30": -0.6},
            ["days_since_active", "partners_180", "-reads_30"],
        ),
        # Yes or no is said of half the members: of two as strong the number comes first.
        ({"is_payer": 0.9, "partners_180": 0.6}, ["partners_180", "is_payer"]),
        # Of a group the one that tells more of the member's own values, unless it hardly matters.
        ({"days_since_active": 0.6, "recency_per_gap": 0.3}, ["recency_per_gap"]),
        ({"days_since_active": 0.6, "recency_per_gap": 0.1}, ["days_since_active"]),
        # A question that waits takes the last place of those that raise the risk.
        (
            {"days_since_active": 2, "partners_180": 1, "acts_trend": 0.5, "question_waiting_days_90": 0.1},
            ["days_since_active", "partners_180", "question_waiting_days_90"],
        ),
        (
            {
                "days_since_active": 2, "partners_180": 1, "acts_trend": 0.5, "question_waiting_days_90": 0.1,
                "reads_30": -3,
            },
            ["days_since_active", "question_waiting_days_90", "-reads_30"],
        ),
        # A driver that moves the odds by less than 5 % is none.
        ({"days_since_active": 0.04}, []),
    ],
)  # fmt: skip
def test_reasons_agree_with_the_number_and_at_most_one_speaks_against_it(parts, expected):
    waits = 4.0 if "question_waiting_days_90" in parts else np.nan
    row = ROW | {"reads_30": 2.0, "is_payer": 0.0, "question_waiting_days_90": waits}
    assert raised(row, **parts) == expected


def test_a_question_that_waits_is_not_pushed_among_the_reasons_of_a_low_risk():
    parts = {"days_since_active": -2, "partners_180": -1, "acts_trend": -0.5, "question_waiting_days_90": 0.1}
    assert raised(is_high=False, **parts) == ["days_since_active", "partners_180", "acts_trend"]


def test_a_question_that_waits_is_never_said_to_lower_the_risk():
    asked = ROW | {"question_waiting_days_90": 29.0}
    assert raised(asked, is_high=False, question_waiting_days_90=-3.0) == []
    found = reasons(asked, given(days_since_active=2, partners_180=1, acts_trend=0.5, reads_30=9), is_high=True)
    assert [one.feature for one in found] == ["days_since_active", "partners_180", "question_waiting_days_90"]
    assert found[2].en == "their question has waited 29 days without an answer"
    lowered = reasons(asked, given(days_since_active=2, question_waiting_days_90=-1), is_high=True)
    assert [one.en for one in lowered][1:] == ["their question has waited 29 days without an answer"]


@pytest.mark.parametrize(
    ("name", "values", "is_said"),
    [
        ("absences_as_long", {"absences_as_long": 0}, False),
        ("absences_as_long", {"absences_as_long": 4525}, False),
        ("absences_as_long", {"absences_as_long": 21}, False),
        ("absences_as_long", {"absences_as_long": 20}, True),
        ("absences_as_long", {"days_since_active": 2}, False),
        ("absences_to_churn", {"absences_as_long": 4525}, False),
        ("absences_to_churn", {"absences_to_churn": 0}, True),
        ("payment_failures_180", {"payment_failures_180": 0}, False),
        ("contents_30", {"contents_30": 0}, False),
        ("acts_30", {"acts_30": 0}, True),
        ("question_waiting_days_90", {"question_waiting_days_90": 1}, False),
        ("question_waiting_days_90", {"question_waiting_days_90": 29}, True),
        ("question_waiting_days_90", {"question_waiting_days_90": np.nan}, False),
        ("questions_waiting_90", {"questions_waiting_90": 0}, False),
        ("acts_trend", {"acts_trend": np.log(1.2)}, False),
        ("acts_trend", {"acts_trend": np.log(0.5)}, True),
        ("active_days_7", {"active_days_7": 0, "days_since_active": 7}, False),
        ("active_days_7", {"active_days_7": 1, "days_since_active": 6}, True),
        ("active_days_30", {"days_since_active": 30}, False),
        ("threads_30", {"days_since_active": 45}, False),
        ("threads_30", {"threads_30": 1}, False),
        ("threads_30", {"threads_30": 2}, True),
        ("read_days_30", {"days_since_active": 45}, True),
        ("active_days_90", {"days_since_active": 45}, True),
        ("active_weeks_12", {"days_since_active": 45}, True),
        ("is_first_month", {"is_first_month": 0}, False),
        ("recency_per_gap", {"median_gap": np.nan}, False),
        # A rhythm takes a few days, and that of a burst long ago is not the usual one beside 2 days of the last 90.
        ("recency_per_gap", {"active_days_all": 3}, False),
        ("mean_gap", {"active_days_all": 3}, False),
        ("mean_gap", {"tenure_days": 700, "days_since_active": 42, "active_days_90": 2}, True),
        ("recency_per_gap", {"tenure_days": 700, "days_since_active": 42, "median_gap": 1, "active_days_90": 2}, False),
        ("median_gap", {"tenure_days": 700, "days_since_active": 42, "median_gap": 1, "active_days_90": 23}, False),
        ("recency_per_gap", {"tenure_days": 700, "days_since_active": 42, "median_gap": 1, "active_days_90": 24}, True),
        ("recency_per_gap", {"tenure_days": 700, "days_since_active": 200, "active_days_90": 0}, True),
        ("days_since_active", {"median_gap": np.nan}, True),
    ],
)
def test_what_says_nothing_is_no_reason(name, values, is_said):
    assert raised(ROW | values, **{name: 5.0}) == ([name] if is_said else [])


def test_a_value_that_is_not_known_is_no_reason():
    assert raised(reads_30=5.0) == []
    assert raised(reads_30=5.0, read_days_30=0.1) == ["read_days_30"]


def test_what_is_the_same_for_everybody_is_no_reason():
    assert raised(community_trend=9.0) == []
    assert {feature.group for feature in FEATURES} > SILENT_GROUPS


def test_what_the_words_tell_is_asked_for_before():
    for feature in FEATURES:
        en, _ = words(feature, dict.fromkeys(told(feature), 3.0))
        assert "?" not in en
