"""What a native reader would not write in Chinese."""

import re

HAN = "\u4e00-\u9fff"
_HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!()][ {HAN}]|[ {HAN}][,;:?!()][{HAN}]|[{HAN}]\.(?:[ {HAN}]|$)")
_WHETHER = re.compile("是否[^，。；？]*[：:][^，。；]*(?:是|否)")


def half_width(text):
    """Places where ASCII punctuation stands between Chinese characters."""
    return [text[max(0, one.start() - 8) : one.end() + 8] for one in _HALF_WIDTH.finditer(text)]


def answered_whether(text):
    """Places that answer a question of whether by yes or no, where one would say what is so."""
    return [one[0] for one in _WHETHER.finditer(text)]
