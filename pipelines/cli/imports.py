"""``guildbook import …``: landing files from another system's data, and what was read, written and not mapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import read_settings, say, show
from pipelines.home import Home
from pipelines.settings import HOME_FILE, Settings, keep_setting

if TYPE_CHECKING:
    from pipelines.connectors import ImportReport, NotMapped

imports = typer.Typer(no_args_is_help=True, help="Write landing files from another system's data.")


@imports.command(epilog="Example: guildbook import stackexchange quantum.stackexchange.com.tar.xz --source quantum")
def stackexchange(
    path: Annotated[Path, typer.Argument(help="Folder with the dump's XML files, or a .tar, .tar.xz or .zip of it.")],
    source: Annotated[str | None, typer.Option(help="Name of the source; the path's name where not given.")] = None,
) -> None:
    """Write landing files from a Stack Exchange data dump."""
    from pipelines.connectors import import_stackexchange  # noqa: PLC0415

    settings = read_settings()
    landing = Home(settings.home).landing
    _imported(lambda: import_stackexchange(path, landing, settings.timezone, source, settings, say), settings)


@imports.command(epilog="Example: guildbook import table docs/mappings/meetup.yaml --data ~/meetup")
def table(
    mapping: Annotated[
        Path, typer.Argument(help="YAML mapping; docs/mappings has ready ones.", metavar="MAPPING.yaml")
    ],
    data: Annotated[Path | None, typer.Option(help="Folder or file of the data, where not the mapping's own.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show ten rows of each output; write nothing.")] = False,
) -> None:
    """Write landing files from CSV or Parquet tables by a mapping."""
    from pipelines.connectors import import_table, preview_table  # noqa: PLC0415

    if preview:
        settings = read_settings(opens_home=False)
        for one in preview_table(mapping, settings.timezone, data, settings):
            typer.echo(f"{one.file} becomes {one.output}:")
            for line in one.lines:
                show(f"  {line}")
            _say_not_mapped(one.not_mapped)
        return
    settings = read_settings()
    landing = Home(settings.home).landing
    _imported(lambda: import_table(mapping, landing, settings.timezone, data, settings, say), settings)


@imports.command(epilog="Example: guildbook import csv ~/exports")
def csv(
    folder: Annotated[Path, typer.Argument(help="Folder with the exports; each file is recognised by its columns.")],
) -> None:
    """Write landing files from CSV exports that are known: one's own tables, Ghost, Stripe, WeChat Pay, Alipay."""
    from pipelines.connectors import import_folder  # noqa: PLC0415

    settings = read_settings()
    landing = Home(settings.home).landing
    for report in import_folder(folder, landing, settings.timezone, settings, say):
        tell(report, settings)


def _imported(work: Callable[[], ImportReport], settings: Settings) -> None:
    """Run an import and say what it read, wrote and could not map."""
    tell(work(), settings)


def tell(report: ImportReport, settings: Settings) -> None:
    """Say what an import read, wrote and could not map, and what comes next."""
    for name, rows in report.rows_read.items():
        typer.echo(f"read      {rows:>10,}  {name}")
    for log, rows in report.rows_written.items():
        typer.echo(f"written   {rows:>10,}  {log}")
    _say_not_mapped(report.not_mapped)
    for name, value in report.settings.items():
        wanted = str(value).lower()
        if keep_setting(settings, name, value):
            typer.echo(f"setting   {name} = {wanted}, which these rows need, is now in {HOME_FILE} of the home")
        elif getattr(settings, name) != value:
            say(f"{name} is {str(getattr(settings, name)).lower()}, but the mapping asks for {wanted}")
    if report.files_removed:
        typer.echo(
            f"removed   {report.files_removed:>10,}  landing files of an earlier import, whose rows are not in this one"
        )
    if report.first_day is None:
        return
    typer.echo(f"next      guildbook run --from {report.first_day} --to {report.last_day}")
    if report.first_day < settings.first_log_day:
        say(f"it begins before GUILDBOOK_FIRST_LOG_DAY={settings.first_log_day}; set that to {report.first_day}")


def _say_not_mapped(found: Sequence[NotMapped]) -> None:
    """Say what was left out, of which file and output, and why."""
    for one in found:
        output = f" → {one.output}" if one.output else ""
        example = f" (for example {one.example})" if one.example else ""
        show(f"not mapped{one.count:>10,}  {one.file}{output}: {one.reason}{example}")
