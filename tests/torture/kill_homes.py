"""The homes that commands are killed on: a hall without a warehouse, made in seconds, and one that the job built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipelines.home import Home
from pipelines.lake import ledger
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, tiny_community
from tests.torture.killed import JOB, LIGHT, command

SETTINGS = {
    "GUILDBOOK_THREADS": "1",
    "GUILDBOOK_MIN_FREE_DISK_GB": "0",
    "GUILDBOOK_TIMEZONE": "Asia/Shanghai",
    "GUILDBOOK_FIRST_LOG_DAY": str(FIRST),
    "GUILDBOOK_SEND_ENABLED": "true",
    "GUILDBOOK_PUBLICATIONS_KEPT": "2",
}
TRAINED = {
    "GUILDBOOK_CHURN_HORIZON_DAYS": "7",
    "GUILDBOOK_CHURN_CUTOFF_STEP_DAYS": "7",
    "GUILDBOOK_CHURN_TEST_CUTOFFS": "1",
    "GUILDBOOK_CHURN_MIN_CHURNERS": "3",
    "GUILDBOOK_TRAINING_INTERVAL_DAYS": "1",
}
"""So that a learner is fitted on weeks of a few members, in each run."""

HALL_DAYS = days_between(FIRST, FIRST + timedelta(days=6))
JOB_DAYS = days_between(FIRST, FIRST + timedelta(days=44))
BEFORE, BETWEEN, NEXT = JOB_DAYS[:-6], JOB_DAYS[-6:-4], JOB_DAYS[-4:]
ADA = "ada.lovelace@example.org"
"""A member whose id is found in every byte that holds it."""

PUBLISHED_DAY, NEXT_RUN = date(2026, 11, 19), "next-run"
FILE = "kind: file\ncontent: [brief, digest, alarms]\n"


def do(home: Path, words: tuple[str, ...], said: Path, *, of_job: bool, **more: Any) -> int:
    """Do a command on a home, with the settings of its kind, as ``killed.carry_out`` does; returns its exit code."""
    settings, libraries = (SETTINGS | TRAINED, JOB) if of_job else (SETTINGS, LIGHT)
    return command(libraries=libraries, settings=settings, words=words, home=str(home), said=str(said), **more)


def hall(prepared: Path) -> Path:
    """Return a home with a few log days in the lake, some more delivered, and two publications that nothing built."""
    return _once(prepared / "hall", _build_hall)


def job(prepared: Path) -> Path:
    """Return a home with two publications of the job and four more log days delivered."""
    return _once(prepared / "job", _build_job)


def job_done(prepared: Path) -> Path:
    """Return the same home once the job has run over those days."""
    base = job(prepared)
    return _once(prepared / "done", lambda home: _run(base, home))


def _once(home: Path, build: Callable[[Path], None]) -> Path:
    with FileLock(home.with_suffix(".lock")):
        if not home.exists():
            building = home.with_suffix(".building")
            shutil.rmtree(building, ignore_errors=True)
            build(building)
            building.rename(home)
    return home


def _build_hall(root: Path) -> None:
    from tests.support.mailroom import Mailroom, database_of  # noqa: PLC0415

    database = database_of(root.with_suffix(".duckdb"))
    room = Mailroom.of(root, database)
    room.publish(database)
    for folder in (root / "versions").iterdir():
        number = int(folder.name)
        (folder / "site" / "static").mkdir(parents=True)
        (folder / "site" / "index.html").write_text(f"<p>{number}</p>")
        _say_number(folder / "analytics.duckdb", number)
    shutil.copyfile(database, root / "built.duckdb")
    _say_number(root / "built.duckdb", None)
    verdict = {"run_id": NEXT_RUN, "table_name": "t", "day": PUBLISHED_DAY, "is_passed": True, "expectation": "e"}
    ledger.append(Home(root), "gate_results", [verdict | {"gate": gate} for gate in ("facts", "predictions")])
    house = House(root)
    logs = {place: rows for place, rows in tiny_community(3, members=20, days=45).items() if place[1] in HALL_DAYS}
    house.deliver_all({place: rows for place, rows in logs.items() if place[1] < HALL_DAYS[-3]})
    house.accept(HALL_DAYS, "first-run")
    house.deliver_all({place: rows for place, rows in logs.items() if place[1] >= HALL_DAYS[-3]})
    house.deliver("interactions", HALL_DAYS[0], [], name="more.jsonl")
    room.target("folder", FILE)
    database.unlink()


def _say_number(database: Path, number: int | None) -> None:
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(database)) as con:
        con.execute(
            "drop table marts.publication" if number is None else f"update marts.publication set version = {number}"
        )


def _build_job(root: Path) -> None:
    house = House(root)
    logs = {
        place: [{name: ADA if value == "m5" else value for name, value in row.items()} for row in rows]
        for place, rows in tiny_community(3, members=30, days=45).items()
    }
    (root / "targets").mkdir()
    (root / "targets" / "folder.yaml").write_text(FILE)
    for days in (BEFORE, BETWEEN):
        house.deliver_all({place: rows for place, rows in logs.items() if place[1] in days})
        _job(root, days)
    house.deliver_all({place: rows for place, rows in logs.items() if place[1] in NEXT})


def _run(base: Path, root: Path) -> None:
    shutil.copytree(base, root, symlinks=True)
    _job(root, NEXT)


def _job(root: Path, days: list[date]) -> None:
    said = root.with_suffix(".said")
    words = ("run", "--from", str(days[0]), "--to", str(days[-1]))
    assert do(root, words, said, now=f"{days[-1]}T23:30:00", of_job=True) == 0, said.read_text()
