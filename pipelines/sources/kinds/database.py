"""A database: one query per log, whose columns are the log's; PostgreSQL, MySQL, SQLite, whatever SQLAlchemy speaks to.

Rows are kept as they came. Of rows with the same key the one that came last counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import Field, field_validator
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipelines.contract import LOGS, Type
from pipelines.sources.definition import Source, SourceError
from pipelines.sources.gone import prefixed
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Forgetting, Kind, Pull, Tables, texts
from pipelines.sources.kinds import database_forget

_ROWS_AT_ONCE = 5_000
_EVER = datetime(1970, 1, 3, tzinfo=UTC)


class DatabaseSource(Source):
    """A database: its address is the secret ``url``, as ``postgresql+psycopg://reader:…@host/forum``."""

    queries: dict[str, str] = Field(
        min_length=1, description="Log -> query that gives its columns; :since is from when on rows are wanted."
    )

    @field_validator("queries")
    @classmethod
    def _are_logs(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := [name for name in value if name not in LOGS]:
            raise ValueError(f"{unknown[0]!r} is no log; one of {', '.join(LOGS)}")
        return value

    @field_validator("secrets")
    @classmethod
    def _has_url(cls, value: dict[str, str]) -> dict[str, str]:
        if "url" not in value:
            raise ValueError("name the variable that holds the database's address, as {url: FORUM_DATABASE}")
        return value


def fetch(pull: Pull) -> None:
    """Run the queries, in one read-only transaction, and keep every row that was not kept before."""
    with _connected(pull) as connection:
        for log, query in _queries(pull).items():
            n_rows, keys = 0, set[tuple[str, ...]]()
            known = {_digest(_forgotten(pull, log, row)) for _, row in _rows(pull, log)}
            known_keys = {_key(log, row) for _, row in _rows(pull, log)} if ":since" not in query else set()
            waiting: list[dict[str, str]] = []
            for delivered in _run(pull, connection, log, query):
                row = _forgotten(pull, log, delivered)
                n_rows += 1
                if known_keys:
                    keys.add(_key(log, row))
                if _digest(row) not in known:
                    waiting.append(row)
                if len(waiting) == _ROWS_AT_ONCE:
                    _keep(pull, log, waiting)
                    waiting = []
            _keep(pull, log, waiting)
            pull.say(f"{log}: {n_rows:,} rows")
            if gone := len(known_keys - keys):
                pull.remarks.append(
                    f"{pull.named.name}: the query of {log} gave {len(known_keys):,} keys before and gives "
                    f"{len(keys & known_keys):,} of them now; the other {gone:,} stay: look whether it still sees all"
                )


def check(pull: Pull) -> str:
    """Run each query for one row; returns which of them gave any."""
    with _connected(pull) as connection:
        found = [
            f"{log} answers" if next(_run(pull, connection, log, query), None) else f"{log} gives no row"
            for log, query in _queries(pull).items()
        ]
    return "; ".join(found)


def tables(pull: Pull) -> Tables:
    """Return a table per log: every state of every row, in the order of the pulls."""
    made, remarks = {}, []
    for log in _queries(pull):
        known = {column.name for column in LOGS[log].own_columns if column.name != "source"}
        rows: list[dict[str, str]] = []
        n_states: dict[tuple[str, ...], int] = {}
        unknown: set[str] = set()
        for _, row in _rows(pull, log):
            key = _key(log, row)
            n_states[key] = n_states.get(key, 0) + 1
            unknown |= row.keys() - known
            rows.append({"source_seq": str(n_states[key])} | _prefixed(pull, log, row))
        if unknown:
            remarks.append(
                f"{pull.named.name}: {', '.join(sorted(unknown))}: no column of the log {log}, left out; name it as "
                "one, or leave it out of the query"
            )
        columns = [name for name in known if any(name in row for row in rows)] if rows else sorted(known)
        made[log] = texts(columns, rows)
    return Tables(made, tuple(remarks), is_complete=True)


class _connected:  # noqa: N801 - used as a function
    """A read-only transaction on the database of a pull."""

    def __init__(self, pull: Pull) -> None:
        self._pull = pull
        secret = pull.named.secret(pull.settings, "url")
        try:
            url = make_url(secret.get_secret_value() if secret else "")
            read_only = {"postgresql_readonly": True} if url.get_backend_name() == "postgresql" else {}
            self._engine = create_engine(url, hide_parameters=True, execution_options=read_only)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            variable = pull.named.source.secrets["url"]
            raise SourceError(
                f"{pull.named.name}: {variable} is no address of a database that can be read here "
                f"({type(error).__name__}); write one such as postgresql+psycopg://reader:password@host/name"
            ) from error

    def __enter__(self) -> Connection:
        try:
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            raise SourceError(
                f"{self._pull.named.name}: the database cannot be reached: {_said(self._pull, error)}: look at the "
                f"address in {self._pull.named.source.secrets['url']}, and whether it lets this machine in"
            ) from error
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()


def _queries(pull: Pull) -> dict[str, str]:
    assert isinstance(pull.named.source, DatabaseSource)
    return pull.named.source.queries


def _run(pull: Pull, connection: Connection, log: str, query: str) -> Iterator[dict[str, str]]:
    """Give the rows of a query as texts; a log's required column that it lacks is an error."""
    since = _EVER
    if pull.since is not None and not pull.everything:
        since = pull.since - timedelta(days=pull.named.source.look_back_days)
    try:
        statement = text(query)
        bound = {"since": since} if "since" in statement._bindparams else {}
        options = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        with options.execute(statement, bound) as result:
            columns = list(result.keys())
            if missing := [one.name for one in LOGS[log].own_columns if one.required and one.name not in columns]:
                raise SourceError(
                    f"{pull.named.name}: the query of {log} gives no {', '.join(missing)}, which the log requires; it "
                    f"gives {', '.join(columns)}"
                )
            for row in result:
                yield {name: said for name, value in zip(columns, row, strict=True) if (said := _text(value))}
    except SQLAlchemyError as error:
        raise SourceError(f"{pull.named.name}: the query of {log} fails: {_said(pull, error)}") from error


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "|".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)


def _keep(pull: Pull, log: str, rows: Sequence[dict[str, str]]) -> None:
    if rows:
        pull.kept.add(log, Answer(f"query:{log}", pull.started_at.isoformat(), json.dumps(rows, ensure_ascii=False)))


def _rows(pull: Pull, log: str) -> Iterator[tuple[str, dict[str, str]]]:
    for answer in pull.kept.answers(log):
        for row in answer.json():
            yield answer.at, row


def _prefixed(pull: Pull, log: str, row: dict[str, str]) -> dict[str, str]:
    """Return a row with the source's prefix before every id."""
    ids = {column.name for column in LOGS[log].own_columns if column.type is Type.ID}
    return {name: prefixed(pull.named.prefix, value) if name in ids else value for name, value in row.items()}


def _forgotten(pull: Pull, log: str, row: dict[str, str]) -> dict[str, str]:
    """Return a row without the erased, so that one of theirs that comes again is the one that is kept."""
    return database_forget.without(pull.named, log, row, pull.gone) if pull.gone else row


def _digest(row: dict[str, str]) -> bytes:
    return hashlib.blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=12).digest()


def _key(log: str, row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in LOGS[log].key)


def _said(pull: Pull, error: SQLAlchemyError) -> str:
    """Return the database's own words on one line, without the address's password."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    secret = pull.named.secret(pull.settings, "url")
    password = make_url(secret.get_secret_value()).password if secret else None
    return said.replace(str(password), "…")[:300] if password else said[:300]


DATABASE = Kind(DatabaseSource, fetch, check, tables, None, Forgetting(database_forget.learn, database_forget.forget))
