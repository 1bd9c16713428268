"""What the command says is there in both languages, and is said in the one of the settings."""

from __future__ import annotations

import ast
import re

import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli import app, console, new_home
from pipelines.cli.status import status_lines
from pipelines.home import Home
from pipelines.report.parts.reasons import chinese as spoken_in_chinese
from pipelines.report.parts.text import Text
from pipelines.settings import PROJECT_DIR, get_settings
from tests.support.chinese import CHINESE, written

CODE = sorted((PROJECT_DIR / "pipelines").rglob("*.py"))
WORD = re.compile("[a-z]{4,}")


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
    """Errors are sentences in English, which the translations hold."""
    english = {}
    for path in sorted((PROJECT_DIR / "pipelines" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in ("say", "show", "echo", "tell") and node.args and in_words(node.args[0]):
                english.setdefault(path.name, []).append(node.lineno)

    assert english == {}


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


def test_settings_that_are_wrong_are_said_once_each_and_not_as_an_error_of_the_program(chinese, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_THREADS", "many")
    monkeypatch.setenv("GUILDBOOK_DAILY_HOUR", "24")
    get_settings.cache_clear()

    result = CliRunner().invoke(app, ["status"])

    assert result.exit_code == 2
    assert sorted(result.stderr.splitlines()) == ["GUILDBOOK_DAILY_HOUR：应不大于 23", "GUILDBOOK_THREADS：应为整数"]


def commands(command, path=()):
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, (*path, name))


def test_every_command_and_option_has_its_help_in_chinese():
    found = [
        said
        for _, command in commands(typer.main.get_command(app))
        for said in (command.help, command.epilog, *(getattr(one, "help", None) for one in command.params))
        if said
    ]
    found += list(new_home.kinds().values())

    assert sorted({said for said in found if not CHINESE.search(spoken_in_chinese(said))}) == []
    assert len(found) > 150


@pytest.mark.parametrize("path", [[], ["run"], ["send"], ["gate", "waive"]], ids=" ".join)
def test_help_is_said_in_the_language_of_the_settings_and_cut_nowhere(chinese, path):
    said = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"}).stdout

    assert "用法：" in said
    assert "[选项]" in said
    assert not re.search(r"Usage|OPTIONS|COMMAND|ARGS", said)
    assert "显示本帮助并退出。" in said
    assert not re.search("[\u4e00-\u9fff] ?…", said)


def test_help_is_said_in_english_again_after_it_was_said_in_chinese(chinese, monkeypatch):
    CliRunner().invoke(app, ["status", "--help"])
    monkeypatch.setenv("GUILDBOOK_LANGUAGE", "")
    get_settings.cache_clear()

    said = CliRunner().invoke(app, ["status", "--help"]).stdout

    assert "Options" in said
    assert not CHINESE.search(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["staus"], "没有命令“staus”，是否想写“status”？"),
        (["status", "--mart"], "没有选项 --mart（可用：--marts）"),
        (["--nonsense"], "没有选项 --nonsense"),
        (["gate", "waive"], "缺少参数“table”。"),
        (["gate", "waive", "interactions", "2026-13-01", "--reason", "x"], "“2026-13-01”不是日期"),
        (["quarantine", "nolog"], "没有日志 nolog；可选："),
        (["sample", "--members", "3"], "“--members”的值无效：应不小于 20"),
        (["run", "--from", "2026-01-01"], "缺少选项“--to”：两个日期要么都写，要么都不写"),
        (["run", "--from", "2026-01-02", "--to", "2026-01-01"], "--to 2026-01-01 早于 --from 2026-01-02"),
        (["gate", "waive", "nolog", "2026-01-01", "--reason", "x"], "无效的值：nolog 没有质量门"),
        (["verify", "x"], "多余的参数（x）"),
        (["verify", "--mart", "x"], "没有数据集市 x"),
        (["sources", "pull", "x"], "目前一个也没有"),
        (["send", "test", "x"], "中没有文件"),
        (["check", "nowhere.csv"], "nowhere.csv：没有这个文件"),
        (["rollback"], "没有保留更早的发布版本"),
        (["verify"], "还没有完成过运行，因此无从核对"),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
def test_what_is_wrong_with_a_command_is_said_in_chinese(chinese, words, said):
    result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})

    assert result.exit_code in (1, 2)
    assert said in " ".join(re.sub("[│╭╮╰╯─]", " ", result.stderr).split())


def test_a_home_is_made_in_chinese(chinese, tmp_path):
    words = ["init", str(tmp_path / "new"), "--name", "X", "--timezone", "UTC", "--language", "zh", "--from", "github"]
    said = CliRunner().invoke(app, words).stdout.splitlines()

    assert [line.split()[0] for line in said if line[0] != " "] == ["已写入", "首先", "下一步"]
    assert "机密写入 settings.env" in "".join(said)


def test_a_label_takes_as_many_columns_in_either_language():
    line = console.labelled(Text("withheld", "已扣留"), Text("none", "无"))

    assert line == Text("withheld    none", "已扣留      无")


def test_every_line_of_the_status_of_an_empty_home_is_there_in_both_languages(tmp_path):
    lines = status_lines(Home(tmp_path))

    assert [line.en.split()[0] for line in lines] == ["published", "withheld", "last"]
    assert all(CHINESE.search(line.zh) for line in lines)
