"""The statements that dbt sends in a build, written down as it sends them.

They follow from the project's files, the settings these read, what is asked for, and the tables and columns there are;
never from rows or the date. So what dbt sent once is what it would send again, and need not be worked out every day.
Only its temporary tables bear the time in their names; here they have a fixed one, as each belongs to one connection.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from pipelines.files import write_text
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.sql import identifier, literal
from pipelines.warehouse.project import MANIFEST_PATH, project_digest, project_files

FOLDER = MANIFEST_PATH.with_name("statements")

_SPILLS_TO = "temp_directory"
_HOME = "'@home@/"
_TEMPORARY = re.compile(r"(?<=__dbt_tmp)\d{14,}")
_ASKS = re.compile(r"\s*(/\*.*?\*/\s*)*(select|with|describe)\b", re.DOTALL | re.IGNORECASE)
"""Start of a statement that changes nothing: so dbt asks what is there, which ``script_path`` names a script by."""
_OF_TRANSACTIONS = re.compile(r"(/\*.*?\*/|\s|;|begin( transaction)?|commit)*", re.DOTALL | re.IGNORECASE)
_PLAIN_PATH = re.compile(r"[\w./-]+")
_READ_BY = ("dbt-core", "dbt-adapters", "dbt-duckdb", "duckdb")
_SHAPES = ("contract", "lake")
"""Rooms that decide which columns the sources have."""


@dataclass(frozen=True)
class Node:
    """One node of a build and how it came out; of a test also dbt's ``severity`` and when it warns."""

    unique_id: str
    resource_type: str
    name: str
    status: str
    message: str
    severity: str = ""
    warn_if: str = ""


@dataclass(frozen=True)
class Step:
    """Statements that follow each other on one connection for one node; for none where dbt asks for itself."""

    unique_id: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """A build: how the database is opened, what is attached, how cursors are set, the nodes, the statements."""

    config: dict[str, Any]
    attached: tuple[str, ...]
    settings: dict[str, Any]
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]


@dataclass
class Recorder:
    """A callback of dbt's that keeps each statement with the node that it is for and the connection that it goes to.

    ``credentials`` are the adapter's: how it opened the database. None where it did not.
    """

    sent: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    credentials: Any = None

    def __call__(self, event: Any) -> None:  # noqa: ANN401 - dbt's events are made from a schema at run time
        """Keep the statement of an event, if it is one."""
        if event.info.name == "SQLQuery":
            self.sent.append(((event.data.node_info.unique_id, event.data.conn_name), event.data.sql))

    def script(self, results: Sequence[Any]) -> Script:
        """Return what was sent in a build that came to these results of dbt's, save what it asked for itself."""
        tests = {result.node.unique_id for result in results if str(result.node.resource_type) == "test"}
        steps = [
            Step(unique_id, tuple(_TEMPORARY.sub("", sql) for _, sql in sent if unique_id in tests or not asks(sql)))
            for (unique_id, _), sent in groupby(self.sent, key=lambda one: one[0])
        ]
        return Script(
            config={name: value for name, value in self.credentials.config_options.items() if name != _SPILLS_TO},
            attached=tuple(one.to_sql() for one in self.credentials.attach or ()),
            settings=dict(self.credentials.settings or {}),
            nodes=tuple(_node(result) for result in results),
            steps=tuple(step for step in steps if not all(map(only_of_transactions, step.statements))),
        )


def asks(sql: str) -> bool:
    """Whether a statement only reads."""
    return _ASKS.match(sql) is not None


def only_of_transactions(sql: str) -> bool:
    """Whether a statement begins or ends a transaction and does nothing else."""
    return _OF_TRANSACTIONS.fullmatch(sql) is not None


def script_path(settings: Settings, variables: Mapping[str, str], arguments: Sequence[str]) -> Path:
    """Return where the script of a build lies, once dbt made it: named by all that decides the statements."""
    project = project_digest()
    texts = (path.read_text(encoding="utf-8") for path in project_files())
    names = {name for text in texts for name in re.findall(r"env_var\('(\w+)'", text)}
    read = {name: variables.get(name) for name in sorted(names) if name != "GUILDBOOK_HOME"}
    home = None if _is_plain(settings.home) else str(settings.home)
    versions = [version(name) for name in _READ_BY]
    decisive = (read, home, versions, _shapes(), [*arguments], _relations(Home(settings.home)))
    return FOLDER / f"{project[:16]}-{hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]}.json"


def load(path: Path, settings: Settings) -> Script | None:
    """Return a script with the paths of this home; None where there is none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8").replace(_HOME, _in(settings.home)))
    except (OSError, ValueError):
        return None
    return Script(
        config=kept["config"] | {_SPILLS_TO: str(settings.home / "lake" / ".staging" / "duckdb")},
        attached=tuple(kept["attached"]),
        settings=kept["settings"],
        nodes=tuple(Node(**node) for node in kept["nodes"]),
        steps=tuple(Step(step["unique_id"], tuple(step["statements"])) for step in kept["steps"]),
    )


def keep(path: Path, script: Script, settings: Settings) -> None:
    """Keep a script for every home, and forget those of another state of the project.

    Where the installation cannot be written nothing is kept, and dbt makes every build.
    """
    text = json.dumps(asdict(script), ensure_ascii=False).replace(_in(settings.home), _HOME)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
        of_project = path.name.partition("-")[0]
        for other in path.parent.glob("*.json"):
            if not other.name.startswith(of_project):
                other.unlink(missing_ok=True)


def _in(home: Path) -> str:
    return f"'{home}/"


def _is_plain(home: Path) -> bool:
    """Whether a path stands for itself wherever it is written, so that another home's can take its place."""
    return _PLAIN_PATH.fullmatch(str(home)) is not None


def _shapes() -> str:
    digest = hashlib.sha256()
    for room in _SHAPES:
        for path in sorted((PROJECT_DIR / "pipelines" / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _relations(home: Home) -> str:
    """Digest of the tables and views there are, with their columns."""
    with duckdb.connect() as con:
        for path in (home.warehouse, home.marts):
            if path.exists():
                con.execute(f"attach {literal(path)} as {identifier(path.stem)} (read_only)")
        tables = con.execute(
            "select database_name, schema_name, table_name, 'table' as kind from duckdb_tables() union all "
            "select database_name, schema_name, view_name, 'view' from duckdb_views() where not internal order by all"
        ).fetchall()
        columns = con.execute(
            "select database_name, schema_name, table_name, column_index, column_name, data_type from duckdb_columns() "
            "where not internal and schema_name not in ('lake', 'ledger', 'control') order by all"
        ).fetchall()
    return hashlib.sha256(repr((tables, columns)).encode()).hexdigest()


def _node(result: Any) -> Node:  # noqa: ANN401 - dbt's results are untyped
    node = result.node
    is_test = str(node.resource_type) == "test"
    return Node(
        unique_id=node.unique_id,
        resource_type=str(node.resource_type),
        name=node.name,
        status=str(result.status),
        message=result.message or "",
        severity=node.config.severity.upper() if is_test else "",
        warn_if=node.config.warn_if if is_test else "",
    )
