"""``guildbook export``: what is published, as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipelines.cli.console import read_settings, say, show, spoken
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.report.parts.text import Text

exporting = typer.Typer(
    invoke_without_command=True,
    no_args_is_help=False,
    help="Write what is published to a folder: tables as Parquet or a workbook, metrics as dbt's semantic models.",
    epilog="Example: guildbook export --out tables --mart community_days --mart revenue_months",
)

Out = Annotated[Path, typer.Option("--out", help="Folder to write to, outside of the home.", file_okay=False)]


@exporting.callback()
def export(
    context: typer.Context,
    out: Out = Path("export"),
    form: Annotated[
        Literal["parquet", "xlsx"], typer.Option("--format", help="A Parquet file for each table, or one workbook.")
    ] = "parquet",
    mart: Annotated[
        list[str] | None, typer.Option("--mart", help="A table to write, all where not given; may be repeated.")
    ] = None,
) -> None:
    """Write published tables and the newest value of every metric; exit code 1 if a table does not fit into a sheet."""
    if context.invoked_subcommand is not None:
        return
    from pipelines.exporting.tables import export as exporting_tables  # noqa: PLC0415

    settings = read_settings()
    try:
        done = exporting_tables(Home(settings.home), settings, out, form, mart or [])
    except ImportError as error:
        raise UserError("a workbook needs a package: pip install 'guildbook[export]'") from error
    for name, rows in done.files.items():
        for table, n_rows in rows.items() if isinstance(rows, dict) else [(name, rows)]:
            counted = f"{table:<40}{n_rows:>12,}"
            show(Text(f"{counted} rows", f"{counted} 行"))
    for name in done.gone:
        of_file = f"{name:<40}     "
        show(Text(f"{of_file}removed: of an earlier export", f"{of_file}已删除：属于先前的导出"))
    for table, n_texts in done.cut.items():
        cut = f"{n_texts:,}"
        say(Text(f"{table}: {cut} texts were cut at what a cell holds", f"{table}：{cut} 段文字按单元格上限截断"))
    for table, reason in done.left_out.items():
        say(Text(f"{table} was left out: {reason}", f"{table} 未导出：{spoken(reason)}"))
    show(Text(f"in {out}", f"位于 {out}"))
    if done.left_out:
        raise typer.Exit(1)


@exporting.command(epilog="Example: guildbook export metrics --out semantic")
def metrics(out: Out = Path("semantic")) -> None:
    """Write the catalogue of metrics as a dbt project of semantic models over what is published."""
    from pipelines.exporting.semantic import export_metrics  # noqa: PLC0415

    settings = read_settings()
    for name in export_metrics(Home(settings.home), settings, out):
        show(str(out / name))


@exporting.command(epilog="Example: guildbook export superset --out superset")
def superset(out: Out = Path("superset")) -> None:
    """Write the catalogue as a file set that Apache Superset imports: datasets, metrics, charts, a dashboard."""
    from pipelines.exporting.superset import export_superset  # noqa: PLC0415

    settings = read_settings()
    show(str(export_superset(Home(settings.home), settings, out)))


@exporting.command(epilog="Example: guildbook export pdf --out january.pdf")
def pdf(
    out: Annotated[Path, typer.Option("--out", help="File to write.", dir_okay=False)] = Path("owner.pdf"),
    page: Annotated[str, typer.Option("--page", help="Page of the report, by the name of its file.")] = "owner",
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option("--language", help="As the pages open where not given.")
    ] = None,
) -> None:
    """Print the month for the owner, or another page, as PDF; needs Chromium, Chrome or Edge."""
    from pipelines.exporting.pdf import print_page  # noqa: PLC0415

    settings = read_settings()
    show(str(print_page(Home(settings.home), out, page=page, language=language or "")))
