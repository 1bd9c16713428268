"""The page of a run that stopped: why, what was refused, the verdicts, what to do. One file that needs no other.

It is of the run, not of a publication: a first run that stops has one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from pipelines.report.parts import words
from pipelines.report.parts.reasons import chinese, said
from pipelines.report.parts.text import Text
from pipelines.report.site import STATIC_DIR, environment


@dataclass(frozen=True, kw_only=True)
class StoppedRun:
    """What is known of a run that stopped.

    Attributes:
        community: name of the community.
        timezone: its time zone.
        language: in which the page opens; empty, as the reader's browser says.
        run_id: the run; empty where none came.
        stopped_at: when it stopped, with a time zone.
        through_day: last day of the publication that stays up; None before the first.
        failed_gate: the gate that stopped it; empty where none did.
        reason: why it stopped.
        cures: what to do, the likeliest first.
        refused: first lines and files that were refused, with file, line and reason.
        verdicts: rows of the ledger of gate results that did not pass.
        read: log days that the run read: log, log day, delivered, accepted, quarantined, files rejected.
    """

    community: str
    timezone: str
    run_id: str
    stopped_at: datetime
    through_day: date | None
    failed_gate: str
    reason: str
    language: str = ""
    cures: tuple[Text, ...] = ()
    refused: tuple[str, ...] = ()
    verdicts: tuple[dict[str, Any], ...] = ()
    read: tuple[dict[str, Any], ...] = ()


def render_stopped(run: StoppedRun) -> str:
    """Return the page as HTML that carries its own looks and its switch of language."""
    css = (STATIC_DIR / "report.css").read_text(encoding="utf-8")
    template = environment().get_template("stopped.html")
    moment = run.stopped_at.astimezone(ZoneInfo(run.timezone))
    return template.render(
        run=run,
        said=said,
        chinese=chinese,
        word=_word,
        moment=f"{moment:%Y-%m-%d %H:%M}",
        css=Markup(css),  # noqa: S704 - the report's own style sheet
    )


def _word(names: str, code: str) -> Text:
    return words.word(getattr(words, names), code)
