"""What every command says in the same way: messages beside its output, and settings that are wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from pipelines.faults import UserError, sentence
from pipelines.home import Home
from pipelines.privacy import readers
from pipelines.settings import Settings, SettingsError, get_settings
from pipelines.settings.given import unknown_variables

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls except tab and line feed, and marks that turn the direction of what follows."""


class Commands(TyperGroup):
    """The commands; what the operator can mend is one line and an exit code, whichever command meets it."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer brings a click of its own
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if (line := sentence(error, Home(_home()))) is None:
                raise
            say(line)
            raise typer.Exit(getattr(error, "exit_code", 1)) from error


def _home() -> Path:
    try:
        return get_settings().home
    except UserError:
        return Path("of these settings")


def read_settings(*, opens_home: bool = True) -> Settings:
    """Settings of this process; names each wrong one and ends the command where there are any.

    What the command writes is private. A home that is open to others is closed before the command opens it.
    """
    readers.close_umask()
    try:
        settings = get_settings()
    except SettingsError as error:
        for problem in error.problems:
            say(problem)
        raise typer.Exit(error.exit_code) from error
    for line in unknown_variables(Settings.model_fields):
        say(f"warning   {line}")
    for line in readers.protect(Home(settings.home), settings) if opens_home else ():
        say(line)
    return settings


def say(text: str) -> None:
    """Say something beside a command's output."""
    typer.echo(printable(text), err=True)


def show(line: str) -> None:
    """Write a line of a command's output that may quote what was delivered."""
    typer.echo(printable(line))


def printable(text: str) -> str:
    r"""Return a text whose controls are spelled out, such as ``\x1b``: a terminal would obey them."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)
