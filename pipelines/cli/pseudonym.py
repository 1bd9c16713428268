"""``guildbook pseudonym``: the way from a member's id to the pseudonym on pages and lists. There is no way back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipelines.cli.console import read_settings, say, show
from pipelines.report.parts.text import Text


def pseudonym(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ids as your system has them; one a line of standard input where none is given.", metavar="ID…"
        ),
    ] = None,
) -> None:
    """Say by which pseudonyms pages and lists name these members: a line each, the id, a tab and the pseudonym."""
    from pipelines.privacy.pseudonyms import known_as  # noqa: PLC0415

    settings = read_settings()
    if not settings.pseudonyms:
        say(
            Text(
                "GUILDBOOK_PSEUDONYMS is off: pages and lists name members by their own ids",
                "GUILDBOOK_PSEUDONYMS 未开启：页面与名单以成员自己的编号称呼他们",
            )
        )
        raise typer.Exit(1)
    for one in ids or filter(None, (line.rstrip("\r\n") for line in sys.stdin)):
        show(f"{one}\t{known_as(settings, one)}")
