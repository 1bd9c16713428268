"""Whatever the order in which links were delivered, and whichever id came first, the same ids are one person."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_model import CompiledModel

TODAY = date(2025, 3, 31)
IDS = ["a", "b", "小明", "سارة", "👩🏽‍💻", "e\u0301", "\u00e9", "Z"]
DAY = st.integers(1, 31).map(lambda day: date(2025, 3, day))
VERSION = st.fixed_dictionaries(
    {
        "pair": st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True),
        "source": st.sampled_from(["forum", "operator"]),
        "source_seq": st.none() | st.integers(0, 2),
        "op": st.sampled_from(["upsert", "upsert", "upsert", "delete"]),
        "valid_from": st.none() | st.sampled_from([date(2025, 3, 5), date(2025, 4, 1)]),
        "is_revoked": st.booleans(),
        "log_day": DAY,
    }
)
VERSIONS = st.lists(VERSION, max_size=14, unique_by=lambda one: (one["source"], *sorted(one["pair"]), one["log_day"]))


@pytest.fixture(scope="module")
def links(project):
    with closing(CompiledModel(project, "identity_links", ["lake.identity_links"])) as model:
        yield model


@pytest.fixture(scope="module")
def ends(project):
    with closing(CompiledModel(project, "linked_ids", ["base.identity_links", "control.build"])) as model:
        yield model


@pytest.fixture(scope="module")
def persons(project):
    with closing(CompiledModel(project, "persons", ["base.linked_ids"])) as model:
        yield model


def both_ways(ends, standing):
    columns = ("member_id", "other_id", "linked_day")
    rows = ends.rows(*columns, identity_links=standing, build=[{"through_day": TODAY}])
    return [dict(zip(columns, row, strict=True)) for row in rows]


def linked(links, ends, persons, versions):
    columns = ("source", "member_a", "member_b", "valid_from", "revoked_at", "event_day", "log_day")
    rows = [
        {
            "member_a": one["pair"][0], "member_b": one["pair"][1], "event_day": one["log_day"],
            "revoked_at": date(2025, 3, 20) if one["is_revoked"] else None,
            **{name: one[name] for name in ("source", "source_seq", "op", "valid_from", "log_day")},
        }
        for one in versions
    ]  # fmt: skip
    standing = [dict(zip(columns, row, strict=True)) for row in links.rows(*columns, identity_links=rows)]
    return dict(persons.rows("member_id", "person_id", linked_ids=both_ways(ends, standing)))


def rank(version):
    return version["source_seq"] is not None, version["source_seq"] or 0, version["log_day"]


def plainly_linked(versions):
    """The smallest id of each group, found by walking over the links that stand."""
    newest = {}
    for one in sorted(versions, key=rank):
        newest[one["source"], *sorted(one["pair"])] = one
    standing = [
        set(one["pair"])
        for one in newest.values()
        if one["op"] == "upsert" and not one["is_revoked"] and (one["valid_from"] or one["log_day"]) <= TODAY
    ]
    found = {}
    for first in sorted({member for pair in standing for member in pair}):
        reached = {first}
        while grown := {member for pair in standing if pair & reached for member in pair} - reached:
            reached |= grown
        found[first] = min(reached)
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data(), versions=VERSIONS)
def test_any_order_gives_the_persons_that_walking_over_the_links_gives(links, ends, persons, data, versions):
    expected = plainly_linked(versions)
    assert linked(links, ends, persons, versions) == expected
    turned = [
        one | {"pair": one["pair"][::-1] if data.draw(st.booleans()) else one["pair"]}
        for one in data.draw(st.permutations(versions + versions[:3]))
    ]
    assert linked(links, ends, persons, turned) == expected


@pytest.mark.parametrize("stride", [1, 37, 577])
def test_a_chain_of_a_thousand_ids_is_one_person(ends, persons, stride):
    chain = [f"m{stride * number % 1000:03}" for number in range(1000)]
    rows = [{"member_a": one, "member_b": other, "event_day": TODAY} for one, other in pairwise(chain)]
    found = persons.rows(
        "count(*)", "count(distinct person_id)", "min(person_id)",
        linked_ids=both_ways(ends, rows),
    )  # fmt: skip
    assert found == [(1000, 1, "m000")]
