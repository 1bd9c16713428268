"""What sources keep without the person: each kind goes through its own answers, as it alone knows what they say."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pipelines.erasure.error import ErasureError
from pipelines.home import Home
from pipelines.privacy.needles import Needles
from pipelines.settings import Settings
from pipelines.sources import forget
from pipelines.sources.alone import alone, is_inside, sweep, with_files
from pipelines.sources.configured import read
from pipelines.sources.definition import Named, SourceError
from pipelines.sources.gone import Gone
from pipelines.sources.kind import Forgetting
from pipelines.sources.kinds import kind

STAGE = "fetched"
_FILE_ERRORS = (OSError, ValueError, EOFError, zlib.error)


@contextmanager
def held(home: Home) -> Iterator[None]:
    """Hold every source, so that no pull brings back what goes.

    Raises:
        ErasureError: A pull is under way.
    """
    with ExitStack() as stack:
        for name in with_files(home):
            try:
                stack.enter_context(alone(home, name))
            except SourceError as error:
                raise ErasureError(str(error)) from error
            sweep(home, name)
        yield


def learned(home: Home, settings: Settings, needles: Needles) -> dict[str, str]:
    """Return what the answers call the persons besides their ids: user names, titles of theirs."""
    gone = Gone(home, needles)
    for named, forgetting in _sources(home, settings, gone, []):
        with suppress(*_FILE_ERRORS):  # what cannot be read fails once its stage is reached
            forget.learn(named, forgetting, home.fetched / named.name, gone)
    return gone.names()


def rewrite(
    home: Home,
    settings: Settings,
    gone: Gone,
    left: list[str],
    failed: list[str],
    *,
    applies: bool,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[Path, int]:
    """Rewrite what the sources of a home keep, and the files in the home that they read.

    Args:
        home: The home, or a copy of one in a backup.
        settings: Settings of the home.
        gone: Whom to look for.
        left: Gets a sentence on each source and file that is not handled.
        failed: Gets a sentence on each source whose files could not be read or written.
        applies: Whether to write; else only to count.
        on_step: Called with each file that was rewritten.

    Returns:
        How many answers differ, by file.
    """
    found: dict[Path, int] = {}
    for named, forgetting in _sources(home, settings, gone, left):
        try:
            forget.learn(named, forgetting, home.fetched / named.name, gone)
            changed = _of_one(home, named, forgetting, gone, applies=applies)
        except _FILE_ERRORS as error:
            failed.append(f"what the source {named.name} keeps: {error}")
            continue
        for path, n_changed in changed.items():
            if is_inside(home, path):
                found[path] = n_changed
                on_step(f"{STAGE}: {path.name}")
            else:
                left.append(
                    f"{path} is outside {home.root} and was not changed; it holds the person {n_changed:,} times: "
                    f"take it out there, as the source {named.name} reads it"
                )
    return found


def _of_one(home: Home, named: Named, forgetting: Forgetting, gone: Gone, *, applies: bool) -> dict[Path, int]:
    def may_write(path: Path) -> bool:
        return applies and is_inside(home, path)

    return forget.forget(named, forgetting, home.fetched / named.name, gone, may_write=may_write)


def _sources(home: Home, settings: Settings, gone: Gone, left: list[str]) -> Iterator[tuple[Named, Forgetting]]:
    for name in with_files(home):
        try:
            named = read(home, name, settings)
            forgetting = kind(named.source.kind).forgetting
        except SourceError as error:
            if any((home.fetched / name).glob("*/*.jsonl.gz")):
                left.append(
                    f"{home.fetched / name} was not gone through, as its source cannot be read ({error}): mend that "
                    "and erase again, or delete the folder"
                )
            continue
        if forgetting is not None:
            yield named, forgetting
        elif any(id_.startswith(named.prefix) for id_ in gone.needles.ids):
            left.append(
                f"{named.path} reads files of yours, a {named.source.kind} export, which an erasure does not change: "
                "delete them or take the person out; until then each pull finds the person and lands the tombstone"
            )
