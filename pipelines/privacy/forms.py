"""How a text is written in files: each sign as it is, or as HTML, JSON, CSV, SQL and addresses escape it, mixed."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from urllib.parse import quote

_UNCHANGED = re.compile(r"[A-Za-z0-9._~-]+")
"""What no way of escaping changes."""

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LEAST = 3
_NAMED = {"<": "lt", ">": "gt", "&": "amp", '"': "quot", "'": "apos"}
_QUOTES = "\"'"
_LETTERS = {"\n": "n", "\t": "t", "\r": "r"}


@lru_cache(maxsize=4096)
def written(text: str) -> str:
    """Return a pattern of all ways in which a text may be written; how often it was escaped does not matter."""
    return "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def cores(text: str) -> tuple[str, ...]:
    """Return parts of a text, one of which occurs wherever it is written: a quick test before looking closely."""
    plain = max(_UNCHANGED.findall(text), key=len, default="")
    if len(plain) >= _LEAST or plain == text:
        return (plain,)
    if not (foreign := max(_FOREIGN.findall(text), key=len, default="")):
        return (plain,)
    coded = json.dumps(foreign[0])[1:-1]
    upper = "\\u" + coded[2:6].upper()
    return (foreign[0], coded[:6], upper, quote(foreign[0]), f"#{ord(foreign[0])};", f"#x{ord(foreign[0]):x};")


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    if _UNCHANGED.fullmatch(sign):
        return re.escape(sign)
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    json_ = "".join(rf"\\+u{units[start : start + 4]}" for start in range(0, len(units), 4))
    entity = rf"&(?:amp;)*#(?:0*{ord(sign)}|x0*{ord(sign):x});"
    address = "".join(f"%{byte:02x}" for byte in sign.encode("utf-8", "surrogatepass"))
    ways = [f"(?i:{json_}|{entity}|{address})", re.escape(sign)]
    if sign in _NAMED:
        ways.insert(0, f"&(?:amp;)*{_NAMED[sign]};")
    if sign in _QUOTES:
        ways.insert(0, f"{sign}{{1,2}}")
    if sign in _LETTERS:
        ways.append(rf"\\+{_LETTERS[sign]}")
    if sign == "\\":
        ways.insert(0, r"\\+")
    if sign == "/":
        ways.append(r"\\/")
    if sign == " ":
        ways.append(r"\+")
    escaped = r"\\*" if sign in _QUOTES else ""
    return f"{escaped}(?:{'|'.join(ways)})"
