"""``guildbook import …``: landing files from another system's data, and what was read, written and not mapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import labelled, read_settings, say, show, spoken
from pipelines.cli.progress import import_shown
from pipelines.cli.stages import EXPORTS, IMPORTED
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.settings import HOME_FILE, Settings, keep_setting

if TYPE_CHECKING:
    from pipelines.connectors import ImportReport, NotMapped, OnStep

imports = typer.Typer(
    no_args_is_help=True,
    help="Write landing files from another system's data. Discord, Discourse, GitHub, Slack, zsxq, Zulip, feeds and "
    "databases are sources instead: guildbook init --from KIND, then guildbook sources pull.",
)


@imports.command(epilog="Example: guildbook import stackexchange quantum.stackexchange.com.tar.xz --source quantum")
def stackexchange(
    path: Annotated[Path, typer.Argument(help="Folder with the dump's XML files, or a .tar, .tar.xz or .zip of it.")],
    source: Annotated[str | None, typer.Option(help="Name of the source; the path's name where not given.")] = None,
) -> None:
    """Write landing files from a Stack Exchange data dump."""
    from pipelines.connectors import import_stackexchange  # noqa: PLC0415

    settings = read_settings()
    landing = Home(settings.home).landing
    _imported(
        lambda on_step: import_stackexchange(path, landing, settings.timezone, source, settings, say, on_step), settings
    )


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
            show(Text(f"{one.file} becomes {one.output}:", f"{one.file} 转为 {one.output}："))
            for line in one.lines:
                show(f"  {line}")
            _say_not_mapped(one.not_mapped)
        return
    settings = read_settings()
    landing = Home(settings.home).landing
    _imported(lambda on_step: import_table(mapping, landing, settings.timezone, data, settings, say, on_step), settings)


@imports.command(epilog="Example: guildbook import csv ~/exports")
def csv(
    folder: Annotated[Path, typer.Argument(help="Folder with the exports; each file is recognised by its columns.")],
) -> None:
    """Write landing files from CSV exports that are known: one's own tables, Ghost, Stripe, WeChat Pay, Alipay."""
    from pipelines.connectors import import_folder  # noqa: PLC0415

    settings = read_settings()
    landing = Home(settings.home).landing
    with import_shown(EXPORTS) as on_step:
        reports = import_folder(folder, landing, settings.timezone, settings, say, on_step)
    for report in reports:
        tell(report, settings)


def _imported(work: Callable[[OnStep], ImportReport], settings: Settings) -> None:
    """Run an import and say what it read, wrote and could not map."""
    with import_shown(IMPORTED) as on_step:
        report = work(on_step)
    tell(report, settings)


def tell(report: ImportReport, settings: Settings) -> None:
    """Say what an import read, wrote and could not map, and what comes next."""
    for name, rows in report.rows_read.items():
        show(_counted(Text("read", "已读取"), rows, name))
    for log, rows in report.rows_written.items():
        show(_counted(Text("written", "已写入"), rows, log))
    _say_not_mapped(report.not_mapped)
    for name, value in report.settings.items():
        wanted = str(value).lower()
        if keep_setting(settings, name, value):
            kept = Text(
                f"{name} = {wanted}, which these rows need, is now in {HOME_FILE} of the home",
                f"{name} = {wanted}（这些行需要它）已写入主目录的 {HOME_FILE}",
            )
            show(labelled(Text("setting", "设置"), kept, 10))
        elif (is_now := getattr(settings, name)) != value:
            now = str(is_now).lower()
            say(Text(f"{name} is {now}, but the mapping asks for {wanted}", f"{name} 为 {now}，但映射要求 {wanted}"))
    if report.files_removed:
        whose = Text(
            "landing files of an earlier import, whose rows are not in this one",
            "个文件：landing 中先前导入的，其中的行不在本次导入里",
        )
        show(_counted(Text("removed", "已删除"), report.files_removed, whose))
    if report.first_day is None:
        return
    show(labelled(Text("next", "下一步"), f"guildbook run --from {report.first_day} --to {report.last_day}", 10))
    if report.first_day < settings.first_log_day:
        first, set_to = f"GUILDBOOK_FIRST_LOG_DAY={settings.first_log_day}", report.first_day
        say(Text(f"it begins before {first}; set that to {set_to}", f"数据早于 {first}；请将其设为 {set_to}"))


def _counted(label: Text, count: int, of: Text | str) -> Text:
    return labelled(label, f"{count:>10,}  ", 10) + of


def _say_not_mapped(found: Sequence[NotMapped]) -> None:
    """Say what was left out, of which file and output, and why."""
    for one in found:
        what = one.file + (f" → {one.output}" if one.output else "")
        said = Text(f"{what}: {one.reason}", f"{what}：{spoken(one.reason)}")
        if one.example:
            said += Text(f" (for example {one.example})", f"（例如 {one.example}）")
        show(_counted(Text("not mapped", "未映射"), one.count, said))
