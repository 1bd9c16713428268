"""``guildbook status``: what is published with how many rows, what the last run rebuilt, which gates failed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from expectations.relations import RELATIONS
from expectations.rule import CRITICAL, WARNING
from pipelines import lock
from pipelines.cli.console import labelled, spoken
from pipelines.home import Home
from pipelines.ingest.findings import standing, summary
from pipelines.ingest.ignored import ignored_entries
from pipelines.ingest.refusals import reasons_of_run
from pipelines.lake import ledger, manifest, noted, versions
from pipelines.reading import sums
from pipelines.reading.publication import open_published
from pipelines.report.annotations import read_annotations
from pipelines.report.parts.text import Text, plural
from pipelines.sending.record import unsent
from pipelines.sql import identifier

SHOWN_DAYS = 10
"""Withheld log days that are named; Data health names them all."""

SHOWN_RULES = 5
"""Rules between logs that are named; Data health names them all."""

SHOWN_FAILURES = 20
"""Verdicts of the last run that are named; marts.gate_results holds them all."""

_SEVERITIES = {CRITICAL: Text("critical", "严重"), WARNING: Text("warning", "警告")}
_PUBLISHED = Text("published", "已发布")
_NOTHING_YET = Text("nothing yet", "尚无")
_NO_RUN_YET = Text("none yet: guildbook run makes the first", "尚无：guildbook run 进行首次运行")


def status_lines(home: Home, first_log_day: date = date.min) -> list[Text]:
    """Lines about the publication that is up, the withheld log days, and the gates that failed in the last run."""
    lines = _published_lines(home)
    beside = manifest.withheld_days(home)
    judged = _named([one for one in beside if one.is_judged])
    lines.append(labelled(Text("withheld", "已扣留"), judged or Text("none", "无")))
    if unjudged := _named([one for one in beside if not one.is_judged]):
        why = Text(
            ": the run that read them is at work or was ended; their next run judges them",
            "：读取它们的运行仍在进行或已被终止；下一次运行会对其裁定",
        )
        lines.append(labelled(Text("not judged", "未裁定"), unjudged + why))
    lines += _finding_lines(home)
    lines += _disagreement_lines(home)
    lines += [labelled(Text("not read", "未读取"), str(one)) for one in ignored_entries(home, first_log_day)]
    lines += annotation_lines(home)
    if builds := ledger.read(home, "builds").to_pylist():
        lines.append(labelled(Text("rebuilt", "已重建"), _rebuilt(builds[-1])))
    if (holder := lock.holder(home)) is not None:
        lines.append(labelled(Text("running", "运行中"), str(holder)))
    lines += _last_run_lines(home)
    if (page := home.last_run / "index.html").exists():
        lines.append(
            labelled(Text("stopped", "已停止"), Text(f"{page} says why and what to do", f"原因与处理办法见 {page}"))
        )
    lines += [labelled(Text("not sent", "未发送"), one) for one in unsent(home)]
    reasons = enumerate(reasons_of_run(home))
    return lines + [labelled(Text("refused", "已拒绝") if n == 0 else Text("", ""), reason) for n, reason in reasons]


def annotation_lines(home: Home) -> list[Text]:
    """Lines about what is wrong in the operator's notes on days; none where nothing is."""
    not_drawn = Text("not drawn", "未绘制")
    return [
        labelled(not_drawn, Text(f"{one.place}: {one.en}", f"{one.place}：{one.zh}"))
        for one in read_annotations(home).problems
    ]


def _published_lines(home: Home) -> list[Text]:
    number = versions.current(home)
    if number is None:
        return [labelled(_PUBLISHED, _NOTHING_YET)]
    version = Text(f"version {number}", f"第 {number} 版")
    if rows := ledger.rows(home, "publications", version=number):
        day, made = rows[-1]["through_day"], f"{rows[-1]['published_at']:%Y-%m-%d %H:%M} UTC"
        version += Text(f", data through {day}, made {made}", f"，数据截至 {day}，制作于 {made}")
    kept = ", ".join(str(one) for one in versions.numbers(home))
    return [labelled(_PUBLISHED, version), labelled(Text("kept", "保留"), kept)]


def _rebuilt(build: dict[str, Any]) -> Text:
    stale, days, as_of = (f"{build[name]:,}" for name in ("n_stale_days", "n_days", "n_stale_as_of_days"))
    because = build["full_because"]
    return Text(
        f"{stale} of {days} days and {as_of} as-of days" + (f" ({because})" if because else ""),
        f"{days} 天中的 {stale} 天，另有 {as_of} 个截止日" + (f"（{spoken(because)}）" if because else ""),
    )


def _last_run_lines(home: Home) -> list[Text]:
    """Lines about how the last run ended, and the rules that failed in it."""
    results = ledger.read(home, "gate_results").to_pylist()
    stop = noted.last(home)
    last_run = stop.run_id if stop else results[-1]["run_id"] if results else None
    failed = [row for row in results if row["run_id"] == last_run and not row["is_passed"]]
    failed.sort(key=lambda row: (row["severity"], row["table_name"], str(row["day"])))
    counted = Text(f"{last_run}: {len(failed)} rules failed", f"{last_run}：{len(failed)} 条规则未通过")
    lines = [labelled(Text("last run", "上次运行"), str(stop) if stop else counted if last_run else _NO_RUN_YET)]
    for row in failed[:SHOWN_FAILURES]:
        where, rule, found = f"{row['table_name']} {row['day'] or ''}", row["expectation"], row["observed"]
        said = Text(
            f"{row['gate']}: {where} {rule}, found {found}",
            f"{row['gate']}：{where} {spoken(rule)}，实际为 {spoken(found or '')}",
        )
        lines.append(Text("  ", "  ") + labelled(_SEVERITIES[row["severity"]], said, 10))
    if (more := len(failed) - SHOWN_FAILURES) > 0:
        lines.append(Text(f"  … and {more} more, in marts.gate_results", f"  ……另有 {more} 项，见 marts.gate_results"))
    return lines


def _named(days: list[manifest.WithheldDay]) -> Text | None:
    """Name log days and say how many they are; None where there are none."""
    if not days:
        return None
    named = [f"{one.log} {one.log_day}" for one in days[:SHOWN_DAYS]]
    n_days, more = len(days), len(days) - SHOWN_DAYS
    return Text(
        ", ".join(named) + (f" and {more} more" if more > 0 else "") + f" ({plural(n_days, 'log day', 'log days')})",
        "、".join(named) + (f" 等，另有 {more} 个" if more > 0 else "") + f"（共 {n_days:,} 个日志日）",
    )


def _finding_lines(home: Home) -> list[Text]:
    """Lines about what was accepted but looks wrong, log by log; none where nothing does."""
    of_log: dict[str, list[tuple[date, dict[str, Any]]]] = defaultdict(list)
    for row in standing(home):
        if row["log_day"] is not None:
            of_log[row["log"]].append((row["log_day"], row))
    look_at = Text("look at", "请查看")
    return [
        labelled(look_at, Text(f"{log}: {line}", f"{log}：{spoken(line)}"))
        for log, rows in sorted(of_log.items())
        for line in summary(rows)
    ]


def _disagreement_lines(home: Home) -> list[Text]:
    """Lines about published rows of one log that contradict those of another, the latest first; none where none do."""
    if (database := sums.published(home)) is None:
        return []
    with open_published(database) as con:
        if not con.execute("select 1 from information_schema.tables where table_name = 'relation_checks'").fetchall():
            return []
        rows = con.execute(
            "select log, rule, sum(n_broken)::bigint, sum(n_rows)::bigint, max(log_day) filter (where n_broken > 0) as "
            "last_day, arg_max(examples, log_day) filter (where n_broken > 0) from marts.relation_checks "
            "group by all having sum(n_broken) > 0 order by last_day desc, 3 desc, log, rule"
        ).fetchall()
    if not rows:
        return []
    disagrees = Text("disagrees", "相矛盾")
    lines = [
        labelled(
            disagrees,
            Text(
                f"{log}: {n_broken:,} of {n_rows:,} rows, last on {last_day}: the row {RELATIONS[rule].said} "
                f"({examples}): {RELATIONS[rule].cure}",
                f"{log}：{n_rows:,} 行中有 {n_broken:,} 行，最近一次在 {last_day}：{spoken(RELATIONS[rule].said)}"
                f"（{examples}）：{spoken(RELATIONS[rule].cure)}",
            ),
        )
        for log, rule, n_broken, n_rows, last_day, examples in rows[:SHOWN_RULES]
    ]
    if (more := len(rows) - SHOWN_RULES) > 0:
        in_health = Text(f"… and {more} more rules, in Data health", f"……另有 {more} 条规则，见“数据健康”页")
        lines.append(labelled(Text("", ""), in_health))
    return lines


def mart_lines(home: Home) -> list[Text | str]:
    """Lines with the rows of each published mart, in the order of their names; one line where nothing is published."""
    if (database := sums.published(home)) is None:
        return [labelled(_PUBLISHED, _NOTHING_YET)]
    with open_published(database) as con:
        rows = con.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts' union all "
            "select view_name, null from duckdb_views() where schema_name = 'marts' order by 1"
        ).fetchall()
        counted = {name: f"select count(*) from marts.{identifier(name)}" for name, size in rows if size is None}
        sizes = dict(rows) | {name: con.execute(sql).fetchall()[0][0] for name, sql in counted.items()}
    return [f"{name:<28}{n_rows:>12,}" for name, n_rows in sizes.items()]
