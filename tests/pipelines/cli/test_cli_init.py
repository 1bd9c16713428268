"""A folder becomes a home: what is asked, what is written, what is refused, and what comes next."""

from __future__ import annotations

import os
import re
import shlex
import stat

import pytest
import typer
import tzlocal
from typer.testing import CliRunner

from pipelines.cli import app, new_home
from pipelines.cli import init as initing
from pipelines.settings import HOME_FILE, SETTINGS_FILE, get_settings

FLAGS = ("--name", "Rust Club", "--timezone", "Europe/Berlin", "--language", "zh", "--from", "files")
FORUM = """\
# A forum of the kind that many have, by its API: posts, topics
# and likes. Needs a key of an administrator.
kind: forum
url: https://forum.example.org
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The working folder, empty; the process's way of making files is put back."""
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


@pytest.fixture
def ready(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("ready")
    (folder / "forum.yaml").write_text(FORUM, encoding="utf-8")
    (folder / "forum.mapping.yaml").write_text("# Another thing.\n", encoding="utf-8")
    monkeypatch.setattr(new_home, "_READY", folder)
    return folder


def invoke(*words, keys=None):
    result = CliRunner().invoke(app, ["init", *words], input=keys)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def commands_of(result):
    """The commands that a person would paste."""
    lines = result.stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(("next", "下一步")))
    return [re.sub("^(next|下一步)? +", "", line) for line in lines[start:]]


def test_flags_make_a_home_that_is_private_and_found_from_inside(here, monkeypatch):
    result = invoke("club", *FLAGS)

    assert result.exit_code == 0, result.output
    assert files_below(here) == ["club/guildbook.toml"]
    assert (here / "club" / "landing").is_dir()
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (here / "club", here / "club" / HOME_FILE)] == [0, 0]
    monkeypatch.chdir(here / "club" / "landing")
    settings = get_settings()
    assert (settings.home, settings.title) == (here / "club", "Rust Club")
    assert (settings.timezone, settings.language) == ("Europe/Berlin", "zh")


@pytest.mark.parametrize("name", ['"; timezone = "UTC', "程序员 \\ 'Co'", "a # b", "x" * 100, "a\u202eb"])
def test_a_name_is_taken_as_it_is(here, name, monkeypatch):
    assert invoke("club", "--name", name, *FLAGS[2:]).exit_code == 0
    monkeypatch.chdir(here / "club")
    assert (get_settings().name, get_settings().timezone) == (name, "Europe/Berlin")


def test_what_no_flag_says_is_asked_until_the_answer_is_right(here, ready, monkeypatch):
    monkeypatch.setattr(initing, "is_asked", lambda: True)
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Asia/Tokyo")

    result = invoke(".", keys="\n 网友 \nMars\n\nfr\nzh\nslack\nforum\n")

    assert result.exit_code == 0, result.output
    assert "'Mars' is no IANA time zone" in result.output
    assert "[Asia/Tokyo]" in result.output
    assert "'fr' is none of: en, zh" in result.output
    assert "  forum           A forum of the kind that many have, by its API: posts, topics and likes" in result.output
    settings = get_settings()
    assert (settings.name, settings.timezone, settings.language) == ("网友", "Asia/Tokyo", "zh")
    assert files_below(here) == ["guildbook.toml", "sources/forum.yaml"]
    assert (here / "sources" / "forum.yaml").read_text(encoding="utf-8") == FORUM


def test_a_machine_without_a_known_time_zone_proposes_none(monkeypatch):
    monkeypatch.setattr(initing, "is_asked", lambda: True)
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "local")
    result = invoke("club", "--name", "a", keys="\nUTC\n\n\n")
    assert (result.exit_code, "Time zone: " in result.output) == (0, True)


def test_without_a_terminal_the_missing_flags_are_named(here, ready):
    result = invoke("club", "--name", "a", "--language", "en")
    assert result.exit_code == 1
    assert result.output == (
        "nobody is here to be asked: give --timezone, --from too; --from is one of: files, forum\n"
    )
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--timezone", "Mars"), "'Mars' is no IANA time zone"),
        (("--name", "x" * 101), "at most 100 characters"),
        (("--name", " "), "say the name"),
        (("--language", "fr"), "'fr' is none of: en, zh"),
        (("--from", "../forum"), "'../forum' is none of: files"),
    ],
)
def test_a_wrong_flag_is_named_and_nothing_is_written(here, words, said):
    result = invoke("club", *FLAGS, *words)
    assert (result.exit_code, said in " ".join(result.output.split())) == (2, True)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("club/guildbook.toml", "is a home already: its settings are in"),
        ("club/photo.jpg", "holds other things (photo.jpg), and all that is in a home becomes private"),
        ("club", "is a file: name a folder"),
    ],
)
def test_nothing_is_overwritten_or_taken_over(here, there, said):
    (here / there).parent.mkdir(exist_ok=True)
    (here / there).write_text("mine", encoding="utf-8")
    result = invoke("club", *FLAGS)
    assert (result.exit_code, said in result.output) == (1, True)
    assert files_below(here) == [there]
    assert (here / there).read_text(encoding="utf-8") == "mine"


def test_guildbooks_own_folder_is_no_home():
    result = invoke(str(new_home.PROJECT_DIR), *FLAGS)
    assert (result.exit_code, "holds Guildbook itself" in result.output) == (1, True)


def test_a_folder_that_was_a_home_before_keeps_what_it_has(here, ready, monkeypatch):
    for path in ("landing/content/2026-01-01/a.csv", "sources/forum.yaml", SETTINGS_FILE, ".git/config"):
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text("GUILDBOOK_TIMEZONE=UTC\n", encoding="utf-8")

    result = invoke(*FLAGS[:-1], "forum")

    assert result.exit_code == 0, result.output
    assert (here / "sources" / "forum.yaml").read_text(encoding="utf-8") == "GUILDBOOK_TIMEZONE=UTC\n"
    assert "warning   the environment or settings.env says timezone too, and goes first" in result.stderr
    assert get_settings().timezone == "UTC"


@pytest.mark.parametrize("kind", ["files", "forum"])
def test_the_next_commands_can_be_pasted(here, ready, kind, monkeypatch):
    monkeypatch.setattr(new_home.shutil, "which", lambda _: "/usr/bin/guildbook")
    monkeypatch.setenv("GUILDBOOK_HOME", "/elsewhere")
    commands = commands_of(invoke("our club", *FLAGS[:-1], kind))

    assert commands[:2] == [f"cd '{here}/our club'", "unset GUILDBOOK_HOME"]
    known = typer.main.get_command(app)
    for line in commands[2:]:
        name, *words = shlex.split(line)
        assert name == "guildbook"
        command = known
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        command.make_context(command.name, words)
    assert commands[-1] == "guildbook run"


def test_a_source_is_added_to_a_home_from_anywhere_inside(here, ready, monkeypatch):
    invoke(".", *FLAGS)
    monkeypatch.setenv("GUILDBOOK_LANGUAGE", "en")
    settings = (here / HOME_FILE).read_text(encoding="utf-8")
    monkeypatch.chdir(here / "landing")

    result = invoke("--from", "forum")

    assert result.exit_code == 0, result.output
    assert commands_of(result)[0] == f"cd {here}"
    assert files_below(here) == ["guildbook.toml", "sources/forum.yaml"]
    assert (here / HOME_FILE).read_text(encoding="utf-8") == settings
    (here / "sources" / "forum.yaml").write_text("mine", encoding="utf-8")
    again = invoke("--from", "forum")
    assert (again.exit_code, "forum.yaml is there already" in again.output) == (1, True)
    assert (here / "sources" / "forum.yaml").read_text(encoding="utf-8") == "mine"
    for words in (("--from", "files"), ("--from", "forum", "--name", "a"), ()):
        assert "is a home already" in invoke(*words).output


def test_a_command_that_is_not_on_the_path_is_named_by_its_place(here, monkeypatch):
    monkeypatch.setattr(new_home.shutil, "which", lambda _: None)
    monkeypatch.setattr(new_home.sys, "argv", ["../my venv/bin/guildbook"])
    monkeypatch.chdir(here)
    assert commands_of(invoke(".", *FLAGS)) == [f"'{here.parent}/my venv/bin/guildbook' run"]


def test_every_ready_source_says_what_it_is_in_a_phrase():
    phrases = new_home.kinds()
    assert "discourse" in phrases
    assert {kind: what for kind, what in phrases.items() if not 10 <= len(what) <= 90} == {}


ENGLISH = """\
# Settings of this community: docs/settings.md lists all of them.
# The environment and settings.env go before this file. Secrets belong into settings.env.

name = "Rust Club" # on pages and in messages
timezone = "Europe/Berlin" # decides what a day is
language = "en" # in which pages open and messages are written: en or zh
"""
CHINESE = """\
# 本社区的设置；全部设置见 docs/settings.md。
# 环境变量和 settings.env 优先于本文件。机密写入 settings.env。

name = "Rust Club" # 用于页面和消息
timezone = "Europe/Berlin" # 决定一天如何划分
language = "zh" # 页面打开和消息所用的语言：en 或 zh
"""


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("zh", CHINESE)])
def test_the_file_says_what_each_setting_is_for_in_the_language_of_the_community(language, text, here):
    invoke(".", *FLAGS, "--language", language)
    assert (here / HOME_FILE).read_text(encoding="utf-8") == text
