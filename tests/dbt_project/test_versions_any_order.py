"""Whatever the order in which versions of a row were delivered, and however often, the same one wins."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_model import CompiledModel

VERSION = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["forum", "blog"]),
        "content_id": st.sampled_from(["a", "b"]),
        "source_seq": st.none() | st.integers(0, 2),
        "log_day": st.integers(1, 3).map(lambda day: date(2025, 3, day)),
        "op": st.sampled_from(["upsert", "upsert", "delete"]),
        "title": st.sampled_from(["x", "y", "z"]),
    }
)
VERSIONS = st.lists(VERSION, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def model(project):
    inputs = ["lake.content", "base.persons"]
    with closing(CompiledModel(project, "stg_lake__content", inputs)) as model:
        yield model


def winning(model, versions):
    return model.rows("source", "content_id", "log_day", "title", content=versions, persons=[])


@settings(max_examples=100, deadline=None)
@given(data=st.data(), versions=VERSIONS)
def test_order_and_repetition_change_nothing(model, data, versions):
    repeated = versions + data.draw(st.lists(st.sampled_from(versions), max_size=4))
    assert winning(model, data.draw(st.permutations(repeated))) == winning(model, versions)


@settings(max_examples=100, deadline=None)
@given(versions=VERSIONS)
def test_the_highest_number_wins_else_the_latest_delivery(model, versions):
    best = defaultdict(list)
    for version in versions:
        seq = version["source_seq"]
        rank = (seq is not None, seq, version["log_day"])
        best[version["source"], version["content_id"]].append((rank, version))
    found = {row[:2]: row[2:] for row in winning(model, versions)}
    for key, ranked in best.items():
        winners = [version for rank, version in ranked if rank == max(rank for rank, _ in ranked)]
        possible = [(winner["log_day"], winner["title"]) if winner["op"] == "upsert" else None for winner in winners]
        assert found.get(key) in possible
