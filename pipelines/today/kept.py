"""The page of the running day and its figures, written beside the pages that are up, and read again for messages.

Everything is in the site of the publication, so that its readers read it too. The next publication and an erasure
remove it: it has rows that no lake knows yet.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipelines.files import write_text
from pipelines.home import Home
from pipelines.lake import versions
from pipelines.report.parts.menu import menu
from pipelines.report.parts.singles import left_out
from pipelines.report.parts.text import Text, hours
from pipelines.report.site import TODAY, environment
from pipelines.today import bells
from pipelines.today.page import NAME, TITLE, page, sentence
from pipelines.today.seen import BRIEF, LABELS, Seen, side, usual

_DATA = "data/today.json"
_QUESTIONS = 3


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown: its amount in text, where it lies against the same hour of usual days, and in words."""

    measure: str
    label: Text
    amount: str
    side: str
    usual: Text | None


@dataclass(frozen=True)
class Alarm:
    """What rings: the rule, the series, on which side, and in words."""

    rule: str
    series: str
    direction: str
    said: Text


@dataclass(frozen=True)
class Today:
    """The last look at the running day, as the pages show it: members that they may not tell are not in it either.

    Attributes:
        day: the running day.
        as_of: up to when it has come, in the community's time zone.
        through_day: last day that is published.
        answer: the day so far in a sentence.
        figures: figures so far.
        alarms: what rings.
        n_questions: questions that wait now.
        n_new_questions: how many of them were asked today.
        questions: the longest waiting, in words.
        withheld: logs that a gate keeps back.
    """

    day: date
    as_of: datetime
    through_day: date
    answer: Text
    figures: tuple[Figure, ...]
    alarms: tuple[Alarm, ...]
    n_questions: int
    n_new_questions: int
    questions: tuple[Text, ...]
    withheld: tuple[str, ...]


def told(seen: Seen) -> Today:
    """Return what a look found, as it is shown."""
    rows = [row for row in seen.figures.rows if row["amount"] is not None]
    asked = seen.questions.rows
    return Today(
        day=seen.moment.day,
        as_of=seen.moment.as_of,
        through_day=seen.through_day,
        answer=sentence(seen),
        figures=tuple(
            Figure(row["measure"], LABELS[row["measure"]], f"{row['amount']:,.0f}", side(row), usual(row))
            for row in rows
        ),
        alarms=tuple(Alarm(row["rule"], row["series"], row["direction"], bells.said(row)) for row in seen.alarms.rows),
        n_questions=seen.questions.n,
        n_new_questions=sum(row["is_new"] for row in asked),
        questions=tuple(Text(row["title"], row["title"]) + _waits(row) for row in asked[:_QUESTIONS]),
        withheld=tuple(one.log for one in seen.withheld),
    )


def _waits(row: dict[str, Any]) -> Text:
    waits = hours(row["observed_hours"])
    return Text(f", for {waits.en}", f"，已等 {waits.zh}")


def write(home: Home, number: int, draft: Path, seen: Seen, looked: str) -> Path:
    """Put the page and its files beside the pages of a publication, each whole, the page after its files.

    Args:
        home: The home, locked.
        number: The publication that is up.
        draft: The folder with the files of the page's queries.
        seen: What was found.
        looked: When, as the page says it.
    """
    site = home.versions / str(number) / "site"
    for path in sorted((draft / "data").glob("today_*.csv")):
        write_text(site / "data" / path.name, path.read_text(encoding="utf-8"))
    write_text(site / _DATA, json.dumps(asdict(told(seen)), ensure_ascii=False, indent=1, default=str))
    made = left_out(page(seen), seen.context.least_shown)
    html = (
        environment()
        .get_template("today.html")
        .render(
            page=made,
            menu=menu([SimpleNamespace(name="index", title=BRIEF[1]), made]),
            context=seen.context,
            as_of=seen.clock,
            looked=looked,
        )
    )
    write_text(site / f"{NAME}.html", html)
    title = {"en": TITLE.en, "zh-Hans": TITLE.zh}
    write_text(site / TODAY, f"window.guildbookToday = {json.dumps({'title': title})};\n")
    return site / f"{NAME}.html"


def last(home: Home) -> Today | None:
    """Return the last look at the running day; None where there was none since the last publication."""
    number = versions.current(home)
    path = home.versions / str(number) / "site" / _DATA
    if number is None or not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return Today(
        **found
        | {
            "day": date.fromisoformat(found["day"]),
            "as_of": datetime.fromisoformat(found["as_of"]),
            "through_day": date.fromisoformat(found["through_day"]),
            "answer": Text(**found["answer"]),
            "figures": tuple(
                Figure(**one | {"label": Text(**one["label"]), "usual": one["usual"] and Text(**one["usual"])})
                for one in found["figures"]
            ),
            "alarms": tuple(Alarm(**one | {"said": Text(**one["said"])}) for one in found["alarms"]),
            "questions": tuple(Text(**one) for one in found["questions"]),
            "withheld": tuple(found["withheld"]),
        }
    )
