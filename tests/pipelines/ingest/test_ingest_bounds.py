"""Numbers are taken up to their bounds; what lies just outside goes to quarantine with column, value and bound."""

from __future__ import annotations

import math

import pytest

from pipelines.contract import LOGS, Type
from tests.damage.rows import row_of
from tests.support.ingest_community import Community, csv_of

BOUNDED = [(log, column) for log in LOGS.values() for column in log.columns if column.least is not None]

BESIDE = {
    "discount_minor": {"price_minor": "1000000000000"},
    "fee_minor": {"amount_minor": "-1000000000000"},
    "amount_minor": {"kind": "", "fee_minor": ""},
}
"""What stands beside a column at its bounds, so that no other rule is broken."""


def values_of(column):
    """Values at the bounds and just inside, then those just outside, each with the bound that it breaks."""
    if column.type is Type.INTEGER:
        inside = [column.least, column.least + 1, column.most - 1, column.most]
        outside = [(column.least - 1, column.least), (column.most + 1, column.most)]
        return inside, [*outside, (2**63 - 1, column.most), (-(2**63), column.least)]
    least, most = float(column.least), float(column.most)
    inside = [least, math.nextafter(least, math.inf), 5e-324, math.nextafter(most, -math.inf), most]
    outside = [(math.nextafter(least, -math.inf), column.least), (math.nextafter(most, math.inf), column.most)]
    return inside, [*outside, (1e308, column.most), (-1.7976931348623157e308, column.least)]


@pytest.mark.parametrize(("log", "column"), BOUNDED, ids=[f"{log.name}.{column.name}" for log, column in BOUNDED])
def test_a_number_is_taken_up_to_its_bounds_and_named_beyond_them(tmp_path, log, column):
    inside, outside = values_of(column)
    texts = [repr(value) for value in inside] + [repr(value) for value, _ in outside]
    names = {one.name for one in log.columns}
    beside = {name: text for name, text in BESIDE.get(column.name, {}).items() if name in names}
    rows = [row_of(log.name, n, beside | {column.name: text}) for n, text in enumerate(texts)]
    community = Community(tmp_path, log.name)
    community.deliver("rows.csv", csv_of(log, rows))
    community.ingest()

    assert sorted(value for (value,) in community.rows(column.name)) == sorted(inside)
    refused = sorted(community.quarantine("line, column_name, reason"))
    assert [line for line, *_ in refused] == list(range(2 + len(inside), 2 + len(texts)))
    for (_, named, reason), (value, bound) in zip(refused, outside, strict=True):
        assert named == column.name
        assert reason.startswith(
            f"{column.name}: '{value!r}' is {'less' if value < bound else 'more'} than {bound:,}, "
        )


def test_neither_infinity_nor_what_is_no_number_is_taken(tmp_path):
    texts = ["inf", "-inf", "Infinity", "nan", "-nan", "NaN", "1e400", "-1e400"]
    community = Community(tmp_path)
    rows = [row_of("interactions", n, {"value": text}) for n, text in enumerate(texts)]
    community.deliver("rows.csv", csv_of(community.log, rows))
    community.ingest()

    assert community.rows() == []
    assert {column for (column,) in community.quarantine("column_name")} == {"value"}
