"""What the command says is there in both languages, and is said in the one of the settings."""

from __future__ import annotations

import ast
import re

import pytest
from typer.testing import CliRunner

from pipelines.cli import app, console
from pipelines.cli.status import status_lines
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.settings import PROJECT_DIR, get_settings

CODE = sorted((PROJECT_DIR / "pipelines").rglob("*.py"))
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[a-z]{4,}")

SPEAKS_ENGLISH_ONLY = {"check.py", "due.py", "files.py", "init.py", "new_home.py"}
"""Files of the command whose own sentences are not written as texts yet."""


def written(node):
    """The words of a text as they stand in the code, with a mark for each value; None where they are made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def in_words(node):
    """Whether it is a sentence of one language, and no name of a program."""
    return WORD.search((written(node) or "").replace("guildbook", ""))


def texts():
    """Every text of the code that has both its languages beside each other: where it stands, English, Chinese."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_text = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "Claim")
            )
            if is_text and len(node.args) == 2:
                english, chinese = map(written, node.args)
                if english is not None and chinese is not None:
                    yield f"{path.relative_to(PROJECT_DIR)}:{node.lineno}", english, chinese


TEXTS = list(texts())


def test_no_text_lacks_its_other_language():
    """Words that are the same in both, such as a command, a file or a name, are written twice and alike."""
    lacking = [
        (place, english, chinese)
        for place, english, chinese in TEXTS
        if WORD.search(english) and english != chinese and not CHINESE.search(chinese)
    ]

    assert lacking == []
    assert [place for place, english, chinese in TEXTS if english.strip() and not chinese.strip()] == []
    assert len(TEXTS) > 500


def test_no_text_of_the_command_is_english_in_both_languages():
    alike = [
        (place, english)
        for place, english, chinese in TEXTS
        if place.startswith("pipelines/cli/") and english == chinese and WORD.search(english)
    ]

    assert alike == []


def test_what_a_command_says_is_a_text():
    """Files are taken off the list of those that speak English only as their sentences become texts."""
    english = {}
    for path in sorted((PROJECT_DIR / "pipelines" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in ("say", "show", "echo", "tell") and node.args and in_words(node.args[0]):
                english.setdefault(path.name, []).append(node.lineno)

    assert english.keys() <= SPEAKS_ENGLISH_ONLY, english
    assert {path.name for path in (PROJECT_DIR / "pipelines" / "cli").glob("*.py")} >= SPEAKS_ENGLISH_ONLY


@pytest.fixture
def chinese(monkeypatch, tmp_path):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GUILDBOOK_LANGUAGE", "zh")
    get_settings.cache_clear()
    yield tmp_path / "home"
    get_settings.cache_clear()


def test_the_language_of_the_settings_is_spoken(chinese, monkeypatch):
    assert CliRunner().invoke(app, ["status"]).stdout.splitlines()[0] == "已发布      尚无"

    monkeypatch.setenv("GUILDBOOK_LANGUAGE", "")
    get_settings.cache_clear()
    assert CliRunner().invoke(app, ["status"]).stdout.splitlines()[0] == "published   nothing yet"


def test_settings_that_are_wrong_are_said_in_english_and_not_as_an_error_of_the_program(chinese, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_THREADS", "many")
    get_settings.cache_clear()

    result = CliRunner().invoke(app, ["status"])

    assert (result.exit_code, "GUILDBOOK_THREADS" in result.stderr) == (2, True)


def test_a_label_takes_as_many_columns_in_either_language():
    line = console.labelled(Text("withheld", "已扣留"), Text("none", "无"))

    assert line == Text("withheld    none", "已扣留      无")


def test_every_line_of_the_status_of_an_empty_home_is_there_in_both_languages(tmp_path):
    lines = status_lines(Home(tmp_path))

    assert [line.en.split()[0] for line in lines] == ["published", "withheld", "last"]
    assert all(CHINESE.search(line.zh) for line in lines)
