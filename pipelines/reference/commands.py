"""``docs/commands.md``: every command with its arguments, options and an example, from the command line itself."""

from __future__ import annotations

import re

import typer
from typer.cli import get_docs_for_click

from pipelines.cli import app
from pipelines.reference.markdown import GENERATED

INTRO = """\
# Commands

What `guildbook` can do; `guildbook COMMAND --help` says the same. In a checkout the command is `.venv/bin/guildbook`.
It works on the home folder that `GUILDBOOK_HOME` names, else on the one that you stand in, at whatever depth. Exit
code 0 means done, 1 that something is not as it should be, 2 that it was used wrongly.

"""


def commands_page() -> str:
    """Markdown of ``docs/commands.md``."""
    group = typer.main.get_command(app)
    context = typer.Context(group, info_name="guildbook")
    whole = get_docs_for_click(obj=group, ctx=context, name="guildbook", title="guildbook")
    _, _, commands = whole.partition("\n## ")
    for seen, wanted in (
        ("&#x27;", "'"),
        ("* `--help`: Show this message and exit.\n", ""),
        ("**Options**:\n\n\n", ""),
    ):
        commands = commands.replace(seen, wanted)
    commands = re.sub(r"^Example: (.*)$", r"Example: `\1`", commands, flags=re.MULTILINE).strip()
    return GENERATED.format(source="`pipelines/cli/`") + INTRO + f"## {commands}\n"
