"""dbt's unit tests kept warm: their rows lie in tables, and a model's text is rendered and run on them again and again.

dbt itself reads the project and prepares each test. Its own run of a test takes ten times as long as the engine does.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
from dbt.cli.main import dbtRunner
from dbt.clients.jinja import get_rendered
from dbt.context.providers import generate_runtime_unit_test_context
from dbt.task.test import TestRunner
from dbt_common.exceptions import CompilationError

from pipelines.home import Home
from pipelines.settings import Settings
from pipelines.warehouse import dbt
from pipelines.warehouse.project import dbt_environment, environment, project_digest
from tests.support.built_project import WINDOWS, invoke, prepare_nothing
from tests.torture.mutation.mutant import ROOT, changed_part

_KEPT = "kept, so that dbt need not go on with it"


@dataclass
class WarmTest:
    """One unit test of a model.

    Attributes:
        name: what it is called.
        node: dbt's node of it.
        context: what Jinja knows while the model is rendered.
        connection: where its rows lie, each input in a table.
        columns: those that the test looks at.
        expected: the rows that the model gives as it is.
        variables: settings, as the environment says them.
    """

    name: str
    node: Any
    context: dict[str, Any]
    connection: duckdb.DuckDBPyConnection
    columns: list[str]
    expected: list[str]
    variables: dict[str, str]

    def rows(self, raw_code: str) -> list[str]:
        """Return what a text of the model gives, in an order of its own."""
        with environment(self.variables):
            sql = get_rendered(raw_code, self.context, self.node)
        # A cursor, so that no test sees what an error left of a transaction.
        with self.connection.cursor() as cursor:
            found = cursor.execute(f"select {', '.join(self.columns)} from ({sql}\n)").fetchall()
        return sorted(map(repr, found))

    def notices(self, raw_code: str) -> bool:
        """Return whether a text of the model gives other rows, or an error."""
        try:
            return self.rows(raw_code) != self.expected
        except (duckdb.Error, CompilationError):
            return True


class UnitTests:
    """The project of this checkout over logs that were never delivered."""

    def __init__(self) -> None:
        self.home = Home(Path(tempfile.mkdtemp(prefix="guildbook-mutants-")))
        atexit.register(shutil.rmtree, self.home.root, ignore_errors=True)
        prepare_nothing(self.home)
        self.variables = dbt_environment(Settings(home=self.home.root, engagement_windows=WINDOWS))
        self.manifest = dbt._manifest(project_digest())
        self._built: set[str] = set()
        self._tests: dict[str, list[WarmTest]] = {}

    def of(self, model: str) -> list[WarmTest]:
        """Return the tests of a model; those of one input after another are prepared when they are first asked for."""
        if model not in self._tests:
            self._build(f"model.guildbook.{model}")
            made: list[WarmTest] = []
            with mock.patch.object(TestRunner, "execute_unit_test", lambda *told: self._keep(made, *told)):
                outcome = self._invoke("test", "--select", f"{model},test_type:unit")
            tested = [str(one.message) for one in outcome if one.node.resource_type == "unit_test"]
            if wrong := [message for message in tested if _KEPT not in message]:
                raise RuntimeError("\n".join(wrong))
            self._tests[model] = sorted(made, key=lambda one: -len(one.expected))
        return self._tests[model]

    def models(self) -> dict[str, Any]:
        """Nodes of the models by name."""
        nodes = self.manifest.nodes.values()
        return {node.name: node for node in nodes if node.resource_type == "model"}

    def notice_model(self, model: str, text: str) -> str:
        """Return the name of a unit test that notices another text of a model; nothing if none does."""
        return next((one.name for one in self.of(model) if one.notices(text.strip())), "")

    def notice_macro(self, path: str, text: str, nearest: frozenset[str]) -> str:
        """Return the name of a unit test that notices another text of a file of macros; tests of these models first."""
        macros = {macro.macro_sql: macro for macro in self.macros_of(path)}
        before, changed = changed_part((ROOT / path).read_text(encoding="utf-8"), text, [*macros])
        macro = macros[before]
        users = self.users_of(macro.unique_id)
        for model in sorted(users, key=lambda one: (one not in nearest, one)):
            tests, raw_code = self.of(model), self.models()[model].raw_code
            macro.macro_sql = changed
            try:
                if noticed := next((one.name for one in tests if one.notices(raw_code)), ""):
                    return noticed
            finally:
                macro.macro_sql = before
        return ""

    def macros_of(self, path: str) -> list[Any]:
        """Macros of a file below the checkout."""
        return [
            one
            for one in self.manifest.macros.values()
            if one.package_name == "guildbook" and f"dbt_project/{one.original_file_path}" == path
        ]

    def users_of(self, macro: str) -> list[str]:
        """Models that use a macro, or one that uses it."""
        using, more = {macro}, True
        while more:
            found = {
                name
                for name, one in self.manifest.macros.items()
                if name not in using and using & {*one.depends_on.macros}
            }
            more = bool(found)
            using |= found
        return sorted(name for name, node in self.models().items() if using & {*node.depends_on.macros})

    def _build(self, unique_id: str) -> None:
        """Build a model and what it rests on: columns of a test's rows get their types from these tables."""
        wanted, row = [], [unique_id]
        while row:
            one = row.pop()
            if one in self.manifest.nodes and one not in self._built:
                self._built.add(one)
                wanted.append(self.manifest.nodes[one].name)
                row += self.manifest.nodes[one].depends_on.nodes
        if wanted:
            self._invoke("run", "--select", *wanted)

    def _keep(self, made: list[WarmTest], runner: Any, definition: Any, manifest: Any) -> None:
        """Stand in for dbt's run of a unit test: keep what it would run."""
        prepared = runner.build_unit_test_manifest_from_test(definition, manifest)
        node = runner.compiler.compile_node(prepared.nodes[definition.unique_id], prepared, {}, write=False)
        context = generate_runtime_unit_test_context(node, runner.config, prepared)
        connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
        connection.execute("set global TimeZone = 'UTC'")
        for given in node.extra_ctes:
            name, _, rows = given.sql.strip().partition(" as ")
            connection.execute(f"create table {name} as {rows.strip().removeprefix('(').removesuffix(')')}")
        columns = [f'"{name}"' for name in _names(definition.expect.rows or [{}], connection)] or ["*"]
        one = WarmTest(definition.name, node, context, connection, columns, [], self.variables)
        one.expected = one.rows(node.raw_code)
        made.append(one)
        raise RuntimeError(_KEPT)

    def _invoke(self, *arguments: str) -> Any:
        with environment(self.variables):
            return invoke(dbtRunner(manifest=self.manifest), self.home.root / "target", *arguments, "--no-write-json")


def _names(rows: list[dict[str, Any]] | str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the columns of expected rows, listed or as SQL."""
    return connection.sql(rows).columns if isinstance(rows, str) else [*rows[0]]


@lru_cache(maxsize=1)
def unit_tests() -> UnitTests:
    """Return the project of this process."""
    return UnitTests()
