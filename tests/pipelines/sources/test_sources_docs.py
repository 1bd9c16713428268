"""The page of sources and the ready files against the kinds that there are."""

from __future__ import annotations

import pytest
import yaml

from pipelines.connectors.mapping import read_mapping
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.sources.configured import read
from pipelines.sources.definition import Source
from pipelines.sources.kind import READY
from pipelines.sources.kinds import KINDS, kind

DOCS = PROJECT_DIR / "docs"
PAGE = (DOCS / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_its_part_of_the_page_and_a_ready_file_that_reads(name, tmp_path):
    assert f"| [`{name}`](sources/{name}.md) |" in PAGE
    assert f"guildbook init --from {name} " in (DOCS / "sources" / f"{name}.md").read_text(encoding="utf-8")
    text = (READY / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "mine.yaml").write_text(text, encoding="utf-8")
    named = read(Home(tmp_path), "mine", Settings(home=tmp_path))
    assert named.source.kind == name
    if (mapping := kind(name).mapping) is not None:
        read_mapping(READY / mapping)


@pytest.mark.parametrize("name", KINDS)
def test_what_a_ready_file_offers_as_a_comment_is_a_key_of_its_kind(name):
    lines = (READY / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    offered = [line.removeprefix("# ") for line in lines if line.startswith("# ") and ": " in line]
    keys = {key for line in offered if isinstance(said := _yaml(line), dict) for key in said if key.islower()}
    assert {key for key in keys if " " not in key} <= {*kind(name).model.model_fields}


def _yaml(line):
    try:
        return yaml.safe_load(line)
    except yaml.YAMLError:
        return None


def test_each_common_key_is_on_the_page_with_its_default():
    cells = [[cell.strip(" `") for cell in row.split("|")[1:3]] for row in PAGE.splitlines() if row.startswith("| `")]
    rows = dict(cells)
    for name, field in Source.model_fields.items():
        assert name in rows, name
        if isinstance(field.default, int):
            assert rows[name] == str(field.default), name


def test_each_kind_that_keeps_answers_can_forget_a_person_in_them():
    of_the_operators_files = {"discord", "exports", "slack", "zsxq", "zulip"}
    assert {name for name in KINDS if kind(name).forgetting is None} == of_the_operators_files
    for name in of_the_operators_files:
        assert ".kept.add(" not in (READY.parent / "kinds" / f"{name}.py").read_text(encoding="utf-8"), name
