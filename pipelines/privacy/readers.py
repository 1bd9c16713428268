"""Who may read the home folder: its own user alone, and what is published a group too where a setting names one.

Folders are made as 700 and files as 600. A home that was open before is closed the first time it is opened. The site
and the database of a publication are for ``GUILDBOOK_READERS_GROUP``; its members may go through the folders above
them, but not list these.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pipelines.home import Home
from pipelines.reading.publication import BESIDE
from pipelines.reading.sums import SUMS
from pipelines.settings import Settings

_OTHERS = stat.S_IRWXO
_GROUP = stat.S_IRWXG
_PASSED = 0o710
"""Mode of a folder that the readers may go through."""
_READ_FOLDER, _READ_FILE = 0o2750, 0o440
"""Modes of what the readers may read. What is put into such a folder later is the group's too."""


def close_umask() -> None:
    """Make private whatever this process and its children write from now on."""
    os.umask(_GROUP | _OTHERS)


def protect(home: Home, settings: Settings) -> list[str]:
    """Close an open home, open what is published to the readers, and return sentences on what was done or cannot be.

    A home that is as it should be costs one look at its folder. A folder that holds no home is left alone.
    """
    if not any(folder.is_dir() for folder in (home.lake, home.landing, home.fetched, home.dagster)):
        return []
    is_shared = bool(settings.readers_group)
    found = home.root.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode == _PASSED and found.st_gid == _group_id(settings) if is_shared else mode == stat.S_IRWXU:
        return []
    try:
        home.root.chmod(stat.S_IRWXU)
    except PermissionError:
        return [f"{home.root} is another user's: run guildbook as that user, who can close it to others"]
    said = []
    if n_open := _close(home, keeps_landing=is_shared):
        said.append(
            f"{home.root} was open to others: {n_open:,} files and folders are private now. Who serves the site or "
            "delivers as another user: see 'Who may read the home folder' in docs/operator-guide.md"
        )
    if not is_shared:
        return said
    try:
        for version in home.versions.glob("[0-9]*"):
            share(version, settings)
        os.chown(home.root, -1, _group_id(settings))
        home.root.chmod(_PASSED)
    except PermissionError:
        home.root.chmod(stat.S_IRWXU)
        said.append(
            f"GUILDBOOK_READERS_GROUP={settings.readers_group}: this user is no member of that group, so its members "
            f"read nothing; add it (usermod -aG {settings.readers_group} USER) and log in again"
        )
    return said


def share(version: Path, settings: Settings) -> None:
    """Open a publication to the readers, if a setting names them.

    Raises:
        PermissionError: This user is no member of their group.
    """
    if not settings.readers_group:
        return
    group_id = _group_id(settings)
    for folder in (version.parent, version):
        os.chown(folder, -1, group_id)
        folder.chmod(_PASSED)
    shared = (version / "site", version / BESIDE)
    for path in (version / "analytics.duckdb", version / SUMS, *shared, *chain.from_iterable(map(_below, shared))):
        if path.exists() and not path.is_symlink():
            os.chown(path, -1, group_id)
            path.chmod(_READ_FOLDER if path.is_dir() else _READ_FILE)


def _close(home: Home, *, keeps_landing: bool) -> int:
    """Take the rights of group and others from all of a home; return how many files and folders had any.

    Where the home has readers, ``landing`` may belong to a group that delivers: others alone lose their rights there.
    """
    n_open = 0
    for path in _below(home.root):
        in_landing = path == home.landing or home.landing in path.parents
        taken = _OTHERS if keeps_landing and in_landing else _GROUP | _OTHERS
        try:
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & taken and not path.is_symlink():
                path.chmod(mode & ~taken)
                n_open += 1
        except (FileNotFoundError, PermissionError):
            continue  # gone meanwhile, or delivered by another user: the home folder itself is closed
    return n_open


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder; links are not followed."""
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


def _group_id(settings: Settings) -> int:
    import grp  # noqa: PLC0415 - there is none where there are no groups

    return grp.getgrnam(settings.readers_group).gr_gid
