"""What happened on which day, in the operator's own words: ``annotations.csv`` in the home, read line by line.

A line that is wrong is not drawn and is named with its place; no run stops for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.home import Home

COLUMNS = ("day", "text")
TRANSLATED = "text_zh"
LONGEST = 160
"""Characters of a text: more do not fit beside a chart."""
MOST = 500
"""Lines that are read."""
MOST_DRAWN = 100
"""Notes that pages carry, the latest."""
_LARGEST = 1_000_000

_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")


@dataclass(frozen=True)
class Annotation:
    """A day and what is said of it, in English and in Chinese; the same in both where only one is given."""

    day: date
    text: str
    text_zh: str


@dataclass(frozen=True)
class Problem:
    """What is not drawn: file, line and column, and why in English and Chinese."""

    place: str
    en: str
    zh: str


@dataclass(frozen=True)
class Annotations:
    """What the file says, by day, and what is wrong in it."""

    rows: tuple[Annotation, ...] = ()
    problems: tuple[Problem, ...] = ()

    def drawn(self, through_day: date) -> list[Annotation]:
        """Return the latest notes of days that the data has."""
        return [one for one in self.rows if one.day <= through_day][-MOST_DRAWN:]


def read_annotations(home: Home) -> Annotations:
    """Return what the home's file says; nothing where there is none."""
    path = home.annotations
    if not path.exists():
        return Annotations()
    try:
        if path.stat().st_size > _LARGEST:
            return _unread(path.name, "it is larger than 1 MB", "文件超过 1 MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return _unread(path.name, f"it cannot be read ({error.strerror})", f"无法读取（{error.strerror}）")
    except UnicodeDecodeError:
        return _unread(
            path.name, "it is no UTF-8 text: save it as CSV UTF-8", "不是 UTF-8 文本：请另存为 CSV UTF-8 格式"
        )
    found = list(_parsed(path.name, text))
    rows = sorted((one for one in found if isinstance(one, Annotation)), key=lambda one: one.day)
    return Annotations(tuple(rows), tuple(one for one in found if isinstance(one, Problem)))


def _unread(name: str, en: str, zh: str) -> Annotations:
    return Annotations(problems=(Problem(f"{name}:1:1", en, zh),))


def _parsed(name: str, text: str) -> Iterator[Annotation | Problem]:
    """Each line as a note or as what is wrong with it; blank lines are passed over."""
    reader = csv.reader(text.splitlines(keepends=True))
    header: list[str] | None = None
    line, n_read = 1, 0
    try:
        for cells in reader:
            place, line = f"{name}:{line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                if missing := [one for one in COLUMNS if one not in header]:
                    yield _no_columns(place, missing, ",".join(cells))
                    return
                continue
            n_read += 1
            if n_read > MOST:
                yield Problem(f"{place}:1", f"only {MOST} lines are read", f"最多读取 {MOST} 行")
                return
            yield _note(place, header, cells)
    except csv.Error as error:
        yield Problem(f"{name}:{line}:1", f"it is no CSV ({error})", f"不是 CSV（{error}）")


def _no_columns(place: str, missing: list[str], found: str) -> Problem:
    names, shown = ", ".join(missing), found[:60]
    return Problem(
        f"{place}:1",
        f"the first line has to name the columns day and text, separated by commas; {names} is not in “{shown}”",
        f"首行须写列名 day 与 text，以逗号分隔；“{shown}”中没有 {names}",
    )


def _note(place: str, header: list[str], cells: list[str]) -> Annotation | Problem:
    values = dict(zip(header, cells, strict=False))
    at = {name: f"{place}:{header.index(name) + 1}" for name in header}
    if len(cells) > len(header):
        return Problem(
            f"{place}:{len(header) + 1}",
            'more cells than columns: put a text that holds a comma between quotation marks ("…")',
            '单元格多于列数：含逗号的文字请用英文引号（"…"）括起',
        )
    said = values.get("day", "").strip()
    found = _DAY.fullmatch(said)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        return Problem(
            at["day"], f"“{said[:30]}” is no day: write 2026-02-04", f"“{said[:30]}”不是日期：请写 2026-02-04"
        )
    text, text_zh = (" ".join(_UNSHOWN.sub(" ", values.get(name, "")).split()) for name in ("text", TRANSLATED))
    for column, one in (("text", text), (TRANSLATED, text_zh)):
        if len(one) > LONGEST:
            n, most = len(one), LONGEST
            return Problem(at[column], f"{n} characters: {most} are the most", f"共 {n} 个字符，最多 {most} 个")
    if not text:
        return Problem(at["text"], "there is no text", "没有文字")
    return Annotation(day, text, text_zh or text)
