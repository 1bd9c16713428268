"""``guildbook status``: what is published with how many rows, what the last run rebuilt, which gates failed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import duckdb

from expectations.relations import RELATIONS
from pipelines import lock
from pipelines.home import Home
from pipelines.ingest.findings import standing, summary
from pipelines.ingest.ignored import ignored_entries
from pipelines.ingest.refusals import reasons_of_run
from pipelines.lake import ledger, manifest, noted, versions
from pipelines.reading import sums
from pipelines.sending.record import unsent

SHOWN_DAYS = 10
"""Withheld log days that are named; Data health names them all."""

SHOWN_RULES = 5
"""Rules between logs that are named; Data health names them all."""


def status_lines(home: Home, first_log_day: date = date.min) -> list[str]:
    """Lines about the publication that is up, the withheld log days, and the gates that failed in the last run."""
    number = versions.current(home)
    if number is None:
        lines = ["published   nothing yet"]
    else:
        rows = ledger.rows(home, "publications", version=number)
        through = (
            f", data through {rows[-1]['through_day']}, made {rows[-1]['published_at']:%Y-%m-%d %H:%M} UTC"
            if rows
            else ""
        )
        kept = ", ".join(str(one) for one in versions.numbers(home))
        lines = [f"published   version {number}{through}", f"kept        {kept}"]
    beside = manifest.withheld_days(home)
    lines.append(f"withheld    {_named([one for one in beside if one.is_judged]) or 'none'}")
    if unjudged := _named([one for one in beside if not one.is_judged]):
        lines.append(
            f"not judged  {unjudged}: the run that read them is at work or was ended; their next run judges them"
        )
    lines += _finding_lines(home)
    lines += _disagreement_lines(home)
    lines += [f"not read    {one}" for one in ignored_entries(home, first_log_day)]
    builds = ledger.read(home, "builds").to_pylist()
    if builds:
        last = builds[-1]
        lines.append(
            f"rebuilt     {last['n_stale_days']:,} of {last['n_days']:,} days and {last['n_stale_as_of_days']:,} as-of "
            f"days{' (' + last['full_because'] + ')' if last['full_because'] else ''}"
        )
    if (holder := lock.holder(home)) is not None:
        lines.append(f"running     {holder}")
    results = ledger.read(home, "gate_results").to_pylist()
    stop = noted.last(home)
    last_run = stop.run_id if stop else results[-1]["run_id"] if results else None
    failed = [row for row in results if row["run_id"] == last_run and not row["is_passed"]]
    counted = f"{last_run or 'none'}: {len(failed)} expectations failed"
    lines.append(f"last run    {stop or counted}")
    lines += [
        f"  {row['severity']:<9} {row['gate']}: {row['table_name']} {row['day'] or ''} "
        f"{row['expectation']}, found {row['observed']}"
        for row in sorted(failed, key=lambda row: (row["severity"], row["table_name"], str(row["day"])))[:20]
    ]
    if len(failed) > 20:
        lines.append(f"  … and {len(failed) - 20} more, in marts.gate_results")
    if (page := home.last_run / "index.html").exists():
        lines.append(f"stopped     {page} says why and what to do")
    lines += [f"not sent    {one}" for one in unsent(home)]
    return lines + _refused_lines(home)


def _named(days: list[manifest.WithheldDay]) -> str:
    """Name log days and say how many they are; nothing where there are none."""
    if not days:
        return ""
    named = ", ".join(f"{one.log} {one.log_day}" for one in days[:SHOWN_DAYS])
    more = f" and {len(days) - SHOWN_DAYS} more" if len(days) > SHOWN_DAYS else ""
    return f"{named}{more} ({len(days):,} log day{'' if len(days) == 1 else 's'})"


def _refused_lines(home: Home) -> list[str]:
    return [f"{'refused' if n == 0 else '':<12}{reason}" for n, reason in enumerate(reasons_of_run(home))]


def _finding_lines(home: Home) -> list[str]:
    """Lines about what was accepted but looks wrong, log by log; none where nothing does."""
    of_log: dict[str, list[tuple[date, dict[str, Any]]]] = defaultdict(list)
    for row in standing(home):
        if row["log_day"] is not None:
            of_log[row["log"]].append((row["log_day"], row))
    return [f"look at     {log}: {line}" for log, rows in sorted(of_log.items()) for line in summary(rows)]


def _disagreement_lines(home: Home) -> list[str]:
    """Lines about published rows of one log that contradict those of another, the latest first; none where none do."""
    if (database := sums.published(home)) is None:
        return []
    with duckdb.connect(str(database), read_only=True) as con:
        if not con.execute("select 1 from duckdb_tables() where table_name = 'relation_checks'").fetchall():
            return []
        rows = con.execute(
            "select log, rule, sum(n_broken)::bigint, sum(n_rows)::bigint, max(log_day) filter (where n_broken > 0) as "
            "last_day, arg_max(examples, log_day) filter (where n_broken > 0) from marts.relation_checks "
            "group by all having sum(n_broken) > 0 order by last_day desc, 3 desc, log, rule"
        ).fetchall()
    lines = [
        f"disagrees   {log}: {n_broken:,} of {n_rows:,} rows, last on {last_day}: the row {RELATIONS[rule].said} "
        f"({examples}): {RELATIONS[rule].cure}"
        for log, rule, n_broken, n_rows, last_day, examples in rows[:SHOWN_RULES]
    ]
    more = len(rows) - SHOWN_RULES
    return [*lines, f"            … and {more} more rules, in Data health"] if more > 0 else lines


def mart_lines(home: Home) -> list[str]:
    """Lines with the rows of each published mart, in the order of their names; one line where nothing is published."""
    if (database := sums.published(home)) is None:
        return ["published   nothing yet"]
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts' order by table_name"
        ).fetchall()
    return [f"{name:<28}{n_rows:>12,}" for name, n_rows in rows]
