"""Mutation: money, labels of churn and gates with one small change at a time, which a test has to notice."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.torture.mutation.forked import holds
from tests.torture.mutation.mutant import ROOT, Mutant, SurvivedError
from tests.torture.mutation.what import N_FIRST, PYTHON, changed_models, mutants
from tests.torture.suite import Suite

MOST_SURVIVORS = 0.05


def prepare(folder: Path) -> None:
    """Nothing is shared: a process reads the project and keeps its tests warm when it first needs them."""


def play(seed: int, prepared: Path, own: Path) -> str:
    """Make the change of a seed and return what noticed it."""
    one = mutants()[seed % len(mutants())]
    text = one.applied((ROOT / one.path).read_text(encoding="utf-8"))
    noticed = _python(one, text, own) if one.path.endswith(".py") else _sql(one, text)
    if not noticed:
        raise SurvivedError(one)
    return f"{one}  noticed by {noticed}"


def _python(one: Mutant, text: str, own: Path) -> str:
    tests = PYTHON[one.area][one.path]
    assert _is_sound(one.path, tests), f"{one.path} fails its tests as it is"
    return "" if holds(one.path, text, tests, own) else ", ".join(Path(name).name for name in tests)


@cache
def _is_sound(path: str, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass on a module as it is: a change cannot fail what fails already."""
    with TemporaryDirectory() as folder:
        return holds(path, (ROOT / path).read_text(encoding="utf-8"), tests, Path(folder))


def _sql(one: Mutant, text: str) -> str:
    from tests.torture.mutation.unit_tests import unit_tests  # noqa: PLC0415 - importing dbt takes seconds

    if "/macros/" in one.path:
        return unit_tests().notice_macro(one.path, text, changed_models())
    return unit_tests().notice_model(Path(one.path).stem, text)


SUITE = Suite(
    name="mutants",
    title="Mutation",
    what="""\
SQL and Python of money, of the labels of churn and of the gates get one small change: a bound or an operator, a
constant, a literal, a kind of join, an aggregate, a condition that is left out, a column of a partition, a default, a
result, a call. A test has to notice: a unit test of dbt beside that model, or for Python a test of that room. A change
that the engine refuses counts as noticed. Up to 5 % may go unnoticed; those that do are named. What is changed is
the list in `tests/torture/mutation/what.py`; changes that no rows can tell from the text as it is are listed with
their reasons in `tests/torture/mutation/equivalent.py` and count as neither. A seed is a place in the row of all
changes, so it means another change once the text is another.
""",
    prepare=prepare,
    play=play,
    n_seeds=lambda _: len(mutants()),
    n_short=N_FIRST,
    tolerated=MOST_SURVIVORS,
    unseen=(
        "Two changes that only together go unnoticed: one is made at a time.",
        "Wrong text of messages, and SQL that Python puts together: strings of Python are not changed.",
        "Settings, types and the order of columns: only statements of models, macros and functions are changed.",
        "`pipelines/gates/shapes`, which says how unusual a delivered day looks: its thresholds were chosen on real "
        "logs, and the tests beside it hold them to days of these.",
        "Features of the churn model that decide no label; and the data tests of dbt, each of which is shown to notice "
        "errors that are put into built marts.",
    ),
)
