"""A key that was used is never lost with the power, and a journal that was being forgotten stops nobody."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from pipelines.files import sync
from pipelines.home import Home
from pipelines.privacy import journal
from pipelines.privacy.keys import secret_key


def test_a_key_has_its_name_on_the_disk_before_anything_is_made_with_it(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr("pipelines.files.sync", lambda path: (synced.append(path), sync(path)))

    made = secret_key(SecretStr(""), tmp_path / ".arm_key")

    assert synced[-1] == tmp_path
    assert secret_key(SecretStr(""), tmp_path / ".arm_key") == made


@pytest.mark.parametrize("content", [bytes(300), b""])
def test_a_journal_of_zeros_is_of_an_erasure_that_came_to_its_end(tmp_path, content):
    home = Home(tmp_path)
    home.erasure_journal.parent.mkdir()
    home.erasure_journal.write_bytes(content)

    assert journal.unfinished(home) is None
    assert not home.erasure_journal.parent.exists()
