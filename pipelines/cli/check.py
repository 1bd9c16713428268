"""``guildbook check``: a file judged as a run would judge it, in a temporary folder, by itself and without a past."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.rule import CRITICAL
from pipelines.cli.console import spoken
from pipelines.contract import LOGS, Log
from pipelines.faults import UserError
from pipelines.gates import deliveries
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.ingest.findings import SHARED_KEY, summary
from pipelines.ingest.landing import LandingFile
from pipelines.ingest.refusals import refused
from pipelines.ingest.shape import inspect
from pipelines.ingest.unknown import MISSPELT
from pipelines.lake import ledger
from pipelines.lake.delivery import read_delivery
from pipelines.reading.blocks import Rejected
from pipelines.report.parts.text import Text
from pipelines.settings import Settings

_NO_DAY = date(2199, 12, 31)
"""Log day of a first reading that only asks which days a file holds: no row can lie after it."""

_SHOWN = 20
_NOTHING = Text("", "")


class NotToldError(UserError):
    """Nobody said which log or day a file is of, and neither its path nor its content does."""

    exit_code = 2


@dataclass(frozen=True)
class Checked:
    """The verdict on one file in lines; good where every row is accepted and no gate would withhold the day."""

    is_good: bool
    lines: list[Text]


def check_file(path: Path, settings: Settings, *, log: str | None = None, day: date | None = None) -> Checked:
    """Judge one file with the rules of ingestion and of gate 1, as if it were all that came for its day.

    Args:
        path: The file, anywhere.
        settings: Time zone and limits; the home is neither read nor written.
        log: The log it is of; told from the path or the columns where not given.
        day: Its log day; told from the path or the rows where not given.

    Raises:
        NotToldError: The file is not there, or its log cannot be told.
    """
    if not path.is_file():
        raise NotToldError(f"{path}: there is no such file")
    of = LOGS[log] if log else _log_of(path, settings)
    log_day = day or _day_of(path) or _day_in(path, of, settings)
    with tempfile.TemporaryDirectory(prefix="guildbook-check-") as folder:
        return _judge(Home(Path(folder)), path, settings, of, log_day)


def _judge(home: Home, path: Path, settings: Settings, log: Log, log_day: date) -> Checked:
    _ingest(home, path, settings, log, log_day)
    delivery = read_delivery(home.candidate_part(log.name, log_day))
    assert delivery is not None
    profile = delivery["profile"]
    outcome = deliveries.judge(home, settings, log.name, [log_day], "check")
    found = refused(home, log.name)
    n_accepted, n_delivered = f"{profile['accepted']:,}", f"{profile['delivered']:,}"
    became = Text(f"{n_accepted} of {n_delivered} rows accepted", f"{n_delivered} 行中接收了 {n_accepted} 行")
    if profile["rejected_files"]:
        became = Text("refused", "已拒绝")
    lines = [Text(f"{path}  as {log.name} of {log_day}: ", f"{path}  视为 {log_day} 的 {log.name}：") + became]
    lines += [_passed_on(str(one).replace(one.place.partition(":")[0], str(path), 1)) for one in found[:_SHOWN]]
    if (more := len(found) - _SHOWN) > 0:
        lines.append(Text(f"  … and {more:,} more", f"  ……另有 {more:,} 项"))
    lines += [
        _passed_on(
            f"{row['expectation']}, found {row['observed']}: {row['reason']}",
            Text("failed: ", "未通过：") if row["severity"] == CRITICAL else Text("warning: ", "警告："),
        )
        for row in ledger.rows(home, "gate_results", is_passed=False)
        if not row["expectation"].startswith("rejected_")
    ]
    others = [(log_day, one) for one in delivery["findings"] if one["finding"] not in (MISSPELT, SHARED_KEY)]
    lines += [_passed_on(one, Text("look at: ", "请查看：")) for one in summary(others)]
    if outcome.withheld:
        waive = f"guildbook gate waive {log.name} {log_day}"
        lines.append(
            Text(
                f"  the day would be withheld; if it is right as it is, {waive}",
                f"  该日会被扣留；若数据无误，请执行 {waive}",
            )
        )
    return Checked(is_good=not found and not outcome.withheld, lines=lines)


def _passed_on(line: str, before: Text = _NOTHING) -> Text:
    """Return what ingestion or the gate said, in a line of its own."""
    return Text("  ", "  ") + before + Text(line, spoken(line))


def _ingest(home: Home, path: Path, settings: Settings, log: Log, log_day: date) -> None:
    landed = home.landing_day(log.name, log_day) / path.name.lstrip("._")
    landed.parent.mkdir(parents=True)
    try:
        landed.hardlink_to(path.resolve())
    except OSError:  # another file system
        shutil.copy2(path, landed)
    ingest_days(home, settings, log, [log_day], run_id="check")


def _log_of(path: Path, settings: Settings) -> Log:
    """Tell a file's log from its folders, its name, or the columns that it has.

    Raises:
        NotToldError: They say none, or several.
    """
    for part in (*reversed(path.resolve().parent.parts[-2:]), *re.split(r"[^a-z_]+", path.name.lower())):
        if part.strip("_") in LOGS:
            return LOGS[part.strip("_")]
    fitting = [log for log in LOGS.values() if _fits(path, log, settings)]
    if len(fitting) == 1:
        return fitting[0]
    which = f"its columns fit {', '.join(log.name for log in fitting)}" if fitting else "its columns fit none"
    raise NotToldError(f"{path}: which log is it? {which}; say it with --log, one of: {', '.join(LOGS)}")


def _fits(path: Path, log: Log, settings: Settings) -> bool:
    """Whether a file's header has the log's columns; a file of JSON lines has none."""
    stat = path.stat()
    try:
        inspected = inspect(LandingFile(_NO_DAY, path.name, path, stat.st_size, stat.st_mtime_ns), log, settings)
    except Rejected:
        return False
    return bool(inspected.shape.columns)


def _day_of(path: Path) -> date | None:
    """Tell a file's log day from its folder or its name."""
    for part in (path.resolve().parent.name, *re.findall(r"\d{4}-\d\d-\d\d", path.name)):
        try:
            return date.fromisoformat(part)
        except ValueError:
            continue
    return None


def _day_in(path: Path, log: Log, settings: Settings) -> date:
    """Return the last day of a file's rows; without any, every day serves to report that."""
    with tempfile.TemporaryDirectory(prefix="guildbook-check-") as folder:
        home = Home(Path(folder))
        _ingest(home, path, settings, log, _NO_DAY)
        delivery = read_delivery(home.candidate_part(log.name, _NO_DAY)) or {"event_days": []}
    days = [date.fromisoformat(one["event_day"]) for one in delivery["event_days"]]
    return max((day for day in days if day != _NO_DAY), default=settings.first_log_day)
