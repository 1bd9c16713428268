"""The rule that stands in for a model: shares of past churners by bands of one feature."""

from __future__ import annotations

import pandas as pd
import pytest

from models.churn_definitions import inactivity
from models.rule import fit_rule

DEFINITION = inactivity()
LOW, MIDDLE, HIGH = 0.0, *DEFINITION.rule_edges


@pytest.mark.parametrize(
    ("rows", "shares"),
    [
        ([], (1 / 2, 1 / 2, 1 / 2)),
        ([(LOW, 0), (LOW, 0), (MIDDLE, 1), (HIGH, 1)], (1 / 4, 2 / 3, 2 / 3)),
        ([(LOW, 0), (LOW, 1), (LOW, 0)], (2 / 5, 2 / 5, 2 / 5)),
        ([(LOW, 0), (HIGH, 1)], (1 / 3, 1 / 3, 2 / 3)),
        ([(MIDDLE, 0), (MIDDLE, 0)], (1 / 4, 1 / 4, 1 / 4)),
        ([(LOW, 0), (None, 1)], (1 / 3, 1 / 3, 2 / 3)),
    ],
    ids=["nothing", "each band", "only short silences", "a band between", "only the middle", "not known: the longest"],
)
def test_a_band_that_nobody_was_in_is_told_by_its_neighbour(rows, shares):
    frame = pd.DataFrame(rows, columns=[DEFINITION.rule_feature, "is_churned"]).astype(
        {DEFINITION.rule_feature: "Float64", "is_churned": "Int64"}
    )
    assert fit_rule(frame, DEFINITION).probabilities == pytest.approx(shares)
