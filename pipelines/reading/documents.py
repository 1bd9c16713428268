"""The YAML files that operators write: read as text alone, within limits, checked against a model.

Every scalar is read as text, so ``yes``, ``007`` or ``2024-01-01`` stay what was written; the model says what is a
number. An error names file, line and key, and the key that may have been meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.faults import UserError
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings, beyond

try:  # written in C, ten times as fast
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without its library
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_Model = TypeVar("_Model", bound=BaseModel)


class DocumentError(UserError):
    """The file cannot be read or breaks a rule; the message names each key concerned with its line."""


def read_document(path: Path, model: type[_Model], limits: LimitSettings = DEFAULT_LIMITS) -> _Model:
    """Read and check the YAML file ``path``.

    Raises:
        DocumentError: The file is missing, no YAML, larger than the limits allow, or breaks a rule of ``model``.
    """
    return _checked(path, _text(path), model, limits)


def read_front_matter(path: Path, model: type[_Model], limits: LimitSettings = DEFAULT_LIMITS) -> tuple[_Model, str]:
    """Read a Markdown file whose head is YAML between two lines of ``---``; return the head and the text below it.

    Raises:
        DocumentError: The file is missing or has no head, or the head breaks a rule of ``model``.
    """
    first, *lines = _text(path).splitlines() or [""]
    end = next((number for number, line in enumerate(lines) if line.rstrip() == "---"), None)
    if first.rstrip() != "---" or end is None:
        raise DocumentError(f"{path.name}: begin with a line ---, then keys such as title, then a line --- again")
    head = "\n".join(["", *lines[:end]])  # the empty line keeps the numbers of lines those of the file
    return _checked(path, head, model, limits), "\n".join(lines[end + 1 :])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _checked(path: Path, text: str, model: type[_Model], limits: LimitSettings) -> _Model:
    """Check a YAML text against a model."""
    root = None
    try:
        _check_size(path, text, limits)
        root = yaml.compose(text, Loader=_TextLoader)
        return model.model_validate(yaml.load(text, Loader=_TextLoader))  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise DocumentError(f"{path} is no valid YAML: {error}") from error
    except ValidationError as error:
        found = "; ".join(_said(item["type"], item["loc"], item["msg"], root, model) for item in error.errors())
        raise DocumentError(f"{path.name}: {found}") from error


def _said(
    kind: str, location: Sequence[int | str], message: str, root: yaml.Node | None, model: type[BaseModel]
) -> str:
    """Return what is wrong at a place of the document, which is named with its line."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")
    line = _line(root, location)
    place = f"{text or 'the whole file'} (line {line})" if line else text or "the whole file"
    if kind == "extra_forbidden":
        near = get_close_matches(str(location[-1]), sorted(_keys(model.model_json_schema())), n=1)
        return f"{place}: no such key{f'; did you mean {near[0]}?' if near else ''}"
    if kind == "missing":
        return f"{place}: is required"
    return f"{place}: {message.removeprefix('Value error, ')}"


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int | None:
    """Return the line of the deepest place of ``location`` that the document has."""
    line = None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if found:
                key, node = found[0]
                line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _keys(schema: object) -> set[str]:
    """Return every key that a document of the JSON schema may hold, wherever."""
    if isinstance(schema, list):
        return {key for one in schema for key in _keys(one)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    return {*own} | {key for one in schema.values() for key in _keys(one)}


def _check_size(path: Path, text: str, limits: LimitSettings) -> None:
    """Refuse a document that is nested too deep or has too many values, before anything is made of it.

    An alias counts with all that it stands for: a few lines of aliases of aliases are billions of values.
    """
    if len(text) > 100 * limits.max_mapping_values:
        found = f"{path.name}: {len(text):,} characters, more than so many values need"
        raise DocumentError(beyond(limits, "max_mapping_values", found, "look at it; a mapping is a page long"))
    sizes: dict[str, int] = {}
    inside: list[tuple[str | None, int]] = []
    n_values = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            n_values += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            inside.append((event.anchor, n_values))
            n_values += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = inside.pop()
            if anchor:
                sizes[anchor] = n_values - before
        elif isinstance(event, yaml.ScalarEvent):
            n_values += 1
        line = event.start_mark.line + 1 if event.start_mark else 0
        if len(inside) > limits.max_nesting:
            found = f"{path.name}, line {line}: nested {len(inside)} levels deep"
            raise DocumentError(beyond(limits, "max_nesting", found, "no mapping needs that"))
        if n_values > limits.max_mapping_values:
            found = f"{path.name}, line {line}: {n_values:,} values and more"
            raise DocumentError(beyond(limits, "max_mapping_values", found, "divide it, or raise that setting"))


class _TextLoader(_Loader):
    """Keeps every scalar as text and refuses a key given twice."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - overrides PyYAML's class attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := next((key for number, key in enumerate(keys) if key in keys[:number]), None):
            raise yaml.constructor.ConstructorError(None, None, f"key {twice!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
