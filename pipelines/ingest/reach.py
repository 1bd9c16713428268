"""Whether files and folders of the landing folder can be reached: links that lead astray, and what is closed to us."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipelines.home import Home

_GIVE_RIGHT = "give the user that runs Guildbook the right to read it"


def folder_problem(home: Home, folder: Path) -> str:
    """Say why nothing can be read in a folder of the landing folder, and what to do; empty where nothing hinders."""
    above = [one for one in folder.parents if home.landing in (one, *one.parents)]
    return next((problem for one in (*reversed(above), folder) if (problem := unreadable(home, one))), "")


def unreadable(home: Home, path: Path) -> str:
    """Say why a file or folder in the landing folder cannot be read, and what to do.

    Empty where it can, or is not there. A link is followed as long as it stays in the landing folder, which may be a
    link itself.
    """
    try:
        if path.is_symlink():
            return _astray(home, path) or _closed(path)
        return _closed(path) if os.path.lexists(path) else ""
    except OSError as error:
        return f"cannot be read ({error.strerror}); {_GIVE_RIGHT}"


def _astray(home: Home, link: Path) -> str:
    try:
        target = os.path.realpath(link, strict=True)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"is a link to {link.readlink()} that leads back to itself; remove it, and deliver the file itself"
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return f"is a link to {link.readlink()}, which is not there; deliver the file itself"
        raise
    landing = os.path.realpath(home.landing)
    if link == home.landing or os.path.commonpath([landing, target]) == landing:
        return ""
    return (
        f"is a link to {target}, outside of the landing folder {landing}; put what it names there itself, "
        "or make the whole landing folder a link"
    )


def _closed(path: Path) -> str:
    wanted = os.R_OK | os.X_OK if path.is_dir() else os.R_OK
    return "" if os.access(path, wanted) else f"cannot be read (Permission denied); {_GIVE_RIGHT}"
