"""What is changed: SQL and Python of money, of the labels of churn and of the gates; which tests have to notice."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from tests.torture.mutation.equivalent import is_equivalent
from tests.torture.mutation.mutant import ROOT, Mutant
from tests.torture.mutation.python import python_mutants
from tests.torture.mutation.sql import sql_mutants

SQL = {
    "money": (
        "models/intermediate/money/*.sql", "models/marts/money/*.sql",
        "models/intermediate/content/int_content__prices.sql", "models/marts/retention/action_effects.sql",
        "macros/payments.sql",
    ),
    "churn labels": (
        "models/churn/churn_labels.sql", "models/churn/int_churn_members.sql", "models/churn/int_churn_payers.sql",
        "models/churn/int_churn_persons.sql", "models/churn/int_churn_linked_ids.sql",
        "models/churn/int_churn_known_*.sql",
        "models/churn/int_churn_logged*.sql", "models/churn/int_churn_events.sql",
        "models/intermediate/churn/*.sql", "models/marts/churn/*.sql",
        "macros/days.sql", "macros/known_versions.sql", "macros/versions.sql",
    ),
    "gates": (
        "models/gates/*.sql", "models/intermediate/quality/int_relations__*.sql",
        "models/rebuild/changed_role_days.sql", "macros/relations.sql",
    ),
}  # fmt: skip
"""Area -> files below ``dbt_project``. A model's own unit tests have to notice; of a macro those of its users."""

GATES = "tests/pipelines/gates"
EXPECTATIONS = tuple(f"tests/expectations/test_expectations_{name}.py" for name in ("few", "nulls", "suites"))
PYTHON = {
    "churn labels": {
        "models/cutoffs.py": ("tests/models/test_cutoffs.py",),
        "pipelines/churn/gaps.py": ("tests/pipelines/churn/test_churn_training.py",),
    },
    "gates": {
        "pipelines/gates/verdicts.py": (f"{GATES}/test_verdicts.py",),
        "pipelines/gates/nobody.py": (f"{GATES}/test_gate_nobody.py",),
        "pipelines/gates/deliveries.py": (f"{GATES}/test_gate_deliveries_of_profiles.py",),
        "pipelines/gates/facts.py": (f"{GATES}/test_gate_facts_of_tables.py",),
        "pipelines/gates/predictions.py": (f"{GATES}/test_gate_predictions_of_tables.py",),
        "pipelines/gates/relations.py": (f"{GATES}/test_gate_relations.py", f"{GATES}/test_gate_facts_of_tables.py"),
        "expectations/rule.py": EXPECTATIONS,
        "expectations/runner.py": EXPECTATIONS,
        "expectations/suites.py": (*EXPECTATIONS, f"{GATES}/test_gate_nobody.py"),
        "expectations/relations.py": (f"{GATES}/test_gate_relations.py",),
    },
}
"""Area -> module -> test files that have to notice."""

FIRST = ("dbt_project/models/churn/int_churn_events.sql", "pipelines/gates/verdicts.py")
"""Files of the first mutants: their tests take least."""
N_FIRST = 4


@lru_cache(maxsize=1)
def mutants() -> tuple[Mutant, ...]:
    """Return every mutant that a test can notice, spread over the files; a seed is a place in this row."""
    found: list[Mutant] = []
    for area, patterns in SQL.items():
        for path in sorted({one for pattern in patterns for one in (ROOT / "dbt_project").glob(pattern)}):
            found += sql_mutants(area, str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    for area, modules in PYTHON.items():
        for name in modules:
            found += python_mutants(area, name, (ROOT / name).read_text(encoding="utf-8"))
    found = [one for one in found if not is_equivalent(one)]
    Random(0).shuffle(found)
    first = [one for one in found if one.path in FIRST]
    first.sort(key=lambda one: FIRST.index(one.path))
    first = [*first[: N_FIRST // 2], *first[-N_FIRST // 2 :]]
    return (*first, *(one for one in found if one not in first))


@lru_cache(maxsize=1)
def changed_models() -> frozenset[str]:
    """Return the names of the models of all areas, whose tests are asked first about a change of a macro."""
    patterns = [one for area in SQL.values() for one in area if one.startswith("models")]
    return frozenset(path.stem for pattern in patterns for path in (ROOT / "dbt_project").glob(pattern))
