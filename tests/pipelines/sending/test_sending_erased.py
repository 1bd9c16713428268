"""An erasure goes through messages that are files: lines that speak of the person go, however plain the id is."""

from __future__ import annotations

import json

import pytest

from pipelines.erasure.files import rewrite
from pipelines.erasure.places import places
from pipelines.privacy.needles import Needles
from pipelines.settings import Settings

pytestmark = pytest.mark.slow

MESSAGE = (
    "Guild: brief\n\nTo contact: 2 members\n- {id} (read 17 times): Send: “Words”.\n- ana17 (quiet): Call.\n\nlink\n"
)


def without(home, path, ids):
    """What a file of a home holds without these ids; None where that is the same."""
    needles = Needles(ids=dict.fromkeys(ids, "erased-000000000000"))
    (place,) = [one for one in places(home) if one.path == path]
    n_changed = rewrite(place, needles, Settings(home=home), applies=True)
    return path.read_text(encoding="utf-8") if n_changed else None


@pytest.mark.parametrize("one", ["bo", "42", "m01096", "ann-lee", "李雷"])
def test_a_line_of_the_person_goes_and_others_stay(tmp_path, one):
    path = tmp_path / "messages" / "team" / "brief.txt"
    path.parent.mkdir(parents=True)
    path.write_text(MESSAGE.format(id=one), encoding="utf-8")

    new = without(tmp_path, path, [one])

    assert new.split("\n")[3] == "[erased]"
    assert new.split("\n")[4] == "- ana17 (quiet): Call."


def test_a_document_stays_one(tmp_path):
    path = tmp_path / "messages" / "team" / "brief.json"
    path.parent.mkdir(parents=True)
    document = {
        "text": MESSAGE.format(id="42"),
        "sections": [{"title": "To contact", "lines": ["- 42 (quiet)", "- bo"]}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")

    new = json.loads(without(tmp_path, path, ["42"]))

    assert "[erased]" in new["text"].split("\n")
    assert new["sections"] == [{"title": "To contact", "lines": ["[erased]", "- bo"]}]


def test_a_message_that_does_not_speak_of_the_person_is_left_as_it_is(tmp_path):
    path = tmp_path / "messages" / "team" / "brief.txt"
    path.parent.mkdir(parents=True)
    path.write_text(MESSAGE.format(id="bo"), encoding="utf-8")
    assert without(tmp_path, path, ["other"]) is None


@pytest.mark.parametrize("one", ["bo", "42", "m01096"])
def test_a_list_of_records_loses_the_id_whatever_it_looks_like(tmp_path, one):
    path = tmp_path / "exports" / "segment.json"
    path.parent.mkdir()
    path.write_text(json.dumps([{"member_id": one, "reasons_en": [f"like {one}"]}, {"member_id": "other"}]))

    rows = json.loads(without(tmp_path, path, [one]))

    assert [row["member_id"] for row in rows] == ["erased-000000000000", "other"]
