"""Pages written by hand, held to what they speak of: pages of the report, rules, commands, the first example."""

import re
import shlex
import subprocess
import sys
from datetime import date

import typer

from expectations.shape_rules import WITHHOLDING, shape_rules
from pipelines.cli import app
from pipelines.cli.check import check_file
from pipelines.report.sections.scores import TITLE
from pipelines.report.site import PAGES
from pipelines.settings import PROJECT_DIR, Settings

DOCS = PROJECT_DIR / "docs"
PAGES_OF_DOCS = [PROJECT_DIR / "README.md", PROJECT_DIR / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
BY_HAND = [path for path in PAGES_OF_DOCS if not path.read_text(encoding="utf-8").startswith("<!-- Written by")]


def titles():
    """The pages in the menu's order, in English: title -> question."""
    return {title.en: question.en for title, question in texts_of_pages()}


def texts_of_pages():
    """Title and question of each page in the menu's order."""
    modules = [sys.modules[page.__module__] for page in PAGES]
    return [(getattr(one, "_TITLE", TITLE), one._QUESTION) for one in modules]


def test_the_guide_of_the_report_lists_every_page_with_its_question_in_the_menus_order():
    guide = (DOCS / "report.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z][^|]*?)(?: \(`index\.html`\))? \| ([^|]*\?) \|", guide, flags=re.MULTILINE)

    assert rows == list(titles().items())


def test_the_readme_names_every_page_of_the_report():
    listed = " ".join((PROJECT_DIR / "README.md").read_text(encoding="utf-8").split())

    assert [title for title in titles() if title.lower() not in listed] == []


def test_the_operators_guide_explains_every_rule_about_a_days_shape_and_no_other():
    guide = (DOCS / "operator-guide.md").read_text(encoding="utf-8")
    section = guide.partition("## A day that looks like none before it")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", section, flags=re.MULTILINE)
    named = {name: text for names, text in rows for name in re.findall(r"`(\w+)`", names)}

    rules = {rule.column for rule in shape_rules() if not rule.column.endswith("_unsure")}
    assert set(named) == rules
    assert {name for name, text in named.items() if "only warns" in text} == rules - set(WITHHOLDING)


def test_every_link_of_a_page_leads_to_a_file_of_the_project():
    for page in [*PAGES_OF_DOCS, *PROJECT_DIR.glob("*.md"), *(PROJECT_DIR / "deploy").rglob("*.md")]:
        links = re.findall(r"\]\(([^)#\s:]+)[#)]", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def lines_of_commands():
    """Every line in the guides that runs the command, with its page."""
    for page in BY_HAND:
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"^(?: {4,}|)(?:\$ |\.venv/bin/)?(guildbook [a-z].*)$", text, flags=re.MULTILINE):
            yield page, line


def test_every_command_line_of_the_guides_is_one_that_the_command_takes():
    group = typer.main.get_command(app)
    wrong = []
    for page, line in lines_of_commands():
        words = shlex.split(line.partition("  #")[0])[1:]
        command, depth = group, 0
        while hasattr(command, "commands") and depth < len(words) and words[depth] in command.commands:
            command, depth = command.commands[words[depth]], depth + 1
        if hasattr(command, "commands") and not command.invoke_without_command:
            wrong.append((page.name, line))
            continue
        known = {name for one in command.params for name in one.opts}
        wrong += [(page.name, line) for word in words[depth:] if re.match(r"--\w", word) and word not in known]

    assert wrong == []


def test_the_first_example_can_be_copied_and_is_a_good_delivery(tmp_path):
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^ +mkdir -p data/landing.*?(?=\n\n)", readme, flags=re.MULTILINE | re.DOTALL)

    subprocess.run(["bash", "-ec", lines], cwd=tmp_path, check=True)

    (path,) = tmp_path.glob("data/landing/interactions/*/*.csv")
    checked = check_file(path, Settings(home=tmp_path / "home", first_log_day=date(2024, 1, 1)))
    assert checked.is_good, checked.lines
    assert "2 of 2 rows accepted" in checked.lines[0].en
    assert "2 行中接收了 2 行" in checked.lines[0].zh
