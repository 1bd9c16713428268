"""Whatever a room says to people has its Chinese, wherever in the code it stands: raised, returned or put together.

A test that looks at what is raised alone misses an error that a function makes of an address and a text.
"""

from __future__ import annotations

import ast
import re

import pytest
import yaml

from pipelines.home import Home
from pipelines.report.parts.reasons import chinese
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.sources.configured import read
from pipelines.sources.definition import SourceError
from tests.support.chinese import CHINESE, LEFT, VALUES, filled, is_said, written

PIPELINES = PROJECT_DIR / "pipelines"
MAPPINGS = PROJECT_DIR / "docs" / "mappings"

ROOMS = (
    *("pipelines/churn", "pipelines/connectors", "pipelines/erasure", "pipelines/exporting", "pipelines/retention"),
    *("pipelines/sending", "pipelines/settings", "pipelines/sources", "models"),
)
"""Rooms of which every sentence is for whoever runs Guildbook."""

TO_PROGRAMS = {"guildbook (community analytics)", "would be sent", "guildbook import", "bytes in a line", "not in"} | {
    "Always group by §.", "not collected", "Send something worth reading.",
}  # fmt: skip
"""What other programs are told, and names of states, which each place says in its own words."""
SQL = re.compile(
    r"\b(select|union all|create|insert into|case|cast|try_cast|coalesce|timezone|left join|order by)\b|"
    r"is (not )?(null|distinct)|not in \(|^(attach|copy from database|checkpoint|detach|describe from|begin|update) "
)
PASSED_OVER = {"github_query.py", "feature_words.py"}
"""GraphQL, and templates of which each is given with its Chinese."""
NAMES_OF_OTHERS = {"_POST_TYPES", "_VOTE_TYPES"}
"""What Stack Exchange calls its numbers."""
FOR_DEVELOPERS = {"Field", "Text", "Claim", "description", "eligible"}
"""Descriptions of assets, settings and definitions, and texts that hold both languages."""


def of_sql(message):
    """A sentence as SQL makes it: a literal without its quotes, and the end of one behind a value."""
    message = message.strip("'")
    return f"x: 'y'{message}" if message.startswith(" ") else message


def beside_its_chinese(node):
    """What stands beside a text in Chinese: in the same call or the same tuple."""
    beside = node.elts if isinstance(node, ast.Tuple) else []
    if isinstance(node, ast.Call):
        beside = [*node.args, *(one.value for one in node.keywords)]
    return beside if any(CHINESE.search(ast.unparse(one)) for one in beside) else []


def sentences(room):
    """Every sentence of a room and each that it is put together of: where it stands, and its words with marks."""
    for path in sorted((PROJECT_DIR / room).rglob("*.py")):
        if path.name in PASSED_OVER:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed_over = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # what documents the code
                passed_over.add(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in FOR_DEVELOPERS:
                passed_over.update(ast.walk(node))
            elif isinstance(node, ast.JoinedStr):
                passed_over.update(node.values)
            elif isinstance(node, ast.keyword) and node.arg in FOR_DEVELOPERS and written(node.value):
                passed_over.add(node.value)
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in NAMES_OF_OTHERS:
                passed_over.update(ast.walk(node.value))
            passed_over.update(part for one in beside_its_chinese(node) for part in ast.walk(one))
        for node in ast.walk(tree):
            text = "" if node in passed_over else written(node) or ""
            if LEFT.search(text) and text.strip(" '") not in TO_PROGRAMS and not SQL.search(text):
                yield f"{path.relative_to(PROJECT_DIR)}:{node.lineno}", of_sql(text)


PUT_TOGETHER = [*VALUES, ("x", "x", "12", "", "x"), ("12", ""), ("x", "x", "test", "0.3")]
"""Values of the marks; some hold words in brackets, or none."""


@pytest.mark.parametrize("room", ROOMS)
def test_each_sentence_of_a_room_is_said_in_chinese(room):
    found = list(sentences(room))
    lacking = [
        (place, said) for place, said in found if not any(is_said(filled(said, words)) for words in PUT_TOGETHER)
    ]

    assert lacking == []
    assert found


def test_why_a_mapping_that_comes_with_guildbook_leaves_columns_out_is_said_in_chinese():
    ready = [path for room in ("connectors", "sources") for path in (PIPELINES / room / "ready").glob("*.yaml")]
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in [*ready, *MAPPINGS.glob("*.yaml")]]
    found = [f"x, y: {one['why']}" for document in documents for one in document.get("untaken", [])]

    assert [one for one in found if not is_said(one)] == []
    assert found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "kind: discourse\nurl: https://x.org\nschedule: '5'\n",
            "forum：forum.yaml：schedule（第 3 行）：'5' 不是 cron",
        ),
        (
            "kind: discourse\nurl: https://x.org\nshedule: x\nsecrets: 5\n",
            "shedule（第 3 行）：没有这个键；是否想写 schedule？",
        ),
        ("kind: feed\n", "url：为必填"),
        ("kind: database\nsecrets: {url: X}\nqueries: {}\n", "queries（第 3 行）：至少要有 1 项，现有 0 项"),
        ("kind: wiki\n", "不在可选之列"),
    ],
)
def test_what_is_wrong_in_a_file_of_the_home_is_said_in_chinese(text, wrong, tmp_path):
    home = Home(tmp_path)
    home.sources.mkdir()
    (home.sources / "forum.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(SourceError) as error:
        read(home, "forum", Settings())

    assert wrong in chinese(str(error.value))
