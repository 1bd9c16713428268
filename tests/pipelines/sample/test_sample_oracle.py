"""The table that the churn model is measured with: the probabilities of an observer of the logs."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipelines.lake.schemas import ORACLE
from pipelines.sample.oracle import oracle

DAY = date(2025, 3, 1)


def told(member_id: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"member_id": [member_id], "day": [DAY], "probability": [0.0], "probability_observable": [0.25]}
    )


def test_probabilities_are_those_of_an_observer() -> None:
    table = oracle({"hazard": told("c"), "inactivity_probability": told("a"), "lapse_probability": told("b")})

    assert table.schema == ORACLE
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("inactivity", 30, 30, "a", DAY, 0.25),
        ("lapse", 30, 37, "b", DAY, 0.25),
    ]


@pytest.mark.parametrize("names", [(), ("inactivity_probability",)], ids=["nothing", "no lapses"])
def test_what_was_not_drawn_has_no_rows(names: tuple[str, ...]) -> None:
    table = oracle({name: told("a") for name in names})

    assert table.schema == ORACLE
    assert table["definition"].to_pylist() == [name.partition("_")[0] for name in names]


def test_a_sample_too_short_for_any_cut_off_has_no_rows() -> None:
    nothing = pd.DataFrame({"member_id": [], "day": [], "probability": [], "probability_observable": []})
    table = oracle({"inactivity_probability": nothing, "lapse_probability": nothing.drop(columns="probability")})

    assert table.equals(ORACLE.empty_table())
