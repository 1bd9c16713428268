"""Runs tests on a changed module in a process that forks from one where the libraries are loaded already."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import SourceFileLoader
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings

from tests.torture.mutation.mutant import ROOT

MOST_SECONDS = 120
"""A change that makes a loop endless is noticed by that."""
OURS = ("bench", "expectations", "models", "pipelines", "tests")
LOADED = ("tests.torture.mutation.forked", "tests.support.lanes", "pipelines.privacy.readers", "tests.models.conftest")
"""What most tests need."""
FEW = "mutants"
settings.register_profile(FEW, derandomize=True, deadline=None, max_examples=25, database=None)
QUICK = "not dbt and not job and not browser and not long"


def holds(path: str, text: str, tests: Sequence[str], folder: Path) -> bool:
    """Return whether all tests pass where the module at ``path`` has another text."""
    # Not a fork of this process: it may hold connections and threads of its own.
    context = get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    child = context.Process(target=_run, args=(ROOT / path, text, tuple(tests), folder))
    child.start()
    child.join(MOST_SECONDS)
    if child.exitcode is None:
        child.kill()
        child.join()
        return False
    return _is_passed(child.exitcode)


def _run(module: Path, text: str, tests: Sequence[str], folder: Path) -> None:
    os._exit(_tested(module, text, _users(module), tests, folder))


def _tested(module: Path, text: str, gone: Sequence[str], tests: Sequence[str], folder: Path) -> int:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for name in gone:
        package, _, last = name.rpartition(".")
        if package in sys.modules:
            vars(sys.modules[package]).pop(last, None)
        del sys.modules[name]
    for name in [one for one in os.environ if one.startswith(("PYTEST_", "GUILDBOOK_"))]:
        del os.environ[name]
    os.chdir(ROOT)
    read = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> Any:
        return compile(text, str(module), "exec") if Path(self.path) == module else read(self, name)

    chosen = ["-x", "-q", "-p", "no:cacheprovider", "-m", QUICK, f"--basetemp={folder / 'tests'}"]
    chosen += [f"--hypothesis-profile={FEW}"]
    with mock.patch.object(SourceFileLoader, "get_code", get_code):
        return int(pytest.main([*chosen, *tests]))


def _is_passed(code: int) -> bool:
    """Return whether all tests passed; one that failed has noticed something, as has a fixture that cannot be imported.

    pytest calls the latter a wrong use. That the tests run on the module as it is, is asked of each before.
    """
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"the tests did not run: {pytest.ExitCode(code).name}")
    return code == pytest.ExitCode.OK


def _users(module: Path) -> list[str]:
    """Names of a loaded module, of all that import it, and of the tests: what else is loaded stays."""
    loaded = {name: one.__file__ for name, one in list(sys.modules.items()) if name.partition(".")[0] in OURS}
    gone = {name for name, file in loaded.items() if file == str(module)}
    found = gone
    while found:
        found = {name for name, file in loaded.items() if name not in gone and file and gone & _imported(file)}
        gone = gone | found
    return sorted(gone | {name for name in loaded if name.startswith("tests.")})


@cache
def _imported(file: str) -> frozenset[str]:
    """Names of modules that a module imports, and of what else it imports from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return frozenset(names)
