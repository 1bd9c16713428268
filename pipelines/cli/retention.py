"""``guildbook retention …``: members to contact, as a file or sent to a target; the draw into arms is logged first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipelines.cli.console import read_settings, say, show
from pipelines.cli.send import NOTHING_SENT
from pipelines.home import Home
from pipelines.report.parts.text import Text

if TYPE_CHECKING:
    from pipelines.sending.message import Message

retention = typer.Typer(no_args_is_help=True, help="Members worth contacting: the daily list, and segments.")

Form = Annotated[Literal["csv", "json"], typer.Option("--form", help="Form of the file.")]
To = Annotated[
    str | None, typer.Option("--to", help="Send it to this target (kinds post and file) in place of writing a file.")
]


@retention.command(epilog="Example: guildbook retention export --day 2026-02-04")
def export(
    day: Annotated[
        datetime | None, typer.Option(help="Day of the list; the newest where not given.", formats=["%Y-%m-%d"])
    ] = None,
    form: Form = "csv",
    to: To = None,
) -> None:
    """Write or send the day's list of members to contact; the control arm is not in it."""
    from pipelines.retention.export import export_list  # noqa: PLC0415
    from pipelines.sending.lists import daily_list  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    chosen = day.date() if day else None
    if to is None:
        typer.echo(export_list(home, chosen, form))
        return
    _send(to, daily_list(home, settings, chosen))


@retention.command(epilog="Example: guildbook retention segment lifecycle=at_risk --campaign winback-june")
def segment(
    traits: Annotated[
        list[str],
        typer.Argument(
            metavar="TRAIT=VALUE…", help="What its members have: role, need, activity_level, lifecycle; all hold."
        ),
    ],
    campaign: Annotated[str, typer.Option(help="The campaign that they are contacted for, as your actions name it.")],
    held_out_share: Annotated[
        float | None,
        typer.Option(help="Chance of the control arm; that of the daily list where not given.", min=0, max=0.9),
    ] = None,
    form: Form = "csv",
    to: To = None,
) -> None:
    """Draw the members of a segment into arms, log that, and write or send those to contact."""
    from pipelines.retention.export import write_rows  # noqa: PLC0415
    from pipelines.retention.segments import COLUMNS, draw_segment, read_traits  # noqa: PLC0415
    from pipelines.sending.lists import segment_list  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    share = settings.retention_held_out_share if held_out_share is None else held_out_share
    found = draw_segment(home, settings, read_traits(traits), campaign, share)
    to_contact, control, of_others = f"{len(found.rows):,}", f"{found.n_control:,}", f"{found.n_of_others:,}"
    say(
        Text(
            f"{to_contact} to contact, {control} in the control arm, {of_others} left out for the control arms of "
            "other campaigns",
            f"联系 {to_contact} 人，对照组 {control} 人，因属于其他运营活动的对照组而略去 {of_others} 人",
        )
    )
    if to is None:
        typer.echo(write_rows(home, f"segment-{campaign}-{found.day}", COLUMNS, found.rows, form))
        return
    _send(to, segment_list(settings, found))


def _send(target: str, message: Message) -> None:
    from pipelines.sending.deliver import Pace  # noqa: PLC0415
    from pipelines.sending.send import send_list  # noqa: PLC0415

    settings = read_settings()
    outcome = send_list(Home(settings.home), settings, target, message, Pace(by_hand=True))
    (say if outcome.is_failure else show)(str(outcome))
    if outcome.is_failure:
        raise typer.Exit(1)
    if outcome.what != "sent":
        say(NOTHING_SENT)
