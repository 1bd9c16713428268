"""Rules about the shape of a log day, against the log's own past; ``pipelines/gates/shapes`` finds what breaks them.

What the past supports strongly blocks, the rest warns under the same name with ``_unsure`` behind it.
"""

from __future__ import annotations

from expectations.rule import CRITICAL, WARNING, Rule

UNSURE = "_unsure"

_ONLY_WARN = {
    "rows_many": "far more rows than this weekday ever had: a launch, or a delivery of several days or of everything; "
    "look whether days or rows came twice",
    "rows_cut": "a round number of rows is where an export or an API stops; raise its limit, deliver the day again",
    "one_member": "one member has most rows of a day: a default id, a bot, an import; leave the id of nobody empty",
    "rows_late": "most rows are of earlier days; deliver each day's rows under their own day",
}

_BLOCK = {
    "rows_short": "so few rows never came on this weekday: the export stopped early or lacks a part; deliver it again, "
    "or waive it if the day was like that",
    "rows_withdrawn": "a delivery that takes back most of what it names is rarely meant; look at its column op",
    "strangers": "hardly a member of this day is known from the days before: another community's export, or new ids "
    "for all; deliver the day with the usual ids, or link them by identity_links and waive it",
    "day_again": "the rows are those of another day under a new date; deliver the day's own rows",
    "ids_again": "ids that stood for something else before make new rows pass for versions of old ones; give each row "
    "an id of its own, for all time",
    "rows_repeated": "rows that say the same at the same second come of an export that joins twice; deliver each once",
    "hours_moved": "the hours fit the past only when they are moved: the times are in another zone; write them with "
    "their offset, such as 2021-04-27T15:06:00+08:00",
    "hours_missing": "the usual rows of the first or last hours are not there: the export ran too early or stopped; "
    "deliver the day again, or waive it if nobody could come",
    "times_alike": "times at the full hour or at midnight have lost their minutes; deliver the time, not the day",
    "rows_ahead": "most rows are of the day after; deliver them under their own day",
    "numbers_moved": "a number is so many times the usual that its unit changed (minor and major units, seconds and "
    "minutes, another scale); deliver it in the unit of the log contract",
    "columns_emptied": "a column that is usually filled is empty or zero: the export lost it; deliver the day with it",
    "columns_alike": "one value in all rows of a column that always varied: the export wrote a default; mend it",
    "kinds_gone": "a kind that came every day is missing: its file or its part of the query; deliver it too, or "
    "waive one day if it was given up",
    "kinds_new": "one kind has far more of the rows than ever: others are missing, or kinds are mapped wrongly",
    "currency_changed": "amounts are in a currency that had hardly any: currency or amounts were converted; deliver "
    "amounts as they were paid",
}


OF_WHOLE_DAYS = (
    "rows_short", "hours_moved", "hours_missing", "columns_emptied", "columns_alike", "kinds_gone", "kinds_new",
)  # fmt: skip
"""Rules that say nothing of a day that is not over: rows and hours are still to come, and so are the kinds and columns
of what happens in the evening."""

WITHHOLDING = tuple(_BLOCK)
"""Names of the rules that may withhold a day."""


def column_of(rule: str, *, is_certain: bool) -> str:
    """Return the column of the profile that a rule's finding stands in."""
    return rule if is_certain or rule in _ONLY_WARN else f"{rule}{UNSURE}"


def shape_rules() -> list[Rule]:
    """Rules about a log day's shape: the value of each is zero where nothing was found."""
    warn = [Rule(name, WARNING, reason, maximum=0) for name, reason in _ONLY_WARN.items()]
    block = [Rule(name, CRITICAL, reason, maximum=0) for name, reason in _BLOCK.items()]
    unsure = [
        Rule(f"{name}{UNSURE}", WARNING, f"{reason} (too little speaks for it to withhold the day)", maximum=0)
        for name, reason in _BLOCK.items()
    ]
    return block + unsure + warn
