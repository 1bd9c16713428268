"""What every command says in the same way and in which language: messages beside its output, settings that are wrong.

What a command says itself is a ``Text``, which holds both languages. What it passes on, such as an error's own words,
is looked up among the reasons that are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len
from typer.core import TyperGroup

from pipelines.faults import UserError, sentence
from pipelines.home import Home
from pipelines.privacy import readers
from pipelines.report.parts.languages import in_language
from pipelines.report.parts.text import Text
from pipelines.settings import Settings, get_settings, named_language
from pipelines.settings.given import unknown_variables

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls except tab and line feed, and marks that turn the direction of what follows."""

_LANGUAGE: ContextVar[str] = ContextVar("language of this command", default="")

Say = Callable[[Text | str], None]
"""What hears a sentence."""


class Commands(TyperGroup):
    """The commands; what the operator can mend is one line and an exit code, whichever command meets it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - typer brings a click of its own
        """Run in the language of the settings."""
        begun = _LANGUAGE.set(language())
        get_settings.cache_clear()  # a command may make the home whose settings count from then on
        try:
            if language() != "zh":
                return super().main(*args, **kwargs)
            from pipelines.cli.helping import in_chinese  # noqa: PLC0415 - only Chinese needs it

            with in_chinese(self):
                return super().main(*args, **kwargs)
        finally:
            _LANGUAGE.reset(begun)

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
        """Read the words of the command."""
        try:
            return super().make_context(*args, **kwargs)
        except Exception as error:
            _say_usage(error)
            raise

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - as above
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            _say_usage(error)
            if (said := sentence(error, Home(_home()))) is None:
                raise
            for line in said.splitlines():
                say(line)
            raise typer.Exit(getattr(error, "exit_code", 1)) from error


def _say_usage(error: Any) -> None:  # noqa: ANN401 - as above
    """Have what is wrong with the words of a command said in the language of the settings."""
    if format_message := getattr(error, "format_message", None):
        error.format_message = lambda: spoken(format_message())


def _home() -> Path:
    try:
        return get_settings().home
    except UserError:
        return Path("of these settings")


def read_settings(*, opens_home: bool = True) -> Settings:
    """Settings of this process. What the command writes is private; a home that is open to others is closed before.

    Raises:
        UserError: Settings are wrong, each in a line, or a file of them cannot be read.
    """
    readers.close_umask()
    settings = get_settings()
    if settings.targets:
        from pipelines.metrics.targets import read_targets  # noqa: PLC0415 - reads the catalogue

        read_targets(settings)
    for line in unknown_variables(Settings.model_fields):
        say(labelled(Text("warning", "警告"), line, 10))
    for line in readers.protect(Home(settings.home), settings) if opens_home else ():
        say(line)
    return settings


def say(text: Text | str) -> None:
    """Say something beside a command's output."""
    typer.echo(printable(spoken(text)), err=True)


def show(line: Text | str) -> None:
    """Write a line of a command's output that may quote what was delivered."""
    typer.echo(printable(spoken(line)))


def spoken(text: Text | str) -> str:
    """Return a text in the language of the settings, English where they name none; what is passed on is looked up."""
    return in_language(text, language())


def language() -> str:
    """Return the language in which commands speak: that in which this one began, or the one of the settings."""
    if begun := _LANGUAGE.get():
        return begun
    try:
        return get_settings().language or "en"
    except UserError:  # the settings are wrong, which is being said
        return named_language() or "en"


def labelled(label: Text, said: Text | str, width: int = 12) -> Text:
    """Return a line that begins with a word for what it is about, in a column as wide as a terminal shows it."""
    filled = [word + " " * (width - cell_len(word)) for word in (label.en, label.zh)]
    return Text(*filled) + (said if isinstance(said, Text) else Text(said, spoken(said)))


def printable(text: str) -> str:
    r"""Return a text whose controls are spelled out, such as ``\x1b``: a terminal would obey them."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)
