"""``guildbook quarantine``: what was refused, by file, line and reason. Reads the lake, writes nothing."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from pipelines.cli.console import spoken
from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest.refusals import Refusal, refused
from pipelines.report.parts.text import Text, plural

_SHOWN_DAYS = 30
_SHOWN_PER_DAY = 20


def quarantine_lines(home: Home, log: str | None, day: date | None) -> list[Text]:
    """Lines of one log or of all, of one day or of the newest with anything refused; those of one day are complete."""
    lines: list[Text] = []
    for name in [log] if log else LOGS:
        found = refused(home, name, None if day is None else [day])
        days = [(log_day, list(ones)) for log_day, ones in groupby(found, lambda one: one.log_day)]
        for log_day, ones in days[:_SHOWN_DAYS]:
            lines += _day_lines(name, log_day, ones, shown=len(ones) if day else _SHOWN_PER_DAY)
        if len(days) > _SHOWN_DAYS:
            more = f"{len(days) - _SHOWN_DAYS:,}"
            earlier = f"{name}  … and {more} earlier log days; name a day to see it"
            lines.append(Text(earlier, f"{name}  ……另有 {more} 个更早的日志日；指定日期即可查看"))
    return lines or [Text("nothing was refused", "没有被拒绝的内容")]


def _day_lines(log: str, log_day: date, ones: list[Refusal], *, shown: int) -> list[Text]:
    n_files = sum(one.line is None for one in ones)
    n_rows = sum(one.n_rows for one in ones if one.line is not None)
    english = [plural(n_files, "file", "files")] * bool(n_files) + [plural(n_rows, "row", "rows")] * bool(n_rows)
    chinese = [f"{n_files:,} 个文件"] * bool(n_files) + [f"{n_rows:,} 行"] * bool(n_rows)
    head = Text(f"{log} {log_day}  {' and '.join(english)} refused", f"{log} {log_day}  已拒绝 {'和 '.join(chinese)}")
    lines = [head, *(Text(f"  {one}", f"  {spoken(str(one))}") for one in ones[:shown])]
    if len(ones) > shown:
        more, command = f"{len(ones) - shown:,}", f"guildbook quarantine {log} {log_day}"
        lines.append(Text(f"  … and {more} more: {command}", f"  ……另有 {more} 项：{command}"))
    return lines
