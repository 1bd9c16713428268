"""``_delivery.json``, what lies beside a part and says what it was made from, with a checksum of its own text."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.home import Home
from pipelines.lake.seal import DamagedError, cure_of

DELIVERY = "_delivery.json"
"""Its name, in the folder of the part: whoever reads a folder of Parquet files passes over what begins so."""

FORMER = "delivery.json"
"""Its name in a home of before."""

_CHECKSUM = "crc32"


def delivery_text(delivery: dict[str, Any]) -> str:
    """Return the text of a file that says this."""
    said = {name: value for name, value in delivery.items() if name != _CHECKSUM}
    return _dump(said | {_CHECKSUM: _checksum(said)})


def read_delivery(part: Path) -> dict[str, Any] | None:
    """Return what a part was made from; null where that is not there, as after a kill.

    Raises:
        DamagedError: The file is not what was written.
    """
    path = delivery_beside(part)
    if not path.is_file():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        stated = said.pop(_CHECKSUM, None)  # one of before there were checksums has none
    except (ValueError, AttributeError, TypeError) as error:
        raise _damaged(path) from error
    if stated not in (None, _checksum(said)) or not {"fingerprint", "event_days", "profile"} <= said.keys():
        raise _damaged(path)
    return said


def delivery_beside(part: Path) -> Path:
    """Return where a part's delivery lies: under the name of before where it has none of today's."""
    path, former = part.with_name(DELIVERY), part.with_name(FORMER)
    return former if former.is_file() and not path.is_file() else path


def remove_delivery(part: Path) -> None:
    """Take away what lies beside a part that is to be replaced: without it the part does not count."""
    for name in (FORMER, DELIVERY):
        part.with_name(name).unlink(missing_ok=True)


def rename_former(home: Home) -> None:
    """Give what lies beside parts since before today's name; several at once may do it."""
    for former in home.lake.glob(f"*/*/log_day=*/{FORMER}"):
        with suppress(FileNotFoundError):
            former.rename(former.with_name(DELIVERY))


def whole_delivery(part: Path) -> dict[str, Any] | None:
    """Return what a part was made from; null where that is not there, or damaged: the part counts no more."""
    try:
        return read_delivery(part)
    except DamagedError:
        return None


def _damaged(path: Path) -> DamagedError:
    return DamagedError(f"{path} is damaged: {cure_of(path)}")


def _checksum(said: dict[str, Any]) -> str:
    return f"{zlib.crc32(_dump(said).encode()):08x}"


def _dump(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1)
