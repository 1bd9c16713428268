"""``guildbook member``, ``piece`` and ``event``: the page of one of them in a browser, or where it lies."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.console import read_settings, say
from pipelines.cli.open_site import open_page
from pipelines.home import Home
from pipelines.lake.own_pages import EVENT, MEMBER, PIECE
from pipelines.report.parts.text import Text


def member(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id as pages show it, or the whole name of one member.")],
) -> None:
    """Open the page of one member: what happened, money, questions and risk on one time line."""
    _show(MEMBER, id_)


def piece(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id in exports, or the whole title of one piece.")],
) -> None:
    """Open the page of one piece: who read it and took it up, its answers, what it sold."""
    _show(PIECE, id_)


def event(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id in exports, or the whole title of one event.")],
) -> None:
    """Open the page of one event: its funnel, who came, what they thought, money."""
    _show(EVENT, id_)


def _show(kind: str, id_: str) -> None:
    from pipelines.report.asked import page_of  # noqa: PLC0415 - the pages take longer to load than many a command

    settings = read_settings()
    found = page_of(Home(settings.home), settings, kind, id_)
    if isinstance(found, Text):
        say(found)
        raise typer.Exit(1)
    open_page(found)
