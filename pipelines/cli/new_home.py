"""A new home: its settings file, where logs go, and the source file of where the data comes from."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from pipelines import sources
from pipelines.faults import UserError
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.report.parts.languages import in_language
from pipelines.report.parts.text import Text
from pipelines.settings import HOME_FILE, PROJECT_DIR, SETTINGS_FILE
from pipelines.settings.given import given_by_environment, home_folder

FILES = "files"
"""Where the data comes from if no source fetches it."""

_READY = Path(sources.__file__).parent / "ready"
_OF_A_HOME = {"landing", "lake", "sources", "targets", "fetched", "drafts", "versions", "published", "last_run"} | {
    "annotations.csv", "dagster", "exports", "warehouse.duckdb", "built.duckdb", "spark", SETTINGS_FILE,
}  # fmt: skip
_INTRO = (
    Text(
        "Settings of this community: docs/settings.md lists all of them.",
        "本社区的设置；全部设置见 docs/settings.md。",
    ),
    Text(
        "The environment and settings.env go before this file. Secrets belong into settings.env.",
        "环境变量和 settings.env 优先于本文件。机密写入 settings.env。",
    ),
)


@dataclass(frozen=True)
class NewHome:
    """What the operator said about a community."""

    name: str
    timezone: str
    language: str
    kind: str


def kinds() -> dict[str, str]:
    """Where data may come from: kind -> what it is, in a phrase."""
    # Mappings lie there too, as <kind>.mapping.yaml.
    ready = {path.stem: _first_sentence(path) for path in sorted(_READY.glob("*.yaml")) if "." not in path.stem}
    return {FILES: "log files in the contract, or exports and other CSV files that become them"} | ready


def check_folder(folder: Path) -> None:
    """Refuse a folder that is a home already, or that holds what is no part of one.

    Raises:
        UserError: It is refused; nothing was written.
    """
    if (folder / HOME_FILE).exists():
        raise UserError(
            f"{folder} is a home already: its settings are in {folder / HOME_FILE}, and --from KIND alone adds a source"
        )
    if folder == PROJECT_DIR:
        raise UserError(f"{folder} holds Guildbook itself: name a folder for the community, as guildbook init data")
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file: name a folder")
    others = sorted(path.name for path in folder.glob("[!.]*") if path.name not in _OF_A_HOME)
    if others:
        raise UserError(
            f"{folder} holds other things ({', '.join(others[:3])}{', …' if len(others) > 3 else ''}), and all that is "
            "in a home becomes private: name a folder of its own, as "
            f"guildbook init {shlex.quote(str(folder / 'home'))}"
        )


def make_home(folder: Path, said: NewHome) -> list[Path]:
    """Write a home's files and return what was written; what is there already is left as it is."""
    check_folder(folder)
    for made in (folder, Home(folder).landing):
        made.mkdir(parents=True, exist_ok=True)
    written = [] if said.kind == FILES or _source(folder, said.kind).exists() else [add_source(folder, said.kind)]
    # Last, since it makes the folder a home.
    write_text(folder / HOME_FILE, _settings(said))
    return [folder / HOME_FILE, *written]


def add_source(folder: Path, kind: str) -> Path:
    """Write the ready source file of a kind into a home and return it.

    Raises:
        UserError: It is there already.
    """
    source = _source(folder, kind)
    if source.exists():
        raise UserError(f"{source} is there already; to have another one of its kind, copy it under another name")
    source.parent.mkdir(exist_ok=True)
    write_text(source, (_READY / source.name).read_text(encoding="utf-8"))
    return source


def to_do(folder: Path, kind: str) -> list[Text]:
    """Return what has to be there before the next commands, in lines."""
    if kind != FILES:
        source = _source(folder, kind)
        return [
            Text(
                f"say in {source} where it is; its secrets go into {SETTINGS_FILE}",
                f"在 {source} 中写明数据在哪里；机密写入 {SETTINGS_FILE}",
            )
        ]
    into, turn = f"{Home(folder).landing}/<log>/<YYYY-MM-DD>/", "guildbook import csv FOLDER"
    return [
        Text(
            f"put each log's files into {into} (docs/log-contract.md),",
            f"把每种日志的文件放进 {into}（docs/log-contract.md），",
        ),
        Text(
            f"or turn other CSV files into them: {turn} (docs/connectors.md)",
            f"或把其他 CSV 文件转成日志：{turn}（docs/connectors.md）",
        ),
    ]


def next_commands(folder: Path, kind: str) -> list[str]:
    """Return the commands that lead on from here to a report, as they can be pasted."""
    guildbook = "guildbook" if shutil.which("guildbook") else shlex.quote(str(Path(sys.argv[0]).resolve()))
    commands = [] if folder == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    if "home" in given_by_environment() and home_folder() != folder:
        commands.append("unset GUILDBOOK_HOME")
    if kind != FILES:
        commands += [f"{guildbook} sources {word} {kind}" for word in ("check", "pull")]
    return [*commands, f"{guildbook} run"]


def _source(folder: Path, kind: str) -> Path:
    return Home(folder).sources / f"{kind}.yaml"


def _settings(said: NewHome) -> str:
    document = tomlkit.document()
    for line in _INTRO:
        document.add(tomlkit.comment(in_language(line, said.language)))
    document.add(tomlkit.nl())
    for name, value, comment in (
        ("name", said.name, Text("on pages and in messages", "用于页面和消息")),
        ("timezone", said.timezone, Text("decides what a day is", "决定一天如何划分")),
        (
            "language",
            said.language,
            Text("in which pages open and messages are written: en or zh", "页面打开和消息所用的语言：en 或 zh"),
        ),
    ):
        document[name] = tomlkit.string(value).comment(in_language(comment, said.language))
    return tomlkit.dumps(document)


def _first_sentence(path: Path) -> str:
    """Return what the comment that opens a source file says, up to its first full stop."""
    words = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# ").rstrip())
    return " ".join(words).partition(". ")[0].rstrip(".")
