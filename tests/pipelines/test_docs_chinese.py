"""The Chinese pages follow the English ones: the same sections, commands, settings, links, tables and code."""

import re
from calendar import month_name

import pytest

from pipelines.settings import PROJECT_DIR
from tests.pipelines.test_docs import texts_of_pages
from tests.support.chinese import half_width

FOLLOWED = ("README.md", "docs/operator-guide.md", "deploy/README.md")
ONLY_CHINESE = {"`GUILDBOOK_LANGUAGE`", "`zh`", "`--language zh`"}
"""What the Chinese pages say of the language in which everything speaks."""


def read(name):
    return (PROJECT_DIR / name).read_text(encoding="utf-8")


def chinese(name):
    return name.replace(".md", ".zh.md")


def is_code(line, before):
    """Whether a line is of an indented block; one that follows a bullet is not."""
    return bool(re.match(r" {4,}\S", line)) and before in ("", "code")


class Section:
    """What of a section is the same in every language."""

    def __init__(self, heading):
        """Begin with its heading."""
        self.level = heading.partition(" ")[0]
        self.words, self.code = [heading], []

    def spans(self):
        return set(re.findall(r"``.+?``|`[^`]+`", " ".join(self.words)))

    def links(self):
        targets = re.findall(r"\]\(([^)]+)\)", " ".join(self.words))
        return {target.replace(".zh.md", ".md").partition("#")[0] for target in targets}

    def figures(self):
        """Figures in running text, English months and millions as Chinese writes them."""
        text = re.sub(r"``.+?``|`[^`]+`|\]\([^)]*\)", " ", " ".join(self.words))
        text = re.sub("|".join(month_name[1:]), lambda found: str(list(month_name).index(found[0])), text)
        text = re.sub(r"([\d.]+) million", lambda found: in_wan(float(found[1]) * 100), text)
        return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))

    def rows(self):
        return sum(line.startswith("|") for line in self.words)

    def points(self):
        return [found[1] for line in self.words if (found := re.match(r"(\*|\d+\.) ", line))]


def in_wan(count):
    """Ten thousands as Chinese counts them."""
    return f"{count:,.0f} 万" if count < 10_000 else f"{count / 10_000:g} 亿"


def sections(text):
    """Split a page by its headings."""
    found, before = [], ""
    for line in text.splitlines():
        if re.match("#+ ", line):
            found.append(Section(line))
        elif is_code(line, before):
            found[-1].code.append(re.sub(r"(^|  )\s*# .*", "", line.strip()).rstrip())
            before = "code"
            continue
        else:
            found[-1].words.append(line.strip() if line.startswith(" ") else line)
        before = line.strip()
    return found


def pairs():
    """Each section of each page, in English and in Chinese."""
    for name in FOLLOWED:
        yield from zip(sections(read(name)), sections(read(chinese(name))), strict=True)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_chinese_page_has_the_same_sections_in_the_same_order(name):
    assert [one.level for one in sections(read(chinese(name)))] == [one.level for one in sections(read(name))]


def test_a_chinese_page_names_the_same_commands_settings_and_files_section_by_section():
    differing = {}
    for english, other in pairs():
        missing, more = english.spans() - other.spans(), other.spans() - english.spans() - ONLY_CHINESE
        if missing or more:
            differing[english.words[0]] = (missing, more)

    assert differing == {}


def test_a_chinese_page_links_to_the_same_pages_and_to_its_own_sections():
    for english, other in pairs():
        own = {"README.md", "operator-guide.md", "glossary.md"} if english.level == "#" else set()
        assert other.links() - own == english.links() - own, english.words[0]
    for name in FOLLOWED:
        for page in (name, chinese(name)):
            for target, anchor in re.findall(r"\]\(([^)#]*\.md)?#([^)]+)\)", read(page)):
                there = (PROJECT_DIR / page).parent / target if target else PROJECT_DIR / page
                headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), flags=re.MULTILINE)
                assert anchor in {slug(heading) for heading in headings}, (page, target, anchor)


def slug(heading):
    """The name under which a heading is linked to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_a_chinese_page_has_the_same_code_apart_from_comments_and_as_many_rows_and_points():
    for english, other in pairs():
        assert other.code == english.code, english.words[0]
        assert (other.rows(), other.points()) == (english.rows(), english.points()), english.words[0]


def test_a_chinese_page_gives_the_same_figures():
    assert {
        one.words[0]: (one.figures(), other.figures()) for one, other in pairs() if one.figures() != other.figures()
    } == {}


def test_the_glossary_reads_both_ways():
    words = dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \|", read("docs/glossary.md"), flags=re.MULTILINE))
    back = re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \|", read("docs/glossary.zh.md"), flags=re.MULTILINE)

    assert [(english, word) for word, english in back] == list(words.items())
    assert len(words) > 40


def test_the_pages_in_two_languages_link_to_each_other():
    for name in (*FOLLOWED, "docs/glossary.md"):
        own, other = name.rpartition("/")[2], chinese(name).rpartition("/")[2]
        assert f"]({other})" in read(name).split("\n## ")[0]
        assert f"]({own})" in read(chinese(name)).split("\n## ")[0]


def test_the_chinese_readme_names_every_page_of_the_report():
    listed = read("README.zh.md")

    assert [title.zh for title, _ in texts_of_pages() if title.zh not in listed] == []


def test_chinese_pages_are_written_with_full_width_punctuation():
    found = []
    for name in (*FOLLOWED, "docs/glossary.md"):
        for section in sections(read(chinese(name))):
            found += half_width(re.sub(r"`[^`]*`", "`", re.sub(r"\]\([^)]*\)", "]", " ".join(section.words))))

    assert found == []
