"""An erasure from start to end: journal, stages over all files, backups, a search of every byte, the ledger."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import chain
from pathlib import Path

from pipelines import clock
from pipelines.erasure import fetched, fingerprints, people
from pipelines.erasure.error import ErasureError
from pipelines.erasure.files import rewrite
from pipelines.erasure.places import BESIDE, STAGES, places
from pipelines.erasure.survey import FILE_ERRORS, Erased, archives, brief, look_for_rest, roots, tombstones
from pipelines.faults import explain
from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.lake.staging import sweep_staging
from pipelines.privacy import known
from pipelines.privacy.journal import Journal, forget, unfinished
from pipelines.privacy.names import TOMBSTONE
from pipelines.privacy.needles import Needles
from pipelines.reading import sums
from pipelines.settings import Settings
from pipelines.sources.gone import Gone

_FINGERPRINTS, _BACKUPS, _SEARCH = "fingerprints", "backups", "search"
_HISTORY = "dagster"
_LATER = (_HISTORY, _BACKUPS)
"""Stages whose files no run builds on: where one cannot be written, runs go on and each tries again."""

_UNFINISHED = "not finished, mend this and the next run or guildbook erase goes on"


def erase(
    home: Home,
    settings: Settings,
    persons: Sequence[Sequence[str]],
    *,
    asked_by: str,
    must_exist: bool = False,
    run_goes_on: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
) -> Erased:
    """Replace the ids of persons by tombstones everywhere and empty the persons' texts, in one pass over all files.

    The caller holds the home's lock. A kill at any moment leaves a journal, which ``resume`` finishes.

    Args:
        home: Home folder of the community.
        settings: Names the backups too.
        persons: The ids of each person, exactly as the logs have them.
        asked_by: Who asked, for the ledger.
        must_exist: Whether an id that no log knows, and that was never erased, is an error.
        run_goes_on: Whether it is a run that asks, which may still write its errors into Dagster's history: the journal
            stays until ``resume`` has gone through that history once more.
        on_step: Called with the name of each step before it is done.

    Raises:
        ErasureError: An id is a tombstone, or a file could not be rewritten: the next run tries again.
    """
    resume(home, settings)
    with fetched.held(home):
        journal = _begin(home, settings, persons, asked_by, must_exist=must_exist)
        outcome = _carry_out(home, settings, journal, on_step)
    if run_goes_on:
        nothing_waits = not home.erasure_journal.exists()
        journal.done = [stage for stage in journal.done if stage != _HISTORY] + [_SEARCH] * nothing_waits
        journal.save(home)
    return outcome


def _begin(
    home: Home, settings: Settings, persons: Sequence[Sequence[str]], asked_by: str, *, must_exist: bool
) -> Journal:
    """Find out what has to go, and note it before anything is changed."""
    for one in chain(*persons):
        if not one.strip(" ") or TOMBSTONE.fullmatch(one):
            raise ErasureError(f"{one or 'an empty id'} is no id of a member: whoever had it is erased already")
    needles = people.look_up(home, settings, tombstones(home, settings, persons))
    if must_exist and (unknown := people.unknown_ids(home, settings, list(chain(*persons)))):
        raise ErasureError(f"no log of the lake knows {', '.join(unknown)}; ids are compared exactly")
    if waiting := unfinished(home):  # a backup could still not be written: it is gone through for all of them
        needles = needles.merged(waiting.needles)
    needles = replace(needles, learned=fetched.learned(home, settings, needles))
    journal = Journal(
        erasure_id=str(uuid.uuid4()),
        asked_by=asked_by,
        kept=needles.to_json(),
        delivered=fingerprints.as_ingested(home, settings),
    )
    journal.save(home)
    return journal


def resume(home: Home, settings: Settings, on_step: Callable[[str], None] = lambda _: None) -> Erased | None:
    """Finish an erasure that was broken off, if there is one. The caller holds the home's lock.

    Raises:
        ErasureError: A file could still not be rewritten.
    """
    journal = unfinished(home)
    if journal is None:
        return None
    with nullcontext() if fetched.STAGE in journal.done else fetched.held(home):
        return _carry_out(home, settings, journal, on_step)


def _carry_out(home: Home, settings: Settings, journal: Journal, on_step: Callable[[str], None]) -> Erased:
    needles = journal.needles
    outcome = Erased(needles.ids, n_files=journal.n_files)
    outcome.places["before it was broken off"] = journal.n_values
    waiting: list[str] = []
    _sweep(home)
    for stage in (STAGES[0], _FINGERPRINTS, *STAGES[1:], _BACKUPS):
        if stage in journal.done:
            continue
        on_step(stage)
        failed: list[str] = []
        if stage == _FINGERPRINTS:
            # Log days of a stage that was broken off after some files were renamed are among them.
            needles = replace(
                needles, renamed=needles.renamed | fingerprints.renamed(home, settings, journal.delivered)
            )
            journal.kept = needles.to_json()
        elif stage == fetched.STAGE:
            failed = _fetched(home, home, settings, needles, outcome, on_step)
        elif stage == _BACKUPS:
            failed = _backups(home, settings, needles, outcome, on_step)
        else:
            with sums.changing(home.root) if stage == "versions" else nullcontext():
                failed = _stage(home.root, stage, needles, settings, outcome, on_step)
        if failed and stage not in _LATER:
            raise ErasureError(explain(f"{_UNFINISHED}: {'; '.join(failed[:3])}", home))
        waiting += failed
        if not failed:
            journal.done.append(stage)
        journal.n_files, journal.n_values = outcome.n_files, outcome.n_values
        journal.save(home)
    if _SEARCH not in journal.done:
        on_step(_SEARCH)
        look_for_rest(home, settings, needles, outcome)
    outcome.left += [f"{_UNFINISHED}: {one}" for one in waiting]
    os.sync()  # or a loss of power brings back names and files that were taken away
    on_step("record")
    _record(home, journal, needles, outcome)
    on_step("forget")
    if not waiting:
        forget(home)
    return outcome


def _sweep(home: Home) -> None:
    """Remove what runs left half-written, and what an erasure did that was broken off.

    The tables of a Spark server go too, with the commits of before that they keep: the next run builds them anew.
    """
    sweep_staging(home)
    shutil.rmtree(home.spark, ignore_errors=True)
    versions.sweep(home)
    for beside in home.root.rglob(f".*{BESIDE}"):
        beside.unlink()
    versions.forget_beside(home)


def _stage(
    root: Path, stage: str, needles: Needles, settings: Settings, outcome: Erased, on_step: Callable[[str], None]
) -> list[str]:
    """Rewrite the files of one stage; returns what failed, in sentences, after trying all of them."""
    failed = []
    for place in list(places(root, "" if stage == _BACKUPS else stage)):
        if place.path.name.endswith(BESIDE):
            place.path.unlink()
            continue
        try:
            n_changed = rewrite(place, needles, settings, applies=True)
        except FILE_ERRORS as error:
            failed.append(f"{place.path}: {brief(error)}")
            continue
        if n_changed:
            outcome.places[stage] += n_changed
            outcome.n_files += 1
            on_step(f"{stage}: {place.path.name}")
    return failed


def _fetched(
    home: Home, copy: Home, settings: Settings, needles: Needles, outcome: Erased, on_step: Callable[[str], None]
) -> list[str]:
    """Rewrite what sources keep, in the home or in a copy of it; returns what failed, in sentences."""
    failed: list[str] = []
    gone = Gone(home, needles)
    found = fetched.rewrite(copy, settings, gone, outcome.left, failed, applies=True, on_step=on_step)
    outcome.places[fetched.STAGE if copy == home else _BACKUPS] += sum(found.values())
    outcome.n_files += len(found)
    return failed


def _backups(
    home: Home, settings: Settings, needles: Needles, outcome: Erased, on_step: Callable[[str], None]
) -> list[str]:
    """Rewrite what lies unpacked in the backups; a copy of a home has log days and fingerprints of its own."""
    failed = []
    for root, _ in roots(home, settings)[1:]:
        copies = sorted({path.parents[1] for path in root.rglob("lake/ledger")} - {root}, reverse=True)
        for copy in (*copies, root):
            one = Home(copy)
            before = fingerprints.as_ingested(one, settings) if one.ledger.is_dir() else {}
            failed += _fetched(home, one, settings, needles, outcome, on_step)
            with sums.changing(copy):
                failed += _stage(copy, _BACKUPS, needles, settings, outcome, on_step)
            new = fingerprints.renamed(one, settings, before) if before else {}
            if new:
                failed += _stage(copy, _BACKUPS, replace(needles, renamed=new), settings, outcome, on_step)
    outcome.left += archives(home, settings)
    return failed


def _record(home: Home, journal: Journal, needles: Needles, outcome: Erased) -> None:
    """Log the erasure once, without the ids."""
    if journal.erasure_id in ledger.read(home, known.LEDGER)["erasure_id"].to_pylist():
        return
    common = {
        "erasure_id": journal.erasure_id,
        "asked_by": journal.asked_by,
        "n_files": journal.n_files,
        "n_values": journal.n_values,
        "n_left": len(outcome.left),
        "erased_at": clock.now(),
    }
    known.record(home, needles.ids | needles.learned, common)
