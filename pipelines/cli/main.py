"""Commands and their options. What they do is in the modules they call."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pipelines.cli import own
from pipelines.cli.console import Commands, labelled, read_settings, say, show
from pipelines.cli.erase import erase
from pipelines.cli.export import exporting
from pipelines.cli.files import check, quarantine
from pipelines.cli.identity import identities
from pipelines.cli.imports import imports
from pipelines.cli.init import init
from pipelines.cli.mcp import mcp
from pipelines.cli.open_site import open_site
from pipelines.cli.pseudonym import pseudonym
from pipelines.cli.retention import retention
from pipelines.cli.run_days import run
from pipelines.cli.send import sending
from pipelines.cli.sources import sources
from pipelines.home import Home
from pipelines.report.parts.text import Text

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
gates = typer.Typer(no_args_is_help=True, help="Look at gates and record exceptions.")
app.add_typer(imports, name="import")
app.add_typer(sources, name="sources")
app.add_typer(gates, name="gate")
app.add_typer(identities, name="identity")
app.add_typer(sending, name="send")
app.add_typer(exporting, name="export")
app.add_typer(retention, name="retention")
app.add_typer(retention, name="actions", hidden=True)  # the name that cron jobs may still call
app.command(
    epilog='Example: guildbook init club --name "Rust Club" --timezone Europe/Berlin --language en --from files'
)(init)
app.command(epilog="Example: guildbook run --from 2026-02-04 --to 2026-02-04")(run)
app.command(epilog="Example: guildbook check export.csv --log interactions --day 2026-02-04")(check)
app.command(epilog="Example: guildbook quarantine interactions 2026-02-04")(quarantine)
app.command(epilog="Example: guildbook pseudonym m01096")(pseudonym)
app.command(epilog="Example: guildbook erase m01096 --dry-run")(erase)
app.command(epilog="Example: guildbook mcp")(mcp)
app.command(epilog="Example: guildbook member m01096")(own.member)
app.command(epilog="Example: guildbook piece a000123")(own.piece)
app.command(epilog="Example: guildbook event e0042")(own.event)
app.command("open", epilog="Example: guildbook open")(open_site)


def _version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version  # noqa: PLC0415 - reading it takes as long as many a command

        typer.echo(f"guildbook {version('guildbook')}")
        raise typer.Exit


@app.callback()
def guildbook(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version of Guildbook this is.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Guildbook: what happened in your community, whom you are about to lose, and whether what you did worked."""
    del version  # its callback has said it


@app.command(epilog="Example: guildbook sample --members 500 --days 120")
def sample(
    members: Annotated[int, typer.Option(help="Members of the sample community.", min=20)] = 2000,
    days: Annotated[int, typer.Option(help="Log days to write.", min=31)] = 400,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
    lapse_draws: Annotated[
        int, typer.Option(help="Draws per member for the best possible prediction of lapses; none with 0.", min=0)
    ] = 100,
) -> None:
    """Write the sample community's logs into the landing folder."""
    from pipelines.sample import write_sample  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    report = write_sample(
        home.landing,
        home.ground_truth,
        seed=seed,
        members=members,
        days=days,
        timezone=settings.timezone,
        lapse_draws=lapse_draws,
    )
    for name, log in report.logs.items():
        rows, files = f"{log.delivered:>9,}", f"{log.files:>4}"
        broken, again, late = f"{log.malformed:,}", f"{log.duplicates:,}", f"{log.late:,}"
        show(
            Text(
                f"{name:<20}{rows} rows in {files} files: {broken} malformed, {again} repeated, {late} late",
                f"{name:<20}{rows} 行，{files} 个文件：{broken} 行格式错误，{again} 行重复，{late} 行迟到",
            )
        )
    show(labelled(Text("next", "下一步"), f"guildbook run --from {report.first_day} --to {report.last_day}", 8))


@app.command(epilog="Example: guildbook verify --mart community_days")
def verify(
    mart: Annotated[str | None, typer.Option(help="Compare this mart only.")] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Check the checksums of all files instead, in seconds.")
    ] = False,
) -> None:
    """Compare the marts with a full rebuild from the lake, in a temporary folder; exit code 1 if any row differs."""
    from pipelines.cli.verify import run_verify, verify_files  # noqa: PLC0415

    if files and mart:
        raise typer.BadParameter("--files looks at all files: give it without --mart")
    try:
        settings = read_settings()
        is_equal = verify_files(settings, show, say) if files else run_verify(settings, mart, tell=show, say=say)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not is_equal:
        raise typer.Exit(1)


@app.command(epilog="Example: guildbook rollback")
def rollback() -> None:
    """Put the publication before the current one up again, database and site together."""
    from pipelines import lock  # noqa: PLC0415
    from pipelines.lake import versions  # noqa: PLC0415

    home = Home(read_settings().home)
    number = versions.rollback(home)
    show(Text(f"version {number} is up again", f"第 {number} 版已重新上线"))
    if (holder := lock.holder(home)) is not None:
        say(
            Text(
                f"{holder} is at work: if it publishes, its version is up in place of this one; then roll back again",
                f"{holder} 正在工作：若它发布，其版本会取代这一版；届时请再次回退",
            )
        )


@app.command(epilog="Example: guildbook status --marts")
def status(
    marts: Annotated[bool, typer.Option("--marts", help="List the published marts with their rows instead.")] = False,
) -> None:
    """Say what is published, through which day, and which gates failed."""
    from pipelines.cli.status import mart_lines, status_lines  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    for line in mart_lines(home) if marts else status_lines(home, settings.first_log_day):
        show(line)


@app.command(
    epilog="Example: guildbook dev --port 4000",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def dev(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="`pages` for the pages alone, read-only; whatever else goes to Dagster.", metavar="[pages]"
        ),
    ] = None,
) -> None:
    """Start Dagster's pages and daemon on this machine (127.0.0.1:3000), schedule and sensors on."""
    from pipelines.cli.dev import start  # noqa: PLC0415

    start(words or [])


@app.command(epilog="Example: guildbook unlock")
def unlock() -> None:
    """Say who holds the home folder, and clear away what killed runs left; exit code 1 while a process is at work."""
    from pipelines.cli.unlock import unlock as unlocking  # noqa: PLC0415

    settings = read_settings()
    found = unlocking(Home(settings.home), settings)
    for line in found.lines:
        show(line)
    if not found.is_free:
        raise typer.Exit(1)


@gates.command(epilog='Example: guildbook gate waive interactions 2026-02-04 --reason "the chat was down"')
def waive(
    table: Annotated[str, typer.Argument(help="Gated table: a log such as interactions, or a mart.")],
    day: Annotated[datetime, typer.Argument(help="Its day.", formats=["%Y-%m-%d"], metavar="DAY")],
    reason: Annotated[str, typer.Option(help="Why the failure may be passed over; shown on the pages.")],
) -> None:
    """Record an exception: failures of TABLE on DAY show from now on but do not block."""
    import getpass  # noqa: PLC0415

    from pipelines.contract import LOGS  # noqa: PLC0415
    from pipelines.gates import facts, predictions, verdicts  # noqa: PLC0415

    known = [*LOGS, *facts.SUITES, predictions.TABLE]
    if table not in known:
        raise typer.BadParameter(f"{table} has no gate; one of: {', '.join(known)}")
    verdicts.waive(Home(read_settings().home), table, day.date(), reason=reason, waived_by=getpass.getuser())
    again = f"guildbook run --from {day.date()} --to {day.date()}"
    show(Text(f"waived; run the day again: {again}", f"已放行；请重新运行该日：{again}"))
