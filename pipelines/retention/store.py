"""What is kept of lists of members: the log of draws, the lists, the evaluations of suggestions, and the secret key.

The log of draws is written before the list. A kill in between leaves a log without a list, and the next run makes the
list of those very members. A list without its log is never exported.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pipelines import clock
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.privacy.keys import secret_key
from pipelines.settings import Settings

Rows = list[dict[str, Any]]

_SUGGESTIONS = ("suggestion_en", "suggestion_zh")
DRAWS, LISTS, EVALUATIONS = "action_assignments", "retention_actions", "suggestion_evaluations"


def draws(home: Home) -> Rows:
    """Every draw so far, in the order of the log."""
    rows: Rows = ledger.read(home, DRAWS).to_pylist()
    return rows


def keep_draws(home: Home, day: date, rows: Rows, run_id: str) -> None:
    """Log the draws of a day, all at once."""
    ledger.append(home, DRAWS, [row | {"day": day, "run_id": run_id, "drawn_at": clock.now()} for row in rows])


def list_of(home: Home, day: date) -> Rows:
    """The list of a day; empty where none was made."""
    rows = ledger.rows(home, LISTS, day=day)
    return [row | {name: _without_missing_titles(row[name]) for name in _SUGGESTIONS} for row in rows]


def _without_missing_titles(text: str | None) -> str | None:
    """Leave out what an earlier version called a piece without a title; the record itself stays as it was made."""
    if text is None:
        return None
    named = re.sub("(; |、)([.。])$", r"\2", re.sub("“nan”(; |、)?", "", text))
    return named.replace("Send: .", "Send something worth reading.").replace("推送：。", "推送值得一读的内容。")


def last_list_day(home: Home) -> date | None:
    """Day of the newest list."""
    return max((row["day"] for row in ledger.read(home, LISTS).select(["day"]).to_pylist()), default=None)


def keep_list(home: Home, day: date, rows: Rows, run_id: str) -> None:
    """Keep the list of a day.

    Raises:
        UnloggedListError: A member on it is not in the log of draws.
    """
    check_logged(home, day, rows)
    ledger.append(home, LISTS, [row | {"day": day, "run_id": run_id, "made_at": clock.now()} for row in rows])


def check_logged(home: Home, day: date, rows: Rows) -> dict[tuple[str, str], str]:
    """Return the arm of each campaign and member on a list, as logged.

    Raises:
        UnloggedListError: A member on it is not in the log of draws.
    """
    arms = {(row["campaign_id"], row["member_id"]): str(row["arm"]) for row in draws(home) if row["day"] == day}
    missing = [row["member_id"] for row in rows if (row["campaign_id"], row["member_id"]) not in arms]
    if missing:
        raise UnloggedListError(
            f"{len(missing)} member(s) on the list of {day} are not in the log of draws, first {missing[0]}: "
            "without the log nobody can tell later whether the list worked"
        )
    return arms


def last_evaluation(home: Home) -> Rows:
    """Rows of the newest evaluation of suggestions; empty where there was none."""
    rows: Rows = ledger.read(home, EVALUATIONS).to_pylist()
    return [row for row in rows if row["day"] == rows[-1]["day"] and row["run_id"] == rows[-1]["run_id"]]


def keep_evaluation(home: Home, day: date, rows: Rows, run_id: str) -> None:
    """Keep an evaluation of suggestions."""
    ledger.append(home, EVALUATIONS, [row | {"day": day, "run_id": run_id} for row in rows])


def arm_key(home: Home, settings: Settings) -> bytes:
    """Return the key that arms are drawn with: the setting's, else the home's own, made when first asked for."""
    return secret_key(settings.arm_key, home.arm_key)


class UnloggedListError(UserError):
    """A list names members whose draw was not logged."""
