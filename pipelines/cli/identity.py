"""``guildbook identity …``: preview, state and take back a link between two ids of one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import labelled, read_settings, say, show
from pipelines.home import Home
from pipelines.report.parts.text import Text

if TYPE_CHECKING:
    from pipelines.identity.preview import Change

identities = typer.Typer(no_args_is_help=True, help="Join ids of one person, and see beforehand what that changes.")

One = Annotated[str, typer.Argument(help="An id, exactly as the logs have it.", metavar="A")]
Other = Annotated[str, typer.Argument(help="Another id of the same person.", metavar="B")]
MaybeOne = Annotated[str | None, typer.Argument(help="An id, exactly as the logs have it.", metavar="A")]
MaybeOther = Annotated[str | None, typer.Argument(help="Another id of the same person.", metavar="B")]
Proposed = Annotated[
    bool, typer.Option("--proposed", help="In place of A and B: all links that a change of ids proposes.")
]
LogDay = Annotated[
    datetime | None,
    typer.Option("--day", help="Log day of the statement; the last one built if not given.", formats=["%Y-%m-%d"]),
]


@identities.command("preview", epilog="Example: guildbook identity preview m17 m2040")
def preview_link(
    one: MaybeOne = None,
    other: MaybeOther = None,
    months: Annotated[int, typer.Option(help="Months to show, the current one included.", min=1)] = 3,
    proposed: Proposed = False,
) -> None:
    """Show what the last months' figures would be if A and B were one person. Changes nothing."""
    from pipelines.identity.preview import preview_all  # noqa: PLC0415

    settings = read_settings()
    links = _links(Home(settings.home), one, other, proposed=proposed)
    if proposed:
        for old, new in links:
            show(labelled(Text("proposed", "建议"), f"{old}  {new}", 10))
    changes = preview_all(Home(settings.home), settings, links, months=months, on_wait=say)
    for line in table_lines(changes):
        typer.echo(line)


@identities.command(epilog="Example: guildbook identity link m17 m2040 --day 2026-02-04")
def link(one: MaybeOne = None, other: MaybeOther = None, day: LogDay = None, proposed: Proposed = False) -> None:
    """State that A and B are one person: writes one file into the landing folder."""
    _state(_links(Home(read_settings().home), one, other, proposed=proposed), day, revoke=False)


@identities.command(epilog="Example: guildbook identity unlink m17 m2040")
def unlink(one: One, other: Other, day: LogDay = None) -> None:
    """Take back that A and B are one person: writes one file into the landing folder."""
    _state([(one, other)], day, revoke=True)


def table_lines(changes: Sequence[Change]) -> list[str]:
    """Lines of a table: month, figure, without the link, with it, difference."""
    width = max((len(change.figure) for change in changes), default=6)
    lines = [f"{'month':<8} {'figure':<{width}} {'now':>12} {'linked':>12} {'change':>9}"]
    for change in changes:
        difference = change.linked - change.now
        lines.append(
            f"{change.month:%Y-%m}  {change.figure:<{width}} {change.now:>12,} {change.linked:>12,} "
            f"{f'{difference:+,}' if difference else '=':>9}"
        )
    return lines


def _links(home: Home, one: str | None, other: str | None, *, proposed: bool) -> list[tuple[str, str]]:
    """The pair that was given, or all that are proposed."""
    from pipelines.identity.links import LinkError  # noqa: PLC0415
    from pipelines.identity.proposals import proposed_links  # noqa: PLC0415

    if not proposed:
        if one is None or other is None:
            raise LinkError("give two ids, or --proposed")
        return [(one, other)]
    if one is not None:
        raise LinkError("give either two ids or --proposed")
    links = [(proposal.old, proposal.new) for proposal in proposed_links(home, on_wait=say)]
    if not links:
        raise LinkError("no link is proposed: on no day did ids change to ones that contain the old")
    return links


def _state(links: Sequence[tuple[str, str]], day: datetime | None, *, revoke: bool) -> None:
    from pipelines import lock  # noqa: PLC0415
    from pipelines.identity.links import write_link  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    with lock.hold(home, on_wait=say, what="guildbook identity"):
        log_day = day.date() if day else _last_day(home)
        for one, other in links:
            path = write_link(home, settings, one, other, log_day, revoke=revoke)
            show(labelled(Text("written", "已写入"), str(path), 10))
    show(labelled(Text("next", "下一步"), f"guildbook run --from {log_day} --to {log_day}", 10))


def _last_day(home: Home) -> date:
    from pipelines.identity.links import LinkError  # noqa: PLC0415
    from pipelines.warehouse.plan import completed_build  # noqa: PLC0415

    completed = completed_build(home)
    if completed is None:
        raise LinkError("nothing is built yet, so there is no last log day: give one with --day")
    return completed.through_day
