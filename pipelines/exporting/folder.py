"""The folder of an export: what lies there of an earlier one, and the list of what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pipelines.faults import UserError
from pipelines.files import remove, whole
from pipelines.home import Home

LISTED = "export.json"
"""File that lists the others, with the publication that they are of; written last."""


def prepare(folder: Path, home: Home) -> None:
    """Make the folder; a home is no place for copies, as an erasure would not reach them.

    Raises:
        UserError: The folder lies in the home.
    """
    if folder.resolve().is_relative_to(home.root.resolve()):
        raise UserError(
            f"{folder} lies in the home: an erasure does not reach into exports, so choose a folder elsewhere"
        )
    folder.mkdir(parents=True, exist_ok=True)


def finish(folder: Path, files: Mapping[str, object], **publication: object) -> list[str]:
    """List what was written, and remove files of the last export that are not of this one; return their names."""
    gone = sorted(_listed(folder) - files.keys())
    for name in gone:
        remove(folder / name)
    with whole(folder / LISTED) as beside:
        text = json.dumps(publication | {"files": dict(files)}, indent=2, ensure_ascii=False)
        beside.write_text(text + "\n", encoding="utf-8")
    return gone


def _listed(folder: Path) -> set[str]:
    """Names of files that an earlier export wrote here; a list that was changed by hand names nothing outside."""
    try:
        files = json.loads((folder / LISTED).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    inside = folder.resolve()
    return {one for one in files if (folder / one).resolve().is_relative_to(inside) and (folder / one).is_file()}
