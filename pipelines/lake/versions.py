"""Numbered publications and the link to the current one. Database and site change in one rename of the link."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from pipelines.faults import UserError
from pipelines.files import sync, sync_tree, write_text
from pipelines.home import Home
from pipelines.lake.own_pages import ASKED

_NONE_EARLIER = "no earlier publication is kept; GUILDBOOK_PUBLICATIONS_KEPT says how many are"


class NothingToRollBackError(UserError):
    """There is no earlier publication to go back to."""


def numbers(home: Home) -> list[int]:
    """Numbers of the publications that are kept, ascending."""
    if not home.versions.is_dir():
        return []
    return sorted(int(path.name) for path in home.versions.iterdir() if path.name.isdigit())


def current(home: Home) -> int | None:
    """Number of the publication that is up; None before the first."""
    return int(home.published.readlink().name) if home.published.is_symlink() else None


def next_number(home: Home) -> int:
    """Number of the next publication; numbers are never used twice while a publication is kept."""
    return max(numbers(home), default=0) + 1


def draft_folder(home: Home, number: int) -> Path:
    """Return an empty folder in which publication ``number`` is made."""
    home.versions.mkdir(parents=True, exist_ok=True)
    sweep(home)
    folder = home.versions / f".draft-{number}"
    folder.mkdir()
    return folder


def sweep(home: Home) -> None:
    """Remove what killed runs left of publications: drafts, old ones that were being dropped, links to be."""
    with _changing(home):
        for stale in home.versions.glob(".draft-*"):
            shutil.rmtree(stale)
        for link in home.root.glob(".published-*"):
            link.unlink()


def publish(home: Home, number: int, *, kept: int) -> None:
    """Turn the draft into publication ``number``, point the link at it, and drop all but the newest ``kept``."""
    draft = home.versions / f".draft-{number}"
    sync_tree(draft)
    with _changing(home):
        draft.rename(home.versions / str(number))
        sync(home.versions)
        _point(home, number)
        _settle(home, kept)


def settle(home: Home, *, kept: int) -> None:
    """Do what comes after the link points at a publication, where the process that put it up was killed meanwhile."""
    with _changing(home):
        _settle(home, kept)


def _settle(home: Home, kept: int) -> None:
    _forget_beside(home)
    up = current(home)
    _drop(home, [one for one in numbers(home)[:-kept] if one != up])


def _drop(home: Home, dropped: list[int]) -> None:
    """Remove publications. None loses its number's folder in part: whoever goes back to a number finds all of it."""
    for one in dropped:
        (home.versions / str(one)).rename(home.versions / f".draft-{one}")
    if dropped:
        sync(home.versions)
    for one in dropped:
        shutil.rmtree(home.versions / f".draft-{one}")


def drop_unpublished(home: Home, published: Collection[int]) -> None:
    """Remove what a killed run had made and not yet put up, so that nobody rolls back to it; its number is free again.

    Args:
        home: Home folder of the community.
        published: Numbers that were up, as the ledger has them; the current one need not be among them.
    """
    with _changing(home):
        newest = max([*published, current(home) or 0])
        _drop(home, [number for number in numbers(home) if number > newest])


def forget_beside(home: Home) -> None:
    """Remove what was written beside the pages of every publication: the page of the running day, and pages asked for.

    The one has rows that no lake and no table knows yet; the others may be about somebody who is erased.
    """
    with _changing(home):
        _forget_beside(home)


def _forget_beside(home: Home) -> None:
    for site in home.versions.glob("*/site"):
        for path in (site / "today.html", *(site / "data").glob("today*")):
            path.unlink(missing_ok=True)
        if (asked := site / ASKED).is_dir():
            shutil.rmtree(asked)
        if (mark := site / "today.js").exists():
            write_text(mark, "")


def rollback(home: Home) -> int:
    """Point the link at the publication before the current one and return its number.

    Raises:
        NothingToRollBackError: No earlier publication is kept.
    """
    if current(home) is None:
        raise NothingToRollBackError(_NONE_EARLIER)
    with _changing(home):
        up = current(home)
        earlier = [number for number in numbers(home) if up is not None and number < up]
        if not earlier:
            raise NothingToRollBackError(_NONE_EARLIER)
        _point(home, earlier[-1])
        return earlier[-1]


@contextmanager
def held(home: Home) -> Iterator[Path]:
    """Give the folder of the publication that is up, for moments in which nobody takes it down or erases anybody in it.

    An erasure that begins meanwhile waits here, and then removes what was written beside the pages.
    """
    with _changing(home):
        yield home.published.resolve()


@contextmanager
def _changing(home: Home) -> Iterator[None]:
    """Be the only process that changes what is up: a run drops old publications while it puts its own up."""
    with FileLock(home.root / ".published.lock"):
        yield


def _point(home: Home, number: int) -> None:
    for left in home.root.glob(".published-*"):  # by a process that was killed
        left.unlink()
    beside = home.root / f".published-{os.getpid()}"
    beside.symlink_to(Path("versions") / str(number))
    beside.replace(home.published)
    sync(home.root)
