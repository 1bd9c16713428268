"""Imports a public Stack Exchange data dump: streams its XML into raw tables, then writes landing files.

Which attributes are read is said in ``stackexchange_raw``, which row becomes what in
``stackexchange_mapping``; the page for operators is ``docs/connectors.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from pipelines.connectors.dump import dump_files, rows
from pipelines.connectors.landing import open_workspace, write_landing
from pipelines.connectors.report import ConnectorError, ImportReport, NotMapped, OnStep, unheard
from pipelines.connectors.stackexchange_mapping import prepare_all, remarks
from pipelines.connectors.stackexchange_raw import RAW_FILES, create_tables, link, load
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings

_COUNTED_ONLY = {
    "PostLinks.xml": "links between posts have no log",
    "Tags.xml": "tags come with the posts; their counts are as of the dump",
}


def import_stackexchange(
    path: Path,
    landing: Path,
    timezone: str,
    source: str | None = None,
    limits: LimitSettings = DEFAULT_LIMITS,
    on_wait: Callable[[str], None] | None = None,
    on_step: OnStep = unheard,
) -> ImportReport:
    """Write a Stack Exchange dump as landing files of members, content, interactions and actions.

    Args:
        path: Folder with Posts.xml, Users.xml, Comments.xml, Votes.xml and Badges.xml, or a .zip or .tar
            (plain, .xz, .gz, .bz2) that holds them.
        landing: Landing folder to write below.
        timezone: IANA time zone of the community, which decides the log day of each row.
        source: Name of the source and prefix of its ids; by default the name of ``path`` up to its first dot.
        limits: Memory, and what the dump may hold; the defaults where not given.
        on_wait: Called once with a sentence if a run is at work, for whose end the files wait.
        on_step: Hears how far it is.

    Returns:
        What was read, written and left out.

    Raises:
        ConnectorError: The dump cannot be read; landing is untouched.
    """
    source = source or re.sub(r"[^a-z0-9]+", "_", path.resolve().name.split(".")[0].lower()).strip("_")
    with open_workspace(landing, source, timezone, limits, on_wait, on_step) as workspace:
        connection = workspace.connection
        create_tables(connection)
        rows_read: dict[str, int] = {}
        notes: list[NotMapped] = []
        for name, stream in dump_files(path, limits, on_step):
            if name in RAW_FILES:
                rows_read[name] = load(connection, name, rows(name, stream, limits))
            elif name in _COUNTED_ONLY:
                rows_read[name] = sum(1 for _ in rows(name, stream, limits))
                notes.append(NotMapped(name, _COUNTED_ONLY[name], rows_read[name], ""))
            else:
                notes.append(NotMapped(name, "file is not read", 0, ""))
        if "Posts.xml" not in rows_read:
            raise ConnectorError(f"{path} holds no Posts.xml; give the folder or archive of one site's dump")
        notes += [NotMapped(name, "file is not in the dump", 0, "") for name in RAW_FILES if name not in rows_read]
        link(connection)
        prepared = prepare_all(connection, source)
        return write_landing(workspace, prepared, rows_read, [*remarks(connection), *notes])
