"""Faults that whoever runs Guildbook can mend: an error's own words, and what to do, in one line.

What an error says is told by its text, because Dagster and dbt hand on nothing else.
"""

from __future__ import annotations

import getpass
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from pipelines.home import Home
from pipelines.sql import identifier


class UserError(RuntimeError):
    """Something that whoever runs Guildbook can mend; the message, one line, names it and says what to do."""

    exit_code = 1
    """Exit code of a command that ends with it."""


_DAMAGED = (
    r"not a valid DuckDB database file|Corrupt database file|Serialization Error|"
    r"Could not read (enough bytes )?from file \"[^\"]*\.duckdb"
)
"""What DuckDB says of a file whose blocks are not those that were written; it seldom names the file."""

_NO_ROOM_TO_SPILL = "max_temp_directory_size"
"""Named by DuckDB where the disk has no room for what does not fit into memory; it calls that too little memory."""

_CURES = (
    (
        rf"No space left on device|Disk quota exceeded|database or disk is full|{_NO_ROOM_TO_SPILL}",
        "the disk is full: free some space for {home}, then do the same again",
    ),
    (
        r"Read-only file system|attempt to write a readonly database",
        "the disk is mounted read-only: mount {home} for writing, then do the same again",
    ),
    (
        r"StatusCode\.UNAVAILABLE|SESSION_CLOSED|SESSION_NOT_FOUND",
        "the Spark server is gone: start it again, then run the same days again; what is published stays as it is",
    ),
    (r"Too many open files", "raise the limit of open files (ulimit -n), then run the same days again"),
    (
        r"Permission denied|Operation not permitted",
        "the user {user} may not do that: give it the right, or run as the user whose home {home} is",
    ),
    (_DAMAGED, "{database}"),
    (
        r"database disk image is malformed|file is not a database|malformed database schema",
        "Dagster's own history is damaged: move {home}/dagster away; what earlier runs said is then lost, nothing else",
    ),
    (
        r"Conflicting lock is held|Could not set lock on file",
        "another program has the warehouse open: close it; published/analytics.duckdb is there to be read",
    ),
    (
        r"disk I/O error",  # SQLite's word for both
        "the disk is full or does not read or write: free some space for {home}, or look at its disk and at the "
        "system's log; then do the same again",
    ),
    (
        r"Input/output error",
        "the disk does not read or write: look at the one of {home} and at the system's log, restore from a backup if "
        "need be",
    ),
    (
        r"Out of Memory Error|Cannot allocate memory|failed to offload data block",
        "there is too little memory: raise GUILDBOOK_MEMORY_LIMIT, or free memory and disk",
    ),
)

INTERRUPTED = "it was interrupted (by Ctrl-C, a restart or a stop of the service); run the same days again"
"""Said of a run whose process was asked to end, since the error has nothing but a name."""

_WAS_INTERRUPTED = re.compile(r"DagsterExecutionInterruptedError|KeyboardInterrupt")


def explain(text: str, home: Home) -> str:
    """Return what an error says, with what to do about it where that is known."""
    if cure := _cure(text, home):
        return _with(text, cure)
    return INTERRUPTED if _WAS_INTERRUPTED.search(text) else text


def sentence(error: BaseException, home: Home) -> str | None:
    """Return a line about an error that the operator can mend; None for an error of the program."""
    if isinstance(error, UserError):
        return str(error)
    chain = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(before)
    for one in chain:
        if isinstance(one, UserError):
            return str(one)
        if _is_of_the_surroundings(one) and (cure := _cure(str(one), home)):
            return _with(str(one), cure)
    return brief(str(error)) if isinstance(error, OSError) and error.filename else None


def is_disk_full(error: Exception) -> bool:
    """Whether memory was too little because the disk has no room for what does not fit into it."""
    return _NO_ROOM_TO_SPILL in str(error)


def _with(text: str, cure: str) -> str:
    return text if cure in text else f"{brief(text)}; {cure}"


def _is_of_the_surroundings(error: BaseException) -> bool:
    module = type(error).__module__.partition(".")[0]
    return isinstance(error, OSError | MemoryError) or module in ("duckdb", "_duckdb", "pyarrow", "dbt", "sqlite3")


NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised where another program's answer holds what no answer of its kind holds."""


def raised_at(error: BaseException) -> str:
    """Return what was raised and where in the code; not its words, which may be a person's."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(raised.filename).name}:{raised.lineno}"


def brief(text: str) -> str:
    """Return an error's words as one line, without the number that only programs know."""
    return re.sub(r"\[Errno \d+\] ", "", " ".join(text.split()))


def _cure(text: str, home: Home) -> str | None:
    for pattern, cure in _CURES:
        if re.search(pattern, text):
            if pattern == _DAMAGED:
                return next(damaged_databases(home), f"a database is damaged: {_rebuild(home)}")
            return cure.format(user=_user(), home=home.root)
    return None


def damaged_databases(home: Home) -> Iterator[str]:
    """Read every table of the databases and say of each that is damaged what to do about it."""
    import duckdb  # noqa: PLC0415 - most commands end well

    published = home.published / "analytics.duckdb"
    for path, cure in ((published, republish(home)), (home.marts, _rebuild(home)), (home.warehouse, _rebuild(home))):
        try:
            if path.exists():
                _read_all(path)
        except duckdb.Error as error:
            if re.search(_DAMAGED, str(error)):
                yield f"{path.resolve()} is damaged: {cure}"


def republish(home: Home) -> str:
    """Say how a damaged publication is replaced."""
    return (
        f"guildbook rollback puts the publication before it up (without one, remove the link {home.published}); then "
        "run the last day again, which publishes anew"
    )


def _rebuild(home: Home) -> str:
    return f"move {home.warehouse} and {home.marts} away; the next run builds them again from the lake"


def _read_all(database: Path) -> None:
    import duckdb  # noqa: PLC0415 - as above

    with duckdb.connect(str(database.resolve()), read_only=True) as con:
        for schema, table in con.execute(
            "select schema_name, table_name from duckdb_tables() where not internal and not temporary"
        ).fetchall():
            con.execute(f"select max(hash(rows)) from {identifier(schema)}.{identifier(table)} as rows").fetchall()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "that runs Guildbook"
