"""``guildbook init``: asks what a home needs to know, or takes it from options, and says how to go on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from pipelines.cli.console import labelled, say, show, spoken
from pipelines.faults import UserError
from pipelines.report.parts.text import Text
from pipelines.settings import HOME_FILE, SETTINGS_FILE, Settings
from pipelines.settings.given import given_by_environment, home_folder, read_variables

LANGUAGES = ("en", "zh")


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder that becomes the home; the one that you stand in where not given."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the community on pages and in messages.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Its IANA time zone, such as Europe/Berlin.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of pages and messages: en or zh.")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--from", help="Where the data comes from: files, or a kind of source.", metavar="KIND"),
    ] = None,
) -> None:
    """Make a folder the home of a community: its settings, where logs go, and how to go on. Overwrites nothing."""
    from pipelines.cli import new_home  # noqa: PLC0415
    from pipelines.home import Home  # noqa: PLC0415
    from pipelines.privacy import readers  # noqa: PLC0415

    readers.close_umask()
    folder = (folder or home_folder() or Path()).expanduser().resolve()
    kinds = new_home.kinds()
    is_source = kind in kinds.keys() - {new_home.FILES}
    if kind and is_source and not (name or timezone or language) and (folder / HOME_FILE).exists():
        _say(folder, kind, [new_home.add_source(folder, kind)])
        return
    new_home.check_folder(folder)
    asked = Text("Language of pages and messages (en or zh)", "页面与消息的语言（en 或 zh）")
    questions = {
        "name": (Text("Name of the community", "社区名称"), None, _setting("name")),
        "timezone": (Text("Time zone", "时区"), _zone_of_this_machine(), _setting("timezone")),
        "language": (asked, "en", _one_of(LANGUAGES)),
        "from": (Text("Where the data comes from", "数据从哪里来"), new_home.FILES, _one_of(kinds)),
    }
    given = {"name": name, "timezone": timezone, "language": language, "from": kind}
    answers = {option: questions[option][2](value) for option, value in given.items() if value is not None}
    missing = [option for option in questions if option not in answers]
    if missing and not is_asked():
        options = ", ".join(f"--{option}" for option in missing)
        raise UserError(f"nobody is here to be asked: give {options} too; --from is one of: {', '.join(kinds)}")
    for option in missing:
        for one, what in kinds.items() if option == "from" else ():
            say(Text(f"  {one:<16}{what}", f"  {one:<16}{spoken(what)}"))
        text, default, check = questions[option]
        answers[option] = typer.prompt(spoken(text), default=default, value_proc=check, err=True)
    said = new_home.NewHome(*(answers[option] for option in questions))
    written = new_home.make_home(folder, said)
    for line in readers.protect(Home(folder), Settings(home=folder)):
        say(line)
    _say(folder, said.kind, written)
    before = given_by_environment() | read_variables(folder / SETTINGS_FILE, Settings.model_fields).keys()
    if overridden := sorted({"name", "timezone", "language"} & before):
        names = ", ".join(overridden)
        first = Text(
            f"the environment or {SETTINGS_FILE} says {names} too, and goes first",
            f"环境变量或 {SETTINGS_FILE} 也给出了 {names}，并优先采用",
        )
        say(labelled(Text("warning", "警告"), first, 10))


def is_asked() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def _say(folder: Path, kind: str, written: list[Path]) -> None:
    """Say what was written, and how to go on."""
    from pipelines.cli import new_home  # noqa: PLC0415

    lines: list[tuple[Text, Sequence[Text | str]]] = [
        (Text("written", "已写入"), [str(path) for path in written]),
        (Text("first", "首先"), new_home.to_do(folder, kind)),
        (Text("next", "下一步"), new_home.next_commands(folder, kind)),
    ]
    for word, said in lines:
        for n, line in enumerate(said):
            show(labelled(Text("", "") if n else word, line, 10))


def _setting(name: str) -> Callable[[str], str]:
    """Return what checks an answer as the setting of that name; it may not be empty."""

    def check(text: str) -> str:
        text = text.strip()
        if not text:
            raise typer.BadParameter(f"say the {name}")
        answer: dict[str, Any] = {name: text}
        try:
            Settings(**answer)
        except ValidationError as error:
            for one in error.errors():
                if one["loc"][0] == name:
                    raise typer.BadParameter(one["msg"].removeprefix("Value error, ")) from error
        return text

    return check


def _one_of(words: Collection[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.strip() not in words:
            raise typer.BadParameter(f"{text!r} is none of: {', '.join(words)}")
        return text.strip()

    return check


def _zone_of_this_machine() -> str | None:
    """Return the name of this machine's time zone; None where it has none that is known."""
    import tzlocal  # noqa: PLC0415

    try:
        return _setting("timezone")(str(tzlocal.get_localzone_name()))
    except (typer.BadParameter, LookupError, OSError, ValueError):
        return None
