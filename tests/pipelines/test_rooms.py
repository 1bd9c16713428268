"""The rooms of the program: none imports one above it, no files import in a circle, and each is described."""

from __future__ import annotations

import re
import tomllib
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest
from importlinter.cli import lint_imports

from pipelines.settings import PROJECT_DIR

PYPROJECT = PROJECT_DIR / "pyproject.toml"
LINTER = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {one["name"]: one for one in LINTER["contracts"]}
ROOMS = CONTRACTS["rooms"]["layers"]


def imports_hold(config):
    return lint_imports(config_filename=str(config), no_cache=True) == 0


def in_a_circle(imported):
    """The files of a circle, given who imports what; none where there is no circle."""
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_room_imports_one_above_it():
    assert imports_hold(PYPROJECT)


@pytest.mark.parametrize(("above", "below"), [("cli", "sample"), ("defs", "erasure"), ("ingest", "reading")])
def test_an_import_of_a_room_above_would_be_found(tmp_path, above, below):
    text = PYPROJECT.read_text(encoding="utf-8")
    swapped = {above: below, below: above}
    config = tmp_path / "pyproject.toml"
    config.write_text(
        re.sub(rf'^    "({above}|{below})",$', lambda found: f'    "{swapped[found[1]]}",', text, flags=re.MULTILINE),
        encoding="utf-8",
    )
    assert config.read_text(encoding="utf-8") != text

    assert not imports_hold(config)


def test_a_room_that_has_no_place_would_be_found(tmp_path):
    text = PYPROJECT.read_text(encoding="utf-8")
    config = tmp_path / "pyproject.toml"
    config.write_text(text.replace('    "watch",\n', ""), encoding="utf-8")
    assert config.read_text(encoding="utf-8") != text

    assert not imports_hold(config)


def test_no_files_import_each_other_in_a_circle():
    graph = grimp.build_graph(*LINTER["root_packages"], cache_dir=None)
    assert len(graph.modules) > 300

    assert in_a_circle({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}) == []


def test_a_circle_would_be_found():
    assert set(in_a_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def test_only_commands_and_benchmarks_know_the_sample():
    assert ROOMS.index("sample") < min(
        ROOMS.index(room) for room in ROOMS if room not in {"cli", "reference", "sample"}
    )


def test_the_page_on_architecture_describes_every_room_in_its_order():
    page = (PROJECT_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `pipelines/(\w+)(?:\.py)?` \|", page, flags=re.MULTILINE)

    assert described == ROOMS
