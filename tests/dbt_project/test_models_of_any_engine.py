"""The models keep to what DuckDB and Spark say alike: what differs, loudly or silently, is in the engine's macros."""

from __future__ import annotations

import re

import pytest

from pipelines.warehouse.project import DBT_PROJECT_DIR

ENGINES = {"engine.sql", "engine_spark.sql", "tables_spark.sql"}
"""Macros that say something in an engine's own words."""

WORDS = re.compile(
    r"\b(?:qualify|string_agg|regexp_\w+|list_(?:sort|filter|transform|distinct|concat|sum|median)|lgamma|isodow|mad|"
    r"percentile_disc|unnest|array_to_string|struct_pack|read_parquet|date_diff|generate_series|materialized|exclude|"
    r"using key|lambda|target\.type)\b(?=\s*\(|\s)|//|::",
    re.IGNORECASE,
)
"""What only DuckDB understands, and a question for the engine's name."""

SILENT = {
    "a number with a point is a decimal there and a double here: write 5e-1 or 0.5e0": re.compile(
        r"(?<![\w.'$])\d+\.\d+(?![\de.'])"
    ),
    "varchar has a length there: write string": re.compile(r"\bas varchar\b"),
    "a window over a range of days came out empty there: join a day moved by so many days": re.compile(
        r"\brange between interval\b"
    ),
    "a window takes no filter there: count what a case gives": re.compile(
        r"filter \([^()]*(?:\([^()]*\)[^()]*)*\)\s*over\b"
    ),
    "a case whose first value is a whole number is an integer there: cast(0 as bigint), 0e0": re.compile(
        r"\bthen -?\d+\s+else\s+(?!-?\d+\s+end\b|null\b)"
    ),
    "an apostrophe that is doubled is lost there: use text()": re.compile(r"'[^'\n]*\w''\w[^'\n]*'"),
}
"""What gives other rows or types on Sail or Spark without an error, and what to write."""

CROSS = re.compile(r"\bcross join\b")
CLAUSE_ENDS = re.compile(r"\b(?:where|group by|order by|union|window|select|limit)\b")
CONDITION = re.compile(r"\bon\b(.*?)(?=\b(?:inner|left|right|full|cross)\b|$)", re.DOTALL)
MOVED = re.compile(r"(?:[-+*/]|cast\()[^=<>]*=(?!=)|[^<>]=[^=<>]*(?:[-+*/]|cast\()")


def without_comments(sql):
    return re.sub(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}", "", sql, flags=re.DOTALL)


def written(path):
    """The SQL of a file without its comments and what is worked out before the engine sees it."""
    return re.sub(r"\{[%{].*?[%}]\}", "", without_comments(path.read_text(encoding="utf-8")), flags=re.DOTALL)


def clause_after(sql, start):
    """The rest of a from clause: up to its end or that of the parentheses it stands in."""
    depth = 0
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth < 0 or (depth == 0 and CLAUSE_ENDS.match(sql, place)):
            return sql[start:place]
    return sql[start:]


def moved_after_cross_join(sql):
    """Conditions of joins after a cross join that equate a column with something worked out: Sail forgets them."""
    conditions = [
        part
        for cross in CROSS.finditer(sql)
        for condition in CONDITION.findall(clause_after(sql, cross.end()))
        for part in re.split(r"\band\b", condition)
    ]
    return [" ".join(part.split()) for part in conditions if MOVED.search(part) and " between " not in part]


def found(sql):
    sql = without_comments(sql)
    said = [why for why, pattern in SILENT.items() if pattern.search(sql)]
    return said + [f"make the key in a step before the join: {condition}" for condition in moved_after_cross_join(sql)]


@pytest.mark.parametrize(
    ("sql", "n"),
    [
        ("select n / 2.0 as half", 1),
        ("select n / 2e0, n * 0.5e0, '2.0', t1.c2", 0),
        ("select cast(null as varchar) as none", 1),
        ("sum(n) over (order by day range between interval 7 days preceding and current row)", 1),
        ("count(*) filter (where a and lower(b) = 'x') over (partition by c)", 1),
        ("count(case when a then 1 end) over (partition by c), count(*) filter (where b)", 0),
        ("case when a then 0 else amount end", 1),
        ("case when a then cast(0 as bigint) else amount end, case when a then 1 else 0 end", 0),
        ("select 'it''s'", 1),
        ("select '', 'a', replace(b, '''', '')", 0),
        ("from a cross join k inner join p on a.s = p.s and p.day = a.day - 7 * k.n", 1),
        ("from a cross join k left join p on a.s = p.s and cast(a.day - k.n as date) = p.day where p.s is null", 1),
        ("from a cross join k inner join p on a.s = p.s and p.day between a.day - k.n and a.day", 0),
        ("from (select 1 from a cross join k) as e inner join p on e.s = p.s and p.day = e.day - 1", 0),
        ("from a inner join p on p.day = a.day - 7", 0),
    ],
)
def test_what_is_silently_other_is_found(sql, n):
    assert len(found(sql)) == n


@pytest.mark.dbt
def test_no_model_says_what_another_engine_takes_for_something_else(project):
    wrong = {name: said for name in project.models if (said := found(project.compiled(name)))}
    assert wrong == {}


@pytest.mark.dbt
def test_logarithms_of_features_are_rounded_since_engines_differ_in_their_last_digit(project):
    features = [name for name, node in project.models.items() if node["schema"] == "churn"]
    text = {name: re.sub(r"\s", "", without_comments(project.compiled(name))) for name in features}
    assert [name for name, sql in text.items() if re.search(r"(?<!round\()\b(?:ln|exp)\(", sql)] == []
    assert sum("round(ln(" in sql or "round(exp(" in sql for sql in text.values()) >= 3


def test_only_the_engines_macros_speak_as_an_engine():
    paths = [path for folder in ("models", "tests", "macros") for path in (DBT_PROJECT_DIR / folder).rglob("*.sql")]
    wrong = {path.name: said for path in paths if path.name not in ENGINES and (said := WORDS.findall(written(path)))}
    assert wrong == {}
    assert len(WORDS.findall(written(DBT_PROJECT_DIR / "macros" / "engine.sql"))) > 10
