"""What the published tables promise is kept: nothing is lost against the committed interface, and a loss is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipelines.reference import interface
from pipelines.reference.manifest import Mart, MartColumn, load_manifest, published_marts

DAY = MartColumn("day", "date", "The day.", is_required=True, tests=())
COUNT = MartColumn("n_interactions", "bigint", "Interactions.", is_required=False, tests=())
MART = Mart(
    name="interactions",
    folder="marts",
    subject="activity",
    description="One row per day.",
    key=("day",),
    columns=(DAY, COUNT),
    is_incremental=False,
    reach="",
    logs=(),
    has_ledgers=False,
    checks=(),
    deprecated_until=None,
)


def changes(*now):
    return interface.breaking_changes(interface.promised([MART]), interface.promised(now))


def test_the_project_keeps_what_is_committed_and_all_of_it_is_committed():
    promised = interface.promised(published_marts(load_manifest()))
    committed = interface.read()

    assert interface.breaking_changes(committed, promised) == []
    assert committed == promised, "run make docs"


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ((), ["interactions is gone without having been deprecated"]),
        ((replace(MART, columns=(DAY,)),), ["interactions.n_interactions is gone"]),
        ((replace(MART, name="interactions_v2"),), ["interactions is gone without having been deprecated"]),
        (
            (replace(MART, columns=(DAY, replace(COUNT, data_type="double"))),),
            ["interactions.n_interactions was bigint, now it is double"],
        ),
        (
            (replace(MART, columns=(replace(DAY, is_required=False), COUNT)),),
            ["interactions.day was date not null, now it is date"],
        ),
        (
            (replace(MART, key=("day", "n_interactions")),),
            ["interactions: its key was ['day'], now it is ['day', 'n_interactions']"],
        ),
    ],
)
def test_what_a_reader_would_miss_is_a_breaking_change(now, found):
    assert changes(*now) == found


@pytest.mark.parametrize(
    "now",
    [
        (MART,),
        (MART, replace(MART, name="more")),
        (replace(MART, columns=(COUNT, DAY, replace(DAY, name="other_day"))),),
        (replace(MART, columns=(DAY, replace(COUNT, is_required=True))),),
        (replace(MART, description="One row per day, said better.", reach="lifetime"),),
    ],
)
def test_what_no_reader_misses_is_none(now):
    assert changes(*now) == []


def test_a_mart_may_go_once_it_was_committed_as_deprecated_but_keeps_its_columns_until_then():
    deprecated = replace(MART, deprecated_until=date(2027, 3, 31))
    committed = interface.promised([deprecated])

    assert committed["interactions"]["deprecated_until"] == date(2027, 3, 31)
    assert interface.breaking_changes(committed, {}) == []
    assert interface.breaking_changes(committed, interface.promised([replace(deprecated, columns=(DAY,))])) == [
        "interactions.n_interactions is gone"
    ]


def test_the_file_reads_back_what_was_written(tmp_path):
    promised = interface.promised([MART, replace(MART, name="old", deprecated_until=date(2027, 3, 31))])
    (tmp_path / "interface.yml").write_text(interface.dump(promised), encoding="utf-8")

    assert interface.read(tmp_path / "interface.yml") == promised
    assert interface.read(tmp_path / "none.yml") == {}


def test_make_docs_refuses_to_take_anything_away():
    committed = interface.promised([MART])

    assert list(interface.merge(committed, [MART, replace(MART, name="more")])) == ["interactions", "more"]
    with pytest.raises(interface.BreakingChangeError, match=r"interactions\.n_interactions is gone.*mart-versions\.md"):
        interface.merge(committed, [replace(MART, columns=(DAY,))])
