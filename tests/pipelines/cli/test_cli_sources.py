"""``guildbook sources``: a source that cannot be pulled keeps none of the others from it, and the exit code is 1."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

pytestmark = pytest.mark.slow

POST = {"id": 7, "topic_id": 1, "post_number": 1, "user_id": 3, "username": "ana", "topic_title": "Hello"}
POST |= {"created_at": "2026-01-05T10:00:00.000Z", "updated_at": "2026-01-05T10:00:00.000Z", "raw": "Hello, all"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with a folder of saved answers, and before it in the order of names one that is not there."""
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    (tmp_path / "sources").mkdir()
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "posts.json").write_text(json.dumps({"latest_posts": [POST]}), encoding="utf-8")
    (tmp_path / "sources" / "forum.yaml").write_text("kind: discourse\nfolder: ../saved\n", encoding="utf-8")
    (tmp_path / "sources" / "empty.yaml").write_text("kind: discourse\nfolder: ../gone\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("command", "said"), [("check", "forum: "), ("pull", "content")])
def test_a_source_that_fails_is_said_and_the_others_are_done(command, said, home):
    result = CliRunner().invoke(app, ["sources", command])

    assert result.exit_code == 1
    assert "empty: " in result.stderr
    assert said in result.stdout
    assert (home / "landing" / "content" / "2026-01-05" / "forum.csv").is_file() is (command == "pull")


def test_the_named_source_alone_is_pulled_and_the_list_says_how_it_ended(home):
    assert CliRunner().invoke(app, ["sources", "pull", "forum"]).exit_code == 0

    listed = CliRunner().invoke(app, ["sources", "list"]).stdout.splitlines()

    assert ["never pulled" in line for line in listed] == [True, False]
    assert "completed" in listed[1]
