"""After every run, failed ones too: the banner of the site that is up, and the operator's alert command."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines import clock
from pipelines.faults import UserError, brief, explain
from pipelines.home import Home
from pipelines.ingest.refusals import first_reasons
from pipelines.lake import ledger, noted, versions
from pipelines.publishing.stopped import PAGE, stopping_verdict, write_stopped
from pipelines.report.parts.reasons import chinese
from pipelines.report.status import SiteStatus, write_status
from pipelines.sending.deliver import Pace
from pipelines.sending.one import SendingError, Wish
from pipelines.sending.send import send_due
from pipelines.settings import Settings

_ALERT_SECONDS = 60
_AGAIN = timedelta(days=1)


class AlertError(RuntimeError):
    """The alert command failed; the message does not show the command, which may hold a token."""

    def __init__(self, what: str) -> None:
        """Say what became of the command."""
        super().__init__(f"the alert command {what}; try it: echo '{{}}' | sh -c \"$GUILDBOOK_ALERT_COMMAND\"")


def note_failure(home: Home, settings: Settings, *, failed_gate: str, reason: str, run_id: str = "") -> None:
    """Tell the site that is up, and whoever the alert command reaches, that a run failed or is missing.

    The page about it is in the home folder before the first publication too. A run is said once, whoever finds it: the
    command, the daemon or the guard of the run; without a run the same reason is said once a day. Where the home cannot
    be written, the alert says that too.
    """
    with noted.one_at_a_time(home):
        before = noted.last(home)
        if before is None or not _is_said(before, reason, run_id):
            earlier = (*before.before, before.run_id) if before is not None else ()
            stop = noted.Stop(run_id, clock.now(), failed_gate, reason, tuple(filter(None, dict.fromkeys(earlier))))
            _say(home, settings, stop)


def _is_said(before: noted.Stop, reason: str, run_id: str) -> bool:
    if run_id:
        return run_id in (before.run_id, *before.before)
    is_old = abs(clock.now() - before.stopped_at) >= _AGAIN
    return not before.run_id and _words(before.reason) == _words(reason) and not is_old


def _say(home: Home, settings: Settings, stop: noted.Stop) -> None:
    unsaid = []
    for say in (noted.note, _say_on_page, _say_on_banner, _say_to_targets):
        try:
            say(home, settings, stop)
        except (OSError, UserError) as error:
            unsaid.append(brief(str(error)))
    said = f"{stop.reason}; besides, the pages could not be told: {unsaid[0]}" if unsaid else stop.reason
    send_alert(settings, {"community": settings.title, "failed_gate": stop.failed_gate, "reason": said})


def _words(reason: str) -> str:
    """Return a reason without its figures: how much of a disk is free changes by the minute."""
    return re.sub(r"\d[\d.,]*", "", reason)


def _say_on_page(home: Home, settings: Settings, stop: noted.Stop) -> None:
    write_stopped(
        home,
        settings,
        run_id=stop.run_id,
        stopped_at=stop.stopped_at,
        failed_gate=stop.failed_gate,
        reason=stop.reason,
    )


def _say_on_banner(home: Home, settings: Settings, stop: noted.Stop) -> None:
    if (number := versions.current(home)) is None:
        return
    last = next(reversed(ledger.rows(home, "publications", version=number)), None)
    status = SiteStatus(
        through_day=last["through_day"] if last else None,
        published_at=last["published_at"] if last else None,
        run_finished_at=stop.stopped_at,
        run_succeeded=False,
        failed_gate=stop.failed_gate,
        reason=stop.reason,
        failed_gate_zh=chinese(stop.failed_gate),
        reason_zh=chinese(stop.reason),
        page=PAGE,
    )
    write_status(home.versions / str(number) / "site", status)


def _say_to_targets(home: Home, settings: Settings, stop: noted.Stop) -> None:
    """Send it to the targets; what does not go out now stays due until a run comes to its end."""
    if not settings.send_enabled:
        return
    try:
        send_due(home, settings, Wish(), Pace(tries=1), stop=stop)
    except SendingError:
        return  # another process is at it, or the next one will be
    except Exception as error:
        raise UserError(f"the targets: {error}") from error  # which must not hide what stopped the run


def explain_failure(home: Home, run_id: str, message: str, *, last_day: date | None) -> tuple[str, str]:
    """Return the gate that stopped a run and why; an empty gate and the run's own message where none did."""
    try:
        first = stopping_verdict(home, run_id, last_day)
    except (OSError, UserError):  # then the verdicts cannot be read, and the message says why
        first = None
    if first is None:
        return "", explain(message, home)
    day = f" {first['day']}" if first["day"] else ""
    refused = first_reasons(home, first["table_name"], [first["day"]]) if first["gate"] == "deliveries" else []
    return (
        f"gate {first['gate']}: {first['table_name']}{day}",
        "; ".join(
            [f"{first['expectation']}, found {first['observed'] or 'nothing'}: {first['reason']}", *refused],
        ),
    )


def overdue_day(home: Home, settings: Settings, now: datetime, *, grace_hours: int) -> date | None:
    """Return the newest log day whose daily run was due ``grace_hours`` before ``now``, if it is not published."""
    local = now.astimezone(ZoneInfo(settings.timezone))
    due = (local - timedelta(hours=settings.daily_hour + grace_hours)).date() - timedelta(days=1)
    number = versions.current(home)
    published = [row["through_day"] for row in ledger.rows(home, "publications", version=number)]
    return due if published and published[-1] < due else None


def send_alert(settings: Settings, message: dict[str, str]) -> None:
    """Give a message to the alert command as JSON on standard input; without a command nothing is sent.

    Raises:
        AlertError: The command failed or took over a minute; the caller's log shows it, without the command itself.
    """
    command = settings.alert_command.get_secret_value()
    if not command:
        return
    try:
        ended = subprocess.run(  # noqa: S602 - the operator's own command line, from the operator's own environment
            command,
            shell=True,
            check=False,
            input=json.dumps(message, ensure_ascii=False),
            text=True,
            timeout=_ALERT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise AlertError(f"took over {_ALERT_SECONDS} s") from None
    if ended.returncode:
        raise AlertError(f"ended with exit code {ended.returncode}")
