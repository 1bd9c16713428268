"""The project as a whole: what it depends on, what it must not contain, and the form that its files keep."""

import ast
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from pipelines.cli.instance import dagster_yaml
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings

PACKAGES = ("pipelines", "models", "expectations")
MAX_LINES = 250
TABLES = {
    "pipelines/contract/__init__.py": "the columns of ten logs",
    "pipelines/lake/schemas.py": "the columns of the ledgers",
    "pipelines/sample/words.py": "word lists",
}
"""Modules longer than the rest because they are tables of constants; splitting them would hide them."""

PYPROJECT_TEXT = (PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads(PYPROJECT_TEXT)
DEPENDENCIES = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["dev"]]

INDEX_OPTIONS = re.compile(
    r"-index" + r"-url|--find" + r"-links|--trusted" + r"-host|index" + r"-url\s*=", re.IGNORECASE
)
INDEX_HOST = re.compile(
    r"https?://[^\s/\"']*(pypi|pythonhosted|artifactory|nexus|devpi)|[/.@](pypi|pythonhosted)\.\w+", re.IGNORECASE
)


def python_files(*folders):
    return sorted(path for folder in folders for path in (PROJECT_DIR / folder).rglob("*.py"))


def shown(path):
    return path.relative_to(PROJECT_DIR).as_posix()


def pinned():
    lines = (PROJECT_DIR / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("requirement", DEPENDENCIES)
def test_every_dependency_has_a_reason(requirement):
    (line,) = [line for line in PYPROJECT_TEXT.splitlines() if line.strip().startswith(f'"{requirement}"')]

    assert re.search(r"# \S.{8,}", line), f"say beside {requirement} what it is for"


def test_constraints_are_exact_versions_and_nothing_else():
    lines = (PROJECT_DIR / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+!]*", line)] == []
    names = [normal(line.split("==")[0]) for line in lines]
    assert len(names) == len(set(names))


def test_every_dependency_is_pinned():
    names = {normal(name) for name in pinned()}

    assert [one for one in DEPENDENCIES if normal(name_of(one)) not in {*names, "guildbook"}] == []


def test_dbt_core_stays_below_the_version_that_cannot_be_installed_offline():
    assert any(one.startswith("dbt-core") and "<1.12" in one for one in DEPENDENCIES)
    assert pinned()["dbt-core"].startswith("1.11.")
    project = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["require-dbt-version"] == [">=1.11.0", "<1.12.0"]


def test_no_file_names_a_package_index():
    if not (PROJECT_DIR / ".git").exists():
        pytest.skip("no git checkout, so it is not known which files belong to the project")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_DIR, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    paths = [PROJECT_DIR / name for name in listed.split("\0") if name]
    assert PROJECT_DIR / "pyproject.toml" in paths
    found = []
    for path in paths:
        text = path.read_bytes().decode("utf-8", errors="ignore") if path.is_file() else ""
        if path != Path(__file__) and (INDEX_OPTIONS.search(text) or INDEX_HOST.search(text)):
            found.append(shown(path))

    assert found == []


@pytest.mark.parametrize(
    "line", ["--extra-index-url x", "index-url = x", "https://pypi.org/simple", "https://a.pythonhosted.org/x"]
)
def test_a_package_index_would_be_found(line):
    assert INDEX_OPTIONS.search(line) or INDEX_HOST.search(line)


def test_modules_stay_short():
    texts = {shown(path): path.read_text(encoding="utf-8") for path in python_files(*PACKAGES)}
    n_lines = {name: sum(bool(line.strip()) for line in text.splitlines()) for name, text in texts.items()}

    assert len(n_lines) > 300
    assert {name: n for name, n in n_lines.items() if n > MAX_LINES and name not in TABLES} == {}, "split them"
    assert [name for name in TABLES if n_lines[name] <= MAX_LINES] == [], "short by now: take them off the list"


def says_what_belongs_in_it(text):
    return not text.strip() or bool(ast.get_docstring(ast.parse(text)))


def test_files_open_by_saying_what_belongs_in_them():
    silent = [
        shown(path)
        for path in python_files(*PACKAGES, "tests")
        if not says_what_belongs_in_it(path.read_text(encoding="utf-8"))
    ]

    assert silent == [], "open the files with a docstring"
    assert not says_what_belongs_in_it("import ast\n")


def test_dbt_reports_to_nobody():
    project = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))

    assert project["flags"]["send_anonymous_usage_stats"] is False


def test_dagster_reports_to_nobody():
    config = yaml.safe_load(dagster_yaml(Home(Path("home")), Settings(max_run_hours=2)))

    assert config["telemetry"] == {"enabled": False}
    assert config["nux"] == {"enabled": False}


def test_dagster_ends_a_run_later_than_its_own_guard_does():
    config = yaml.safe_load(dagster_yaml(Home(Path("home")), Settings(max_run_hours=2)))

    assert config["run_monitoring"]["max_runtime_seconds"] > 2 * 2 * 3600


def test_great_expectations_has_nothing_to_report_with():
    assert not any(one.startswith("posthog") for one in metadata.requires("great-expectations"))


def test_the_version_is_the_same_everywhere():
    version = PYPROJECT["project"]["version"]
    dbt = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))

    assert dbt["version"] == version
    assert f"## [{version}]" in (PROJECT_DIR / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_the_one_that_the_project_declares():
    text = (PROJECT_DIR / "LICENSE").read_text(encoding="utf-8")

    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


LINK = re.compile(r"\[[^]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def dead_links(path):
    targets = [target for target in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in target]
    return [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]


def test_every_link_between_pages_leads_somewhere(tmp_path):
    pages = [*sorted(PROJECT_DIR.glob("*.md")), *sorted((PROJECT_DIR / "docs").rglob("*.md"))]
    (tmp_path / "page.md").write_text("[there](page.md#part) [gone](gone.md) [far](https://example.org)")

    assert dead_links(tmp_path / "page.md") == ["page.md: gone.md"]
    assert len(pages) > 100
    assert [link for page in pages for link in dead_links(page)] == []
