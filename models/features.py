"""The registry of the model's features: name, group, and a template of the words in which it becomes a reason.

What a feature is and how it is computed stands in ``dbt_project/models/churn/churn_features.yml``; a test
holds both together. What a template may hold is said in ``models/feature_words.py``, which fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pandas as pd

KEYS = ["member_id", "as_of_day"]
"""What one row of the feature table is about."""


class Show(Enum):
    """How a value is written in a reason."""

    WHOLE = "whole"
    PERCENT = "percent"
    TIMES = "times"
    """A logarithm of a ratio, written as the ratio."""
    FLAG = "flag"


@dataclass(frozen=True, eq=False)
class Feature:
    """One numeric input of the model; there is one object of each.

    Features of one ``group`` say nearly the same thing, so a reason sums their contributions and speaks
    through the strongest of them. ``is_skewed`` features have a long tail; linear learners see them as
    log(1 + x).
    """

    name: str
    group: str
    en: str
    zh: str
    show: Show = Show.WHOLE
    is_skewed: bool = False


def _count(name: str, group: str, en: str, zh: str) -> Feature:
    return Feature(name, group, en, zh, is_skewed=True)


def _share(name: str, group: str, en: str, zh: str) -> Feature:
    return Feature(name, group, en, zh, Show.PERCENT)


def _trend(name: str, group: str, en: str, zh: str) -> Feature:
    return Feature(name, group, en, zh, Show.TIMES)


def _flag(name: str, group: str, en: str, zh: str) -> Feature:
    return Feature(name, group, en, zh, Show.FLAG)


def _active(name: str, window: int) -> Feature:
    own = f"{{active_days_{window}}}"
    return _count(name, "activity", f"active on {own} of the last {window} days", f"最近 {window} 天中活跃 {own} 天")


_USUAL = (
    "last active {ago_days_since_active}; usually every {every_median_gap}",
    "上次活跃在{zh_ago_days_since_active}，通常{zh_every_median_gap}活跃一次",
)
_MEAN = (
    "last active {ago_days_since_active}; every {every_mean_gap} on average",
    "上次活跃在{zh_ago_days_since_active}，平均{zh_every_mean_gap}活跃一次",
)
_SINCE = (
    "active days since joining {ago_tenure_days}: {active_days_all}",
    "加入 {tenure_days} 天，累计活跃 {active_days_all} 天",
)

FEATURES = (
    _count(
        "days_since_active", "recency", "last active {ago_days_since_active}", "上次活跃在{zh_ago_days_since_active}"
    ),
    _count("recency_per_gap", "recency", *_USUAL),
    _active("decayed_7", 7),
    _active("decayed_30", 30),
    _active("decayed_90", 90),
    _active("active_days_7", 7),
    _active("active_days_30", 30),
    _active("active_days_90", 90),
    _active("active_days_365", 365),
    _count("active_days_all", "activity", *_SINCE),
    Feature("active_weeks_12", "activity", "active in {x} of the last 12 weeks", "最近 12 周中有 {x} 周活跃"),
    _share("active_day_share", "activity", *_SINCE),
    _count("tenure_days", "activity", *_SINCE),
    _flag(
        "is_first_month",
        "activity",
        "a member for {tenure_days} days already|joined {tenure_days} days ago",
        "已加入 {tenure_days} 天|{tenure_days} 天前加入",
    ),
    _count("median_gap", "recency", *_USUAL),
    _count("mean_gap", "recency", *_MEAN),
    _count("sd_gap", "recency", *_MEAN),
    _count(
        "absences_as_long",
        "recency",
        "away for {days_since_active} days, as {x} time{s} before",
        "已缺席 {days_since_active} 天，此前有 {x} 次同样久的缺席",
    ),
    _count(
        "absences_to_churn",
        "recency",
        "{x} of {absences_as_long} earlier absences this long turned into inactivity",
        "此前 {absences_as_long} 次同样久的缺席中，{x} 次变为不活跃",
    ),
    _trend(
        "acts_trend", "trend", "about {x} times the interactions of the month before", "互动量约为前一个月的 {x} 倍"
    ),
    _trend(
        "active_days_trend",
        "trend",
        "about {x} times the active days of the month before",
        "活跃天数约为前一个月的 {x} 倍",
    ),
    _count("acts_30", "volume", "{x} interaction{s} in the last 30 days", "最近 30 天互动 {x} 次"),
    _count("contents_30", "volume", "published {x} piece{s} in the last 30 days", "最近 30 天发布 {x} 篇内容"),
    _count("replies_30", "volume", "replied {x} time{s} in the last 30 days", "最近 30 天回复 {x} 次"),
    _count("starts_30", "volume", "started {x} thread{s} in the last 30 days", "最近 30 天发起 {x} 个话题"),
    _share("started_share_30", "volume", "{x} of own posts started a thread", "发言中 {x} 为自己发起的话题"),
    _count("threads_30", "volume", "took part in {x} thread{s} in the last 30 days", "最近 30 天参与 {x} 个话题"),
    _count(
        "channels_30",
        "volume",
        "took part in {x} channel{s} in the last 30 days",
        "最近 30 天参与 {x} 个频道",
    ),
    _count("reads_30", "reading", "read {x} time{s} in the last 30 days", "最近 30 天阅读 {x} 次"),
    _count("read_days_30", "reading", "read on {x} of the last 30 days", "最近 30 天中有 {x} 天阅读"),
    _count("responses_30", "ties", "got {x} response{s} in 30 days", "最近 30 天收到 {x} 次回应"),
    _count("responses_180", "ties", "got {x} response{s} in 180 days", "最近 180 天收到 {x} 次回应"),
    _count("partners_180", "ties", "in touch with {x} member{s} in 180 days", "最近 180 天与 {x} 位成员有交流"),
    _count(
        "question_waiting_days_90",
        "waiting",
        "their question has waited {x} day{s} without an answer",
        "其提问已等待 {x} 天无人回答",
    ),
    _count(
        "questions_waiting_90",
        "waiting",
        "{x} of their questions in 90 days got no answer",
        "近 90 天有 {x} 个提问无人回答",
    ),
    _count("events_registered_365", "events", "registered for {x} event{s} in a year", "一年内报名 {x} 场活动"),
    _count("events_cancelled_365", "events", "cancelled {x} event{s} in a year", "一年内取消 {x} 场活动"),
    _count("events_attended_365", "events", "attended {x} event{s} in a year", "一年内参加 {x} 场活动"),
    _share("event_attended_share_365", "events", "came to {x} of the events wanted", "所报活动出席率 {x}"),
    _flag("is_payer", "payment", "does not pay|pays", "未付费|付费成员"),
    _count("days_to_term_end", "payment", "paid term ends in {x} day{s}", "付费期还剩 {x} 天"),
    _count("term_number", "payment", "in paid term number {x}", "处于第 {x} 个付费期"),
    _flag(
        "is_auto_renewing",
        "payment",
        "does not renew automatically|renews automatically",
        "未开启自动续费|已开启自动续费",
    ),
    _count("payment_failures_180", "payment", "{x} failed payment{s} in 180 days", "最近 180 天支付失败 {x} 次"),
    _share("discount_share", "payment", "pays {x} less than the price", "享受 {x} 的折扣"),
    _count("community_active_30", "community", "{x} member{s} active in 30 days", "近 30 天活跃成员 {x} 位"),
    _trend(
        "community_trend",
        "community",
        "community {x} times as active as a month ago",
        "社区活跃度为上月的 {x} 倍",
    ),
)
"""Every feature, in the order in which learners see it."""

FEATURE_NAMES = [feature.name for feature in FEATURES]
SKEWED_NAMES = [feature.name for feature in FEATURES if feature.is_skewed]
PLAIN_NAMES = [feature.name for feature in FEATURES if not feature.is_skewed]
_BY_NAME = {feature.name: feature for feature in FEATURES}


def matrix(features: pd.DataFrame) -> pd.DataFrame:
    """Return the learners' input: one double column per feature, in registry order; null becomes NaN.

    Raises:
        ValueError: where the frame lacks a feature.
    """
    missing = [name for name in FEATURE_NAMES if name not in features.columns]
    if missing:
        raise ValueError(f"churn features lack {', '.join(missing)}; rebuild dbt model churn_features")
    numbers = {name: pd.to_numeric(features[name]).astype("float64") for name in FEATURE_NAMES}
    return pd.DataFrame(numbers, index=features.index)


def named(name: str) -> Feature:
    """Return the feature of a name."""
    return _BY_NAME[name]
