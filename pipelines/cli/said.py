"""What every command says in the same way: messages beside its output, and settings that are wrong."""

from __future__ import annotations

import typer
from pydantic import ValidationError

from pipelines.settings import Settings, get_settings


def read_settings() -> Settings:
    """Settings of this process; names each wrong one and ends the command where there are any."""
    try:
        return get_settings()
    except ValidationError as error:
        for problem in error.errors():
            say(f"GUILDBOOK_{str(problem['loc'][0]).upper()}: {problem['msg']}")
        raise typer.Exit(2) from error


def say(text: str) -> None:
    """Say something beside a command's output."""
    typer.echo(text, err=True)
