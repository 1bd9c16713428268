"""The ``guildbook`` command: thin commands over Dagster's job and the plain functions; no logic of its own."""

from pipelines.cli.main import app

__all__ = ["app"]
