"""Reasons and errors in both languages: what was said in English, and maybe stored so, is looked up in translations.

``translations/*.po`` hold sentences with their values in braces. What a value may be is told by its name: ``{n…}`` is a
number, ``{day…}`` a day, ``{word}`` one word, ``{s}`` the ending of a plural, ``{table}`` a log or mart, ``{rule}`` a
rule of a gate, ``{learner…}`` and ``{feature}`` a name of the churn model, ``{losses}`` losses with the names of
learners, ``{at}`` the place before a sentence, ``{pairs}`` names and what they are to be called; those of
``_SENTENCES`` and ``_WORDS`` are looked up in their turn. What is not found stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from expectations.relations import RELATIONS
from pipelines.report.parts import rule_words, words
from pipelines.report.parts.feature_words import FEATURES
from pipelines.report.parts.text import Text

_FOLDER = Path(__file__).parent.parent / "translations"
_AROUND = "wrapped"
"""The file of what stands around a sentence: tried before the sentences, in its own order."""

_SENTENCES = {"why", "cure", "expectation"}
"""Values that are sentences of their own, without whose Chinese the whole has none."""
_WORDS = {"said", "found", "rest"}
"""Values that are put into Chinese as far as they are known."""
_SEMICOLON = Text("; ", "；")
_VALUE = re.compile(r"\{(\w+)\}")
_ENGLISH = re.compile(r"(?<![\w`./'-])[a-z]{2,}(?![\w/=-]|\.\w)")
"""A word that is no name of a column or file."""


def said(reason: str | None) -> Text:
    """Return a reason in both languages; names of the churn model's learners and features are words in English too."""
    return _translated(reason or "")[0]


def chinese(text: str) -> str:
    """Return what was said in English in Chinese, as far as the translations know it."""
    return _translated(text)[0].zh


@lru_cache(maxsize=1 << 14)
def _translated(text: str) -> tuple[Text, bool]:
    """Return the text in both languages, and whether the Chinese of all of it was known."""
    if (whole := _whole(text)) is not None:
        return whole, True
    parts = text.split("; ")
    for n in range(len(parts) - 1, 0, -1):
        if (head := _whole("; ".join(parts[:n]))) is not None:
            rest, is_known = _translated("; ".join(parts[n:]))
            return head + _SEMICOLON + rest, is_known
    if len(parts) > 1 and (rest := _translated(after := "; ".join(parts[1:]))[0]).zh != after:
        return _same(parts[0]) + _SEMICOLON + rest, False
    place, colon, after = text.partition(": ")
    if colon and (tail := _translated(after))[1]:
        return _same(place) + Text(": ", "：") + tail[0], not _ENGLISH.search(place)
    return _same(text), False


def _whole(text: str) -> Text | None:
    """Return one sentence in both languages; None where its Chinese is not known."""
    if not _ENGLISH.search(text):
        return _same(text)
    for template in _templates():
        if (found := template.read(text)) is not None:
            return found
    return None


def _same(text: str) -> Text:
    return Text(text, text)


class _Template:
    """A sentence with values, and its Chinese."""

    def __init__(self, english: str, translation: str) -> None:
        self._english, self._chinese = english, translation
        pieces = _VALUE.split(english)
        self.literal = "".join(pieces[0::2])
        self._longest = max(pieces[0::2], key=len)
        self._patterns = [re.compile(_pattern(pieces, more), re.DOTALL) for more in ("+?", "+")]

    def read(self, text: str) -> Text | None:
        """Return a text of this form in both languages; None where it has another, or a sentence in it is not known."""
        if self._longest not in text:
            return None
        for pattern in self._patterns:
            if found := pattern.fullmatch(text):
                values = {name: _value(name, value) for name, value in found.groupdict().items()}
                known = {name: value for name, value in values.items() if value is not None}
                if len(known) == len(values):
                    return self._filled(known)
        return None

    def _filled(self, values: dict[str, Text]) -> Text:
        # Braces of the English that hold no value are its own.
        english = _VALUE.sub(lambda one: values[one[1]].en, self._english)
        return Text(english, self._chinese.format_map({name: value.zh for name, value in values.items()}))


def _pattern(pieces: list[str], more: str) -> str:
    """Return the pattern of a sentence: literal pieces and names of values by turns."""
    kinds = (
        (r"n(_\w+)?", r"[-+\d.,e]+"),
        (r"day(_\w+)?", r"\d{4}-\d\d-\d\d"),
        (r"table", rf"[\w.-]+|{words.BETWEEN_LOGS}"),
        (r"rule|word|feature|learner(_\w+)?", r"[\w.-]+"),
        (r"s", "s?"),
        (r"at", r"(?:(?:(?!; ).)*[: ])?"),
    )
    named, seen = "", set()
    for n, piece in enumerate(pieces):
        if n % 2 == 0:
            named += re.escape(piece)
        elif piece in seen:
            named += f"(?P={piece})"
        else:
            seen.add(piece)
            kind = next((kind for name, kind in kinds if re.fullmatch(name, piece)), f".{more}")
            named += f"(?P<{piece}>{kind})"
    return named


def _learner(code: str) -> Text:
    return words.word(words.LEARNERS, code)


def _losses(value: str) -> Text:
    """Name the learners beside their losses: ``0.1234, logistic 0.2345``."""
    first, *rivals = value.split(", ")
    said = _same(first)
    for rival in rivals:
        code, _, loss = rival.partition(" ")
        said += Text(", ", "，") + _learner(code) + _same(f" {loss}")
    return said


def _rule(code: str) -> Text:
    """Say what a rule is about; one between logs by what a row that breaks it does."""
    if relation := RELATIONS.get(code):
        return Text('"', "“") + said(relation.said) + Text('"', "”")
    return rule_words.rule(code)


_SHOWN: dict[str, Callable[[str], Text]] = {
    "table": lambda value: Text(value, words.log(value).zh),
    "feature": lambda value: words.word(FEATURES, value),
    "learner": _learner,
    "learner_other": _learner,
    "losses": _losses,
    "rule": _rule,
    "pairs": lambda value: Text(value, re.sub(r"(\w+): your `(.*?)`\?", r"`\2` → \1", value)),
    "at": lambda value: Text(value, value.replace(": ", "：")),
}
"""Values that are shown otherwise than they are stored."""


def _value(name: str, value: str) -> Text | None:
    """Return a value as it is shown; None where it is a sentence that is not known."""
    if shown := _SHOWN.get(name):
        return shown(value)
    if name not in _SENTENCES | _WORDS:
        return _same(value)
    translated, is_known = _translated(value)
    return translated if is_known or name in _WORDS else None


@cache
def _templates() -> list[_Template]:
    around = [_Template(*pair) for pair in _pairs(_FOLDER / f"{_AROUND}.po")]
    others = [
        _Template(*pair) for path in sorted(_FOLDER.glob("*.po")) if path.stem != _AROUND for pair in _pairs(path)
    ]
    return around + sorted(others, key=lambda one: -len(one.literal))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Give each sentence of a file with its translation."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - most commands end well, and in English

    with path.open("rb") as file:
        for message in read_po(file, abort_invalid=True):
            if message.id:
                yield str(message.id), str(message.string)
