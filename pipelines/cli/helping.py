"""Help in Chinese: what typer writes itself, and what commands and options say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.columns import Columns
from rich.table import Table
from rich.text import Text


class _Folded(Table):
    """A table whose cells break long words: Chinese has no spaces to break at."""

    def add_row(self, *cells: Any, **looks: Any) -> None:  # noqa: ANN401 - what rich takes
        """Add a row."""
        super().add_row(*cells, **looks)
        for column in self.columns:
            column.overflow = "fold"


def _in_a_row(items: Sequence[Any]) -> Text | Columns:
    """Put the words about an option behind one another, in a text that may be broken anywhere."""
    return Text(" ").join(items) if all(isinstance(one, Text) for one in items) else Columns(items)


_WORDS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "COMMANDS_PANEL_TITLE": "命令",
    "OPTIONS_PANEL_TITLE": "选项",
    "ERRORS_PANEL_TITLE": "错误",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "RICH_HELP": "运行 [blue]'{command_path} {help_option}'[/] 可查看帮助。",
    "Table": _Folded,
    "Columns": _in_a_row,
}
"""Typer's own words and what they stand in, by their names in its module."""


@contextmanager
def in_chinese(command: Any) -> Iterator[None]:  # noqa: ANN401 - typer brings a click of its own
    """Have a command, and those below it, say their help in Chinese."""
    from typer import rich_utils  # noqa: PLC0415 - most commands say no help

    _translate(command)
    english = {name: getattr(rich_utils, name) for name in _WORDS}
    try:
        for name, word in _WORDS.items():
            setattr(rich_utils, name, word)
        yield
    finally:
        for name, word in english.items():
            setattr(rich_utils, name, word)


def _translate(command: Any) -> None:  # noqa: ANN401 - as above
    from pipelines.report.parts.reasons import chinese  # noqa: PLC0415 - only Chinese needs it

    for name in ("help", "short_help", "epilog"):
        if said := getattr(command, name, None):
            setattr(command, name, chinese(said))
    usage = command.get_usage
    command.get_usage = lambda context: usage(context).replace("Usage:", "用法：", 1)
    command.options_metavar = "[选项]"
    command.subcommand_metavar = "命令 [参数]..."
    for one in (*command.params, command.get_help_option(typer.Context(command))):
        if said := getattr(one, "help", None):
            one.help = chinese(said)
    for one in getattr(command, "commands", {}).values():
        _translate(one)
