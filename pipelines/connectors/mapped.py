"""Carries a mapping out: the rows of its tables in the columns of their logs, each with why it cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.connectors.landing import Workspace
from pipelines.connectors.mapping import Mapping, Output, Untaken
from pipelines.connectors.mapping_examples import currency_of
from pipelines.connectors.mapping_sql import NOT_AMONG_VALUES, as_text, condition, expression, problems_of
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.prepare import Prepared, Problem, not_mapped, prepare
from pipelines.connectors.report import ConnectorError, NotMapped
from pipelines.connectors.table_file import Opened
from pipelines.connectors.tables import Tables
from pipelines.contract import LOGS
from pipelines.settings.limits import LimitSettings
from pipelines.sql import identifier, literal

_LEFT_OUT = "left out by where"
_ONCE_ENDS = ("(once_per)", "(after_first_per)")
_ONCE = {
    "once": ("> 1", "an earlier row of the same {} was taken (once_per)"),
    "after_first": ("= 1", "the first row of its {} (after_first_per)"),
}
"""How a row is taken once, or after the first: which of the rows of a key are left out, and why."""


class Mapped:
    """A mapping over a workspace: its tables opened, its outputs prepared."""

    def __init__(
        self, workspace: Workspace, mapping: Mapping, where: Callable[[Table], Path | list[Path]], limits: LimitSettings
    ) -> None:
        """Open and prepare everything.

        Args:
            workspace: Where tables are prepared.
            mapping: What becomes what.
            where: Where a table lies; one that is only looked up in may be several files, or none.
            limits: What the tables may hold.

        Raises:
            ConnectorError: A table cannot be read, or holds a value that is not mapped where that is an error.
        """
        self._workspace, self._tables = workspace, Tables(workspace, where, limits)
        self.prepared: list[Prepared] = []
        self.untaken: list[NotMapped] = []
        for number, output in enumerate(mapping.outputs):
            workspace.on_step("read", number, len(mapping.outputs))
            values = output.columns.values()
            lookups = {value.lookup.name: self._tables.lookup(value.lookup) for value in values if value.lookup}
            with self._tables.reading(output.table) as opened:
                self.prepared.append(_prepared(workspace, number, _label(mapping, number), output, opened, lookups))
        self._take_once(mapping)
        for one in mapping.untaken:
            with self._tables.reading(one.table) as opened:
                self._note(one, opened)

    @property
    def rows_read(self) -> dict[str, int]:
        """Rows per file."""
        return self._tables.rows_read

    def not_taken(self) -> list[NotMapped]:
        """Return what became nothing, not what one output leaves to another, or of which one row stands for all."""
        found = [
            one
            for part in self.prepared
            for one in not_mapped(self._workspace.connection, part)
            if one.reason != _LEFT_OUT and not one.reason.endswith(_ONCE_ENDS)
        ]
        by_file: dict[str, list[Prepared]] = {}
        for part in self.prepared:
            by_file.setdefault(part.file, []).append(part)
        for file, parts in by_file.items():
            rows = " union all ".join(f"select position, example, problem from {part.table}" for part in parts)
            ((n_rows, example),) = self._workspace.connection.execute(f"""
                select count(*), arg_min(example, position)
                from (
                    select position, any_value(example) as example
                    from ({rows})
                    group by position
                    having bool_and(problem is not distinct from {literal(_LEFT_OUT)})
                )
            """).fetchall()
            if n_rows and file not in self._tables.looked_up:
                found.append(NotMapped(file, "nothing is made of rows like these (where)", n_rows, example))
        return [*found, *self.untaken]

    def _take_once(self, mapping: Mapping) -> None:
        """Leave out what ``once_per`` and ``after_first_per`` say, over all outputs of a log that say the same."""
        asked: dict[tuple[str, str, str], list[Prepared]] = {}
        for output, part in zip(mapping.outputs, self.prepared, strict=True):
            for way, key in (("once", output.once_per), ("after_first", output.after_first_per)):
                if key is not None:
                    asked.setdefault((output.log, way, key), []).append(part)
        for (_, way, key), parts in asked.items():
            which, reason = _ONCE[way]
            _leave_out(self._workspace.connection, parts, key, which, reason.format(key))

    def _note(self, untaken: Untaken, opened: Opened) -> None:
        names = [untaken.table.actual(name, opened.columns) for name in untaken.columns]
        if there := [name for name in names if name is not None]:
            file = opened.path.name
            self.untaken.append(NotMapped(file, f"{', '.join(there)}: {untaken.why}", self.rows_read[file], ""))


def _label(mapping: Mapping, number: int) -> str:
    """Name an output: by its log, and by its number where several make the same log of the same table."""
    output = mapping.outputs[number]
    alike = [other for other in mapping.outputs if (other.log, other.table) == (output.log, output.table)]
    return output.log if len(alike) == 1 else f"{output.log} (outputs[{number}])"


def _prepared(
    workspace: Workspace, number: int, label: str, output: Output, table: Opened, lookups: dict[str, str]
) -> Prepared:
    """Create the prepared table of one output."""
    connection, timezone = workspace.connection, workspace.timezone
    log = LOGS[output.log]
    names, texts = _source_texts(number, output, table)
    names |= lookups
    currency = currency_of(log, output.columns, names, timezone)
    problems = [Problem(f"not ({condition(rule, names)})", literal(_LEFT_OUT)) for rule in output.where]
    columns = {}
    for name, value in output.columns.items():
        problems += problems_of(log.column(name), value, names, timezone, currency)
        columns[name] = expression(log.column(name), value, names, timezone, currency)
    prepared = prepare(
        connection,
        table=f"prepared_{number}",
        file=table.path.name,
        output=label,
        log=log,
        rows=f"(select {table.position} as position{texts} from {table.scan})",
        columns=columns,
        problems=problems,
        position="position",
        example="'row ' || position",
    )
    _refuse_unmapped(connection, number, output, prepared)
    return prepared


def _source_texts(number: int, output: Output, table: Opened) -> tuple[dict[str, str], str]:
    """Return the SQL name of each source column that an output reads, and the SQL that selects them."""
    names: dict[str, str] = {}
    texts = ""
    for position, name in enumerate(output.source_columns()):
        names[name] = identifier(f"source_{position}")
        actual = output.table.actual(name, table.columns)
        if actual is None and name not in output.table.optional:
            has = ", ".join(table.columns)
            raise ConnectorError(f"outputs[{number}]: {table.path.name} has no column {name!r}; it has {has}")
        text = as_text(actual, table.columns[actual], output.table.strip) if actual else "cast(null as varchar)"
        texts += f", {text} as {names[name]}"
    return names, texts


def _refuse_unmapped(connection: DuckDBPyConnection, number: int, output: Output, prepared: Prepared) -> None:
    """Raise for rows whose value is not mapped where the mapping calls that an error."""
    for name, value in output.columns.items():
        if value.unmapped == "error":
            found = connection.execute(
                f"""
                select problem, count(*), arg_min(example, position)
                from {prepared.table}
                where starts_with(problem, ?) and ends_with(problem, ?)
                group by problem
                order by problem
                """,
                [f"{name}: ", NOT_AMONG_VALUES],
            ).fetchall()
            if found:
                said = "; ".join(f"{problem} ({count} rows, first {example})" for problem, count, example in found)
                raise ConnectorError(f"outputs[{number}].columns.{said}; add them or set unmapped: skip")


def _leave_out(connection: DuckDBPyConnection, parts: list[Prepared], key: str, which: str, reason: str) -> None:
    """Mark those rows of the parts as left out whose number among the good ones of the same ``key`` is so.

    They are numbered by version, the highest first, then by time.
    """
    good = " union all ".join(
        f"select {n} as part, position, occurred_at, {identifier(key)} as key, {_version(part)} as version"
        f" from {part.table} where problem is null"
        for n, part in enumerate(parts)
    )
    connection.execute(f"""
        create or replace temp table left_out as
        select part, position
        from ({good})
        qualify row_number() over (partition by key order by version desc, occurred_at, part, position) {which}
    """)
    for n, part in enumerate(parts):
        connection.execute(f"""
            create or replace temp table {part.table} as
            select rows.* replace (case when left_out.part is null then problem else {literal(reason)} end as problem)
            from {part.table} as rows
            left join left_out on left_out.part = {n} and left_out.position = rows.position
        """)


def _version(part: Prepared) -> str:
    return "coalesce(try_cast(source_seq as bigint), 0)" if "source_seq" in part.columns else "0"
