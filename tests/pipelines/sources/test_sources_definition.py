"""Files of sources: what is wrong with one is said with its name, line and key."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from pipelines.settings import Settings
from pipelines.sources.configured import names, read, read_all
from pipelines.sources.definition import SourceError


@pytest.fixture
def home(tmp_path):
    (tmp_path / "sources").mkdir()
    return Home(tmp_path)


def write(home, name, text):
    (home.sources / f"{name}.yaml").write_text(text, encoding="utf-8")


GOOD = "kind: discourse\nurl: https://forum.example.org\n"


def test_ids_begin_with_the_sources_name_unless_it_says_otherwise(home):
    write(home, "forum", GOOD)
    write(home, "old", GOOD + 'prefix: ""\n')
    write(home, "_draft", "no source")
    settings = Settings(home=home.root)
    assert [(one.name, one.prefix) for one in read_all(home, settings)] == [("forum", "forum:"), ("old", "")]
    assert names(home) == ["forum", "old"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: discours\n", r"forum: kind 'discours' in forum.yaml is none of .*discourse"),
        ("url: https://x\n", r"forum: forum.yaml: kind: is required"),
        (GOOD + "ulr: x\n", r"forum: forum.yaml: ulr \(line 3\): no such key; did you mean url\?"),
        (GOOD + "look_back_days: many\n", r"look_back_days \(line 3\): Input should be a valid integer"),
        (GOOD + "schedule: daily\n", r"schedule \(line 3\): 'daily' is no cron schedule"),
        (GOOD + "folder: x\n", r"the whole file: give one of url, folder"),
        ("kind: [\n", "is no valid YAML"),
    ],
)
def test_a_wrong_file_is_said_with_name_line_and_key(text, message, home):
    write(home, "forum", text)
    with pytest.raises(SourceError, match=message):
        read(home, "forum", Settings(home=home.root))


def test_a_source_that_is_not_there_is_said_with_those_that_are(home):
    write(home, "forum", GOOD)
    with pytest.raises(SourceError, match=r"chat: there is no .*chat\.yaml; there is forum"):
        read(home, "chat", Settings(home=home.root))


def test_two_sources_may_not_give_the_same_ids(home):
    write(home, "forum", GOOD)
    write(home, "talk", GOOD + 'prefix: "forum:"\n')
    with pytest.raises(SourceError, match=r"talk: its ids would be those of forum, both begin with 'forum:'"):
        read_all(home, Settings(home=home.root))


def test_a_secret_without_value_names_source_file_and_variable(home):
    write(home, "forum", GOOD + "secrets: {api_key: FORUM_KEY}\n")
    named = read(home, "forum", Settings(home=home.root))
    with pytest.raises(SourceError, match=r"forum: forum.yaml wants secrets.api_key, but FORUM_KEY has no value"):
        named.secret(Settings(home=home.root), "api_key")
    assert named.secret(Settings(home=home.root), "other") is None
