"""The banner's data: how the last run went, written beside the pages after every run, failed ones too.

The pages work without it. What they show of the data itself is rendered into them by ``site.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.files import write_text


@dataclass(frozen=True, kw_only=True)
class SiteStatus:
    """Outcome of the last run and age of what is published.

    Attributes:
        through_day: last day of the published data; None before the first publication.
        published_at: when that data was published, with a time zone.
        run_finished_at: when the last run ended, with a time zone.
        run_succeeded: whether it got to the end.
        failed_gate: the gate that stopped it, such as ``gate 1: interactions 2026-11-19``; empty if none did.
        reason: why it stopped, in a sentence for operators; empty when it succeeded.
        failed_gate_zh: the gate in Chinese.
        reason_zh: the reason in Chinese.
        page: the page about the stopped run, beside the others; empty where there is none.
    """

    through_day: date | None
    published_at: datetime | None
    run_finished_at: datetime
    run_succeeded: bool
    failed_gate: str = ""
    reason: str = ""
    failed_gate_zh: str = ""
    reason_zh: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        """Refuse times without a zone: a browser would read them in its own."""
        for name in ("published_at", "run_finished_at"):
            value = getattr(self, name)
            if value is not None and value.tzinfo is None:
                raise ValueError(f"{name} has no time zone; give an aware datetime")


def write_status(site: Path, status: SiteStatus) -> None:
    """Write ``status.js`` into the site's folder in one rename."""
    body = {
        "throughDay": status.through_day.isoformat() if status.through_day else None,
        "publishedAt": status.published_at.isoformat() if status.published_at else None,
        "runFinishedAt": status.run_finished_at.isoformat(),
        "runSucceeded": status.run_succeeded,
        "failedGate": status.failed_gate,
        "failedGateZh": status.failed_gate_zh,
        "reason": status.reason,
        "reasonZh": status.reason_zh,
        "page": status.page,
    }
    write_text(site / "status.js", f"window.guildbookStatus = {json.dumps(body, indent=2)};\n")
