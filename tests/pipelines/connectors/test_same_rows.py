"""A landing file with the same rows in another order is left alone; one with other rows is not."""

from __future__ import annotations

import pytest

from pipelines.connectors.same import holds_same

HEADER = "member_id,note\n"


@pytest.mark.parametrize(
    ("there", "content", "same"),
    [
        ("a,1\nb,2\n", "b,2\na,1\n", True),
        ('a,"x\ny"\nb,"z\nw"\n', 'b,"z\nw"\na,"x\ny"\n', True),
        ('a,"x\ny"\nb,"z\nw"\n', 'a,"x\nw"\nb,"z\ny"\n', False),
        ("a,1\na,1\n", "a,1\n", False),
        ("a,1\n", "a,2\n", False),
        ("a,1\n", "", False),
    ],
)
def test_rows_are_compared_in_whatever_order(tmp_path, there, content, same):
    place = tmp_path / "forum.csv"
    place.write_text(HEADER + there, encoding="utf-8")
    built = tmp_path / "built.csv"
    built.write_text(HEADER + content, encoding="utf-8")
    assert holds_same(place, built) is same
    assert not holds_same(tmp_path / "none.csv", built)
    built.write_text(f"id,note\n{there}", encoding="utf-8")
    assert not holds_same(place, built)
