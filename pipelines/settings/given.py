"""Where settings are given besides the environment: the home folder's two files, read strictly, and that folder.

``guildbook.toml`` holds the settings, ``settings.env`` the secrets. What is written there and is no setting is an
error, since it does nothing. A variable of the shell is only warned of: a shell serves other versions too.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_origin

from dotenv.parser import parse_stream
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pipelines.faults import UserError, brief

SETTINGS_FILE = "settings.env"
"""File in the home folder with secrets, and with settings of homes that have no other, one ``NAME=value`` a line."""
HOME_FILE = "guildbook.toml"
"""File that makes a folder a home: its settings."""
PREFIX = "GUILDBOOK_"

_NO_SETTINGS = frozenset({"completes_run"})
"""Variables that Guildbook hands on to dbt."""

_LANGUAGE = re.compile(rf"^\s*(?:export\s+)?(?:{PREFIX})?language\s*=\s*[\"']?(en|zh)\b", re.MULTILINE | re.IGNORECASE)

Fields = Mapping[str, FieldInfo]


class SettingsError(UserError):
    """Settings that are wrong, each in a line."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        """Keep the lines."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Given:
    """A setting as a file gives it, and where: file, line and key."""

    value: Any
    place: str


def home_folder() -> Path | None:
    """Return the home that the environment names, else the working folder or its nearest parent that is one."""
    if named := _environment().get("home"):
        return Path(named)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / HOME_FILE).is_file()), None)


def named_language(home: Path) -> str:
    """Return the language that settings name, read by line since the rest may be wrong; empty where they name none."""
    texts = [f"language={_environment().get('language', '')}"]
    for path in (home / SETTINGS_FILE, home / HOME_FILE):
        with suppress(OSError):
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return next((found[1].lower() for text in texts if (found := _LANGUAGE.search(text))), "")


def given_by_environment() -> frozenset[str]:
    """Return the names of the settings that variables give."""
    return frozenset(_environment())


def unknown_variables(fields: Fields) -> list[str]:
    """Return a line for each variable of the environment that looks like a setting and is none."""
    unknown = sorted(set(_environment()) - fields.keys() - _NO_SETTINGS)
    return [f"{PREFIX}{name.upper()} is no setting{_near(name, fields, upper=True)}" for name in unknown]


def read_variables(path: Path, fields: Fields) -> dict[str, str]:
    """Return the settings that ``settings.env`` gives, each with its place; none where there is no such file.

    Raises:
        UserError: A line sets nothing, or the file cannot be read.
        SettingsError: A variable with the prefix of the settings is none of them.
    """
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    problems = []
    with _readable(path), path.open(encoding="utf-8") as stream:
        for one in parse_stream(stream):
            if one.error or (one.key and one.value is None):
                raise UserError(
                    f"{path}:{one.original.line} is no setting: write {PREFIX}NAME=value, or begin the line with #"
                )
            if not one.key or not one.key.upper().startswith(PREFIX):
                continue
            # The text of a binding begins with the blank lines before it.
            line = one.original.line + len(one.original.string) - len(one.original.string.lstrip("\n"))
            name = one.key[len(PREFIX) :].lower()
            found[name] = f"{path}:{line} {one.key}"
            if name not in fields:
                problems.append(
                    f"{found[name]} is no setting{_near(name, fields, upper=True)}; secrets that a source "
                    f"or target names begin otherwise"
                )
    if problems:
        raise SettingsError(problems)
    return found


def read_home_file(path: Path, fields: Fields) -> dict[str, Given]:
    """Return the settings that ``guildbook.toml`` gives; none where there is no such file.

    Tables only group: ``enabled`` in the table ``send`` is the setting ``send_enabled``.

    Raises:
        UserError: The file cannot be read or is no TOML.
        SettingsError: It holds a key that is no setting, one given twice, a secret, or the home itself.
    """
    if not path.exists():
        return {}
    with _readable(path):
        text = path.read_text(encoding="utf-8")
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{path} is no valid TOML: {brief(str(error))}") from error
    lines = dict(_lines(text))
    found: dict[str, Given] = {}
    problems = []
    for keys, value in _flattened(document, fields):
        name, place = "_".join(keys), f"{path}:{lines.get(keys, 1)} {'.'.join(keys)}"
        if name not in fields:
            problems.append(f"{place} is no setting{_near(name, fields)}")
        elif name == "home":
            problems.append(f"{place}: the home is the folder of this file; take that line out")
        elif fields[name].annotation is SecretStr:
            problems.append(f"{place} is a secret: write it as {PREFIX}{name.upper()}=… into {SETTINGS_FILE} beside it")
        elif name in found:
            problems.append(f"{place} is given before, at {found[name].place}")
        else:
            found[name] = Given(value, place)
    if problems:
        raise SettingsError(problems)
    return found


def place_of(home: Path, *keys: str) -> str:
    """Return where a key of a setting that is a table was given: file, line and key, or its variable."""
    variable = f"{PREFIX}{keys[0].upper()}"
    if keys[0] in _environment():
        return f"{variable} {'.'.join(keys[1:])}"
    path = home / HOME_FILE
    if path.exists():
        with _readable(path):
            lines = dict(_lines(path.read_text(encoding="utf-8")))
        if line := lines.get(keys):
            return f"{path}:{line} {'.'.join(keys)}"
    return f"{home / SETTINGS_FILE} {variable} {'.'.join(keys[1:])}"


def _environment() -> dict[str, str]:
    """Return what variables with the prefix say, by the name of the setting."""
    return {name[len(PREFIX) :].lower(): value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}


def _near(name: str, fields: Fields, *, upper: bool = False) -> str:
    near = get_close_matches(name, fields, n=1)
    shown = [f"{PREFIX}{one.upper()}" if upper else one for one in near]
    return f"; did you mean {shown[0]}?" if shown else ""


def _flattened(
    table: Mapping[str, Any], fields: Fields, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every key that is no mere group, with the groups that it is in."""
    for key, value in table.items():
        keys = (*above, key)
        field = fields.get("_".join(keys))
        if isinstance(value, dict) and not (field and get_origin(field.annotation) is dict):
            yield from _flattened(value, fields, keys)
        else:
            yield keys, value


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every key of a TOML text with its line: the parser keeps none."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\[\]]+)\]", line):
            table = _parts(header[1])
            yield table, number
        elif key := re.match(r"\s*([^#=\[]+?)\s*=", line):
            yield (*table, *_parts(key[1])), number


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn a file that cannot be read into a line that says so."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read ({brief(str(error))}): mend it, or move it away") from error
