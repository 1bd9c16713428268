"""A secret that a file of the operator names: from the environment, else from the home's private file."""

from __future__ import annotations

import pytest

from pipelines.faults import UserError
from pipelines.settings import SETTINGS_FILE, Settings
from pipelines.settings.secrets import secret


@pytest.mark.parametrize(
    ("environment", "file", "value"),
    [
        ({"TEAM_URL": "a"}, None, "a"),
        ({}, "TEAM_URL=b$c${TEAM}\n", "b$c${TEAM}"),
        ({"TEAM_URL": "a"}, "TEAM_URL=b\n", "a"),
        ({"TEAM_URL": ""}, "TEAM_URL=b\n", "b"),
    ],
)
def test_the_environment_goes_before_the_file_whose_text_is_taken_as_it_is(
    environment, file, value, tmp_path, monkeypatch
):
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    if file is not None:
        (tmp_path / SETTINGS_FILE).write_text(file, encoding="utf-8")
    assert secret(Settings(home=tmp_path), "TEAM_URL").get_secret_value() == value


@pytest.mark.parametrize("file", [None, "", "TEAM_URL=\n", "TEAM_URLS=x\n"])
def test_one_that_has_no_value_is_named_with_where_to_put_it(file, tmp_path):
    if file is not None:
        (tmp_path / SETTINGS_FILE).write_text(file, encoding="utf-8")
    with pytest.raises(UserError, match=rf"TEAM_URL has no value: .* TEAM_URL=… into {tmp_path}"):
        secret(Settings(home=tmp_path), "TEAM_URL")


def test_it_is_shown_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("TEAM_URL", "hush")
    assert "hush" not in f"{secret(Settings(home=tmp_path), 'TEAM_URL')!r}"
