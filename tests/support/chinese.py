"""What a native reader would not write in Chinese, and whether a sentence is said in it throughout."""

import ast
import re

from pipelines.report.parts.reasons import chinese

HAN = "\u4e00-\u9fff"
_HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!()][ {HAN}]|[ {HAN}][,;:?!()][{HAN}]|[{HAN}]\.(?:[ {HAN}]|$)")
_WHETHER = re.compile("是否[^，。；？]*[：:][^，。；]*(?:是|否)")


def half_width(text):
    """Places where ASCII punctuation stands between Chinese characters."""
    return [text[max(0, one.start() - 8) : one.end() + 8] for one in _HALF_WIDTH.finditer(text)]


def answered_whether(text):
    """Places that answer a question of whether by yes or no, where one would say what is so."""
    return [one[0] for one in _WHETHER.finditer(text)]


CHINESE = re.compile("[\u4e00-\u9fff]")
LEFT = re.compile(r"(?<![\w`./<>:*=§-])[a-z]{2,} [a-z]{2,}(?![\w/.=§-])")
"""Two English words in a row."""
PROGRAMS = re.compile(r"guildbook [a-z]+( [a-z]+)?|pip install|groupadd [a-z]+")


def is_said(text):
    """Whether a sentence is in Chinese throughout."""
    return bool(CHINESE.search(chinese(text))) and not LEFT.search(PROGRAMS.sub("", chinese(text)))


def written(node):
    """A message as it stands in the code, with a mark for each value; None where it is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "§" for one in node.values)
    return None


VALUES = [
    (one, one) for one in ("12", "2026-01-03", "x", "x: asked for", "asked for", "", " yet", "read", "GUILDBOOK_")
]
VALUES += [("the header lacks x", ";")]
"""What the first and the other marks of a message may stand for: a number here, a word or sentence there."""


def filled(message, words):
    """Put words for the marks of a message, the last for all that are left."""
    for word in words[:-1]:
        message = message.replace("§", word, 1)
    return message.replace("§", words[-1])
