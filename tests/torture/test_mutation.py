"""The changes that the suite of mutants makes: which ones, and that those listed as equivalent are still to be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.mutation import equivalent, what
from tests.torture.mutation.forked import holds
from tests.torture.mutation.mutant import ROOT, changed_part
from tests.torture.mutation.python import python_mutants
from tests.torture.mutation.sql import sql_mutants

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        ("where a < b", ["`a < b` → `true`", "`<` → `<=`"]),
        ("select *, -1 as n", ["`1` → `0`", "`1` → `2`"]),
        ("where a between 1 and b", ["`a between 1 and b` → `true`", "`1` → `0`", "`1` → `2`"]),
        ("on a = b and c", ["`a = b` → `true`", "`=` → `<>`", "`and` → `or`", "`c` → `true`"]),
        ("left join b", ["`left` → `inner`"]),
        ("coalesce(a, 0)", ["`coalesce(a, 0)` → `(a)`", "`0` → `1`"]),
        ("cast(a as decimal(38, 0))", []),
        ("count(distinct a)", ["`distinct` → ``"]),
        ("partition by a, b order by c desc", [
            "`partition by a, b` → `partition by a`", "`partition by a, b` → `partition by b`", "`desc` → `asc`",
        ]),
        ("case when a in ('b') then c end", [
            "`a in ('b')` → `false`", "`in` → `not in`", "`'b'` → `'b!'`",
        ]),
        ("select 1 -- where a = 1\n{# a = 2 #}", ["`1` → `0`", "`1` → `2`"]),
        ("{{ add_days('a', -30) }} > b", ["`30` → `29`", "`30` → `31`", "`>` → `>=`"]),
    ],
)  # fmt: skip
def test_sql_is_changed_in_one_place_at_a_time(sql, changes):
    found = sql_mutants("money", "a.sql", sql)
    assert [one.change for one in found] == changes
    assert all(one.applied(sql) != sql for one in found)


@pytest.mark.parametrize("new", ["", "seven", "7"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_change_is_found_in_the_part_that_holds_it(place, new):
    parts = ["{a 0}", "{b 1}", "{c 2}"]
    changed = parts[place].replace(str(place), new)
    after = " ".join([*parts[:place], changed, *parts[place + 1 :]])
    assert changed_part(" ".join(parts), after, parts) == (parts[place], changed)


def test_python_is_changed_in_one_place_at_a_time():
    function = "def f(a: int | None = None) -> bool:\n    log(a)\n    return a < LEAST and not a\n"
    text = f'"""Words."""\n\nLEAST = 7\n\n\n{function}'
    assert [f"{one.line} {one.change}" for one in python_mutants("gates", "a.py", text)] == [
        "3 `7` → `6`",
        "3 `7` → `8`",
        "7 `log(a)` → `pass`",
        "8 `a < LEAST and not a` → `None`",
        "8 `<` → `<=`",
        "8 `and` → `or`",
        "8 `not a` → `a`",
    ]


def test_what_is_listed_as_equivalent_can_still_be_made():
    made = {
        equivalent.place(one)
        for path in (ROOT / "dbt_project").rglob("*.sql")
        for one in sql_mutants("", str(path), path.read_text(encoding="utf-8"))
    }
    for name in (name for modules in what.PYTHON.values() for name in modules):
        made |= {equivalent.place(one) for one in python_mutants("", name, (ROOT / name).read_text(encoding="utf-8"))}
    assert equivalent.equivalent().keys() - made == set()


def test_every_file_that_is_named_gives_mutants():
    changed = {one.path for one in what.mutants()}
    assert {name for modules in what.PYTHON.values() for name in modules} <= changed
    for area, patterns in what.SQL.items():
        for pattern in patterns:
            assert any(Path(path).match(f"dbt_project/{pattern}") for path in changed), (area, pattern)


def test_a_module_that_is_changed_fails_its_tests_and_one_that_is_not_passes(tmp_path):
    path, tests = "models/cutoffs.py", ("tests/models/test_cutoffs.py",)
    text = (ROOT / path).read_text(encoding="utf-8")
    assert holds(path, text, tests, tmp_path / "as it is")
    assert not holds(path, text.replace("<= later[0]", "< later[0]"), tests, tmp_path / "changed")
