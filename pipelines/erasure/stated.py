"""Members whom a row of ``members`` calls erased: erased for good at the end of the run that accepted it."""

from __future__ import annotations

from filelock import Timeout

from pipelines import lock
from pipelines.erasure.error import ErasureError
from pipelines.erasure.people import linked_ids, stated_ids
from pipelines.erasure.run import erase, resume
from pipelines.home import Home
from pipelines.settings import Settings

MOST_AT_ONCE = 50
"""Ids that one run erases; the next one goes on where more are stated, as each takes time in every file."""


def erase_stated(home: Home, settings: Settings) -> list[str]:
    """Erase who is stated to be; returns sentences that name nobody. The caller holds the home's lock.

    Only ids that are called erased themselves go: another account of the person may still be open. Once the run has
    written its last event, ``finish`` goes through Dagster's history again.
    """
    stated = stated_ids(home, settings)
    chosen = stated[:MOST_AT_ONCE]
    if not chosen:
        return []
    persons: dict[str, list[str]] = {}
    for one in chosen:
        person = min([one, *linked_ids(home, settings, [one])])
        persons.setdefault(person, []).append(one)
    try:
        outcome = erase(home, settings, list(persons.values()), asked_by="status", run_goes_on=True)
    except ErasureError as error:
        return [str(error)]
    marks = sorted(outcome.tombstones.values())
    shown = ", ".join([*marks[:3], "…"] if len(chosen) > 3 else marks)
    said = [f"{len(chosen):,} erased ids are replaced by {shown} in {outcome.n_files:,} files"]
    if len(stated) > len(chosen):
        said.append(f"{len(stated) - len(chosen):,} more erased ids wait for the next run")
    return said + outcome.left


def finish(home: Home, settings: Settings) -> list[str]:
    """Take who was erased at a run's end out of what Dagster wrote after that; returns what is left, in sentences.

    Where another process holds the home, its run does this as it begins.
    """
    if not home.erasure_journal.exists():
        return []
    try:
        with lock.hold(home, timeout=0, what="the end of an erasure"):
            outcome = resume(home, settings)
    except Timeout:
        return []
    except ErasureError as error:
        return [str(error)]
    return outcome.left if outcome else []
