"""Chinese is written as a native reader would: its own punctuation, the words of the glossary, no yes to a whether."""

import re

import pytest
import yaml
from babel.messages.pofile import read_po

from pipelines.contract import LOGS
from pipelines.report.parts import words
from pipelines.settings import PROJECT_DIR
from tests.pipelines.cli.test_cli_language import TEXTS
from tests.support.chinese import HAN, answered_whether, half_width

REPORT = PROJECT_DIR / "pipelines" / "report"


def translations():
    for path in sorted((REPORT / "translations").glob("*.po")):
        with path.open("rb") as file:
            yield from ((path.name, str(one.id), str(one.string)) for one in read_po(file) if one.id)


def names_of_metrics():
    catalogue = (PROJECT_DIR / "pipelines" / "metrics" / "catalogue.yaml").read_text(encoding="utf-8")
    for one in pairs_in(yaml.safe_load(catalogue)):
        yield "catalogue.yaml", one["en"], one["zh"]


def pairs_in(value):
    if isinstance(value, dict) and {"en", "zh"} <= value.keys():
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from pairs_in(one)


def texts_of_pages():
    """Texts of templates and scripts: each call of ``say``."""
    for path in (*(REPORT / "templates").glob("*.html"), *(REPORT / "static").glob("*.js")):
        text = path.read_text(encoding="utf-8")
        for quote in ('"', "`"):
            written = rf"{quote}([^{quote}\n]*){quote}"
            for english, chinese in re.findall(rf"say\(\s*{written},\s*{written}", text):
                yield path.name, english, chinese


ALL = [*TEXTS, *translations(), *names_of_metrics(), *texts_of_pages()]


def test_no_text_has_half_width_punctuation_between_chinese_characters():
    assert [(place, found) for place, _, chinese in ALL if (found := half_width(chinese))] == []
    assert len(ALL) > 1500
    assert len(list(texts_of_pages())) > 30


def test_no_text_answers_a_whether_by_yes_or_no():
    assert [(place, found) for place, _, chinese in ALL if (found := answered_whether(chinese))] == []
    assert answered_whether("是否自动续费：否")
    assert half_width("请教:如何")


def test_a_percentage_is_written_without_a_space():
    assert [(place, chinese) for place, _, chinese in ALL if re.search(rf"\d %[ {HAN}]", chinese)] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (r"waive[sd]?", "放行"),
        (r"with(held|holds?)", "扣留"),
        (r"quarantined?", "隔离"),
        (r"gates?", "质量门"),
        (r"erased?", "抹除"),
        (r"pseudonyms?", "化名"),
        (r"lake", "数据湖"),
        (r"control arm", "对照组"),
        (r"tombstones?", "墓碑标识"),
        (r"cut-offs?", "切点"),
        (r"champion", "冠军"),
        (r"home folder", "主目录"),
        (r"deliver(y|ies)", "送达"),
    ],
)
def test_a_word_of_the_glossary_is_that_of_the_glossary_everywhere(english, chinese):
    """A command keeps its name, such as ``guildbook gate waive``."""
    command = re.compile("guildbook [a-z -]+|`[^`]*`")
    spoken = [(place, command.sub("", text), other) for place, text, other in ALL if text != other]
    asked = [one for one in spoken if re.search(rf"\b{english}\b", one[1])]

    assert asked
    assert [one for one in asked if chinese not in one[2]] == []


@pytest.mark.parametrize(
    ("log", "column", "names"),
    [("events", "kind", words.GATHERINGS), ("events", "mode", words.MODES), ("content", "access", words.ACCESS)],
)
def test_kinds_of_the_contract_have_words_of_both_languages(log, column, names):
    (kinds,) = (one.kinds for one in LOGS[log].columns if one.name == column)
    assert set(names) == set(kinds)
    assert not any(name.zh.isascii() for name in names.values())
