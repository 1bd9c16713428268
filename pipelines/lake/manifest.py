"""The delivery manifest: for each log and log day, the accepted rows and their checksum per event day, and the verdict.

Ingestion leaves a candidate part beside the lake; the first gate judges it here and, if it passes, moves it in. What
staging reads is therefore always the last part that passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import clock
from pipelines.files import move_all_in
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.delivery import DELIVERY, FORMER, delivery_beside, whole_delivery

PASSED = "passed"
WAIVED = "waived"
WITHHELD = "held_out"

WAITING = pa.schema(
    [("log", pa.string()), ("log_day", pa.date32()), ("n_rows", pa.int64()), ("keeps_earlier", pa.bool_())]
)
"""One row per withheld log day, as each run writes them for dbt."""


@dataclass(frozen=True)
class ChangedDay:
    """An event day whose rows a delivery changed; without a day where the delivery held no row."""

    log: str
    event_day: date
    delivery_id: str


@dataclass(frozen=True)
class Candidate:
    """A part that waits for the first gate, with what its delivery said (``_delivery.json``)."""

    log: str
    log_day: date
    folder: Path
    delivery: dict[str, Any]


@dataclass(frozen=True)
class WithheldDay:
    """A log day whose newest delivery waits beside the lake: because of the first gate, or of a run that stopped.

    ``n_rows`` are the rows that wait, ``keeps_earlier`` says whether an earlier delivery of the day is in the lake, and
    ``is_judged`` whether the gate withheld just this delivery: else no run has come to judge it yet.
    """

    log: str
    log_day: date
    n_rows: int
    keeps_earlier: bool
    is_judged: bool


def withheld_days(home: Home) -> list[WithheldDay]:
    """Return every log day that waits, however long ago it came; whoever names or counts them reads this."""
    root = home.lake / "candidates"
    waiting = [one for log in sorted(path.name for path in root.glob("*")) for one in candidates(home, log)]
    if not waiting:
        return []
    accepted = {(row["log"], row["log_day"]) for row in current(home).select(["log", "log_day"]).to_pylist()}
    verdicts = _newest_verdicts(home)
    return [
        WithheldDay(
            one.log,
            one.log_day,
            one.delivery["profile"]["accepted"],
            keeps_earlier=(one.log, one.log_day) in accepted,
            is_judged=verdicts.get((one.log, one.log_day)) == (one.delivery["fingerprint"], WITHHELD),
        )
        for one in waiting
    ]


def _newest_verdicts(home: Home) -> dict[tuple[str, date], tuple[str, str]]:
    """Return the fingerprint and verdict of the newest record of each log and log day."""
    return {
        (row["log"], row["log_day"]): (row["fingerprint"], row["verdict"])
        for row in ledger.read(home, "manifest").to_pylist()
    }


def candidates(home: Home, log: str, days: Sequence[date] | None = None) -> list[Candidate]:
    """Return the candidate parts of a log that are whole, in order of log day; of all days where none are given."""
    root = home.lake / "candidates" / log
    if not root.is_dir():
        return []
    wanted = None if days is None else set(days)
    found = []
    for folder in sorted(root.iterdir()):
        log_day = date.fromisoformat(folder.name.removeprefix("log_day="))
        if wanted is None or log_day in wanted:
            delivery = whole_delivery(folder / DELIVERY)
            found += [Candidate(log, log_day, folder, delivery)] if delivery else []
    return found


def decide(home: Home, judged: Sequence[tuple[Candidate, str]], run_id: str) -> None:
    """Record the verdict of each candidate, then move the accepted ones into the lake.

    A kill between the two is healed by ``finish_moves``: the recorded verdict names the candidate's fingerprint.
    """
    recorded_at = clock.now()
    rows = []
    for candidate, verdict in judged:
        common = {
            "log": candidate.log,
            "log_day": candidate.log_day,
            "fingerprint": candidate.delivery["fingerprint"],
            "verdict": verdict,
            "run_id": run_id,
            "recorded_at": recorded_at,
        }
        event_days = candidate.delivery["event_days"] or [{"event_day": None, "rows": 0, "checksum": "0"}]
        rows += [
            common
            | {
                "event_day": None if one["event_day"] is None else date.fromisoformat(one["event_day"]),
                "n_rows": one["rows"],
                "checksum": one["checksum"],
            }
            for one in event_days
        ]
    ledger.append(home, "manifest", rows)
    _move(home, [candidate for candidate, verdict in judged if verdict != WITHHELD])


def finish_moves(home: Home, logs: Sequence[str]) -> None:
    """Move in the candidates whose acceptance was recorded by a run that was killed before it moved them.

    Only a log day's newest record counts: files may come back as they were once accepted, and nobody judged them since.
    A folder that a candidate was moved out of goes too: it may be there again after a loss of power, and the log day
    would look like one that waits.
    """
    for log in logs:
        for folder in (home.lake / "candidates" / log).glob("log_day=*"):
            if not any(folder.iterdir()):
                folder.rmdir()
    waiting = [candidate for log in logs for candidate in candidates(home, log)]
    if not waiting:
        return
    newest = _newest_verdicts(home)
    accepted_as = {
        place: fingerprint for place, (fingerprint, verdict) in newest.items() if verdict in (PASSED, WAIVED)
    }
    fit = [one for one in waiting if accepted_as.get((one.log, one.log_day)) == one.delivery["fingerprint"]]
    _move(home, fit)


def current(home: Home) -> pa.Table:
    """Return the manifest of what lies in the lake: the newest accepted record of each log and log day.

    The newest is the one that was appended last, whatever the clock said: it may have been set back since.
    """
    table = ledger.read(home, "manifest")
    table = table.filter(pc.is_in(table["verdict"], pa.array([PASSED, WAIVED])))
    newest = table.group_by(["log", "log_day"], use_threads=False).aggregate([("recorded_at", "last")])
    joined = table.join(newest, ["log", "log_day"])
    return joined.filter(pc.equal(joined["recorded_at"], joined["recorded_at_last"])).select(
        ["log", "log_day", "event_day", "n_rows", "checksum"]
    )


def rows_accepted(home: Home, log: str) -> dict[date, int]:
    """Return how many rows of a log lie in the lake, by log day; of a day without any, zero."""
    table = current(home)
    of_days = table.filter(pc.equal(table["log"], log)).group_by("log_day").aggregate([("n_rows", "sum")])
    return dict(zip(of_days["log_day"].to_pylist(), of_days["n_rows_sum"].to_pylist(), strict=True))


def accepted(home: Home) -> dict[tuple[str, date], str]:
    """Return the fingerprint of each log day with any row in the lake."""
    newest: dict[tuple[str, date], tuple[str, int]] = {}
    columns = ["log", "log_day", "fingerprint", "verdict", "n_rows"]
    for row in ledger.read(home, "manifest").select(columns).to_pylist():
        if row["verdict"] in (PASSED, WAIVED):
            newest[row["log"], row["log_day"]] = row["fingerprint"], row["n_rows"]
    return {place: fingerprint for place, (fingerprint, n_rows) in newest.items() if n_rows}


def accepted_logs(home: Home) -> set[str]:
    """Return the logs with any row in the lake."""
    return {row["log"] for row in current(home).to_pylist() if row["n_rows"]}


def changed_since(home: Home, instant: datetime) -> list[ChangedDay]:
    """Return the event days whose accepted rows differ from those accepted until ``instant``, by delivery.

    ``delivery_id`` is that of the ledger of deliveries, of the delivery that made the difference.
    """
    then: dict[tuple[str, date], list[dict[str, Any]]] = {}
    now: dict[tuple[str, date], list[dict[str, Any]]] = {}
    for row in ledger.read(home, "manifest").to_pylist():
        if row["verdict"] not in (PASSED, WAIVED):
            continue
        for records in (then, now) if row["recorded_at"] <= instant else (now,):
            known = records.setdefault((row["log"], row["log_day"]), [])
            if known and known[0]["recorded_at"] != row["recorded_at"]:
                known.clear()
            known.append(row)
    changed = []
    for (log, log_day), rows in now.items():
        before = {row["event_day"]: row["checksum"] for row in then.get((log, log_day), [])}
        after = {row["event_day"]: row["checksum"] for row in rows}
        delivery_id = f"{log}/{log_day}/{rows[0]['fingerprint']}"
        changed += [
            ChangedDay(log, event_day, delivery_id)
            for event_day in before.keys() | after.keys()
            if event_day is not None and before.get(event_day) != after.get(event_day)
        ]
    return sorted(changed, key=lambda one: (one.log, one.event_day, one.delivery_id))


def _move(home: Home, accepted: Sequence[Candidate]) -> None:
    """Move the parts of candidates in, then each one's ``_delivery.json``, which marks its move as finished."""
    raw = [home.raw_part(one.log, one.log_day) for one in accepted]
    parts = [(one.folder / target.name, target) for one, target in zip(accepted, raw, strict=True)]
    marks = [(delivery_beside(part), target.with_name(DELIVERY)) for part, target in parts]
    for moves in (parts, marks):
        move_all_in([(staged, target) for staged, target in moves if staged.exists()])
    for _, part in parts:
        part.with_name(FORMER).unlink(missing_ok=True)
    for one in accepted:
        shutil.rmtree(one.folder)
