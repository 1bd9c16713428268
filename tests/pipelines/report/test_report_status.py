"""status.js: whole or not there, safe to load as a script, and never without a time zone."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.report.status import SiteStatus, write_status
from tests.support.report_marts import HOSTILE

STATUS = SiteStatus(
    through_day=date(2026, 11, 19),
    published_at=datetime(2026, 11, 20, 6, 5, tzinfo=UTC),
    run_finished_at=datetime(2026, 11, 21, 6, 1, tzinfo=UTC),
    run_succeeded=False,
    failed_gate="deliveries: content 2026-11-20",
    reason=HOSTILE,
    failed_gate_zh="质量门",
    reason_zh=HOSTILE,
    page="last_run.html",
)


def _read(folder: Path) -> dict[str, object]:
    text = (folder / "status.js").read_text(encoding="utf-8")
    assert text.startswith("window.guildbookStatus = ")
    assert text.isascii()
    return json.loads(text.removeprefix("window.guildbookStatus = ").removesuffix(";\n"))


def test_status_holds_the_last_run(tmp_path: Path) -> None:
    write_status(tmp_path, STATUS)
    assert _read(tmp_path) == {
        "throughDay": "2026-11-19",
        "publishedAt": "2026-11-20T06:05:00+00:00",
        "runFinishedAt": "2026-11-21T06:01:00+00:00",
        "runSucceeded": False,
        "failedGate": "deliveries: content 2026-11-20",
        "failedGateZh": "质量门",
        "reason": HOSTILE,
        "reasonZh": HOSTILE,
        "page": "last_run.html",
    }


def test_status_is_replaced_whole(tmp_path: Path) -> None:
    write_status(tmp_path, STATUS)
    write_status(tmp_path, replace(STATUS, run_succeeded=True, failed_gate="", reason="", published_at=None))
    assert (_read(tmp_path)["runSucceeded"], _read(tmp_path)["publishedAt"]) == (True, None)
    assert [path.name for path in tmp_path.iterdir()] == ["status.js"]


@pytest.mark.parametrize("name", ["published_at", "run_finished_at"])
def test_a_time_without_a_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} has no time zone"):
        replace(STATUS, **{name: datetime(2026, 11, 20)})  # noqa: DTZ001 - the very thing refused
