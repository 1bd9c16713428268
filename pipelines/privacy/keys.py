"""Secret keys of a home: that of the settings, else one of the home's own, made when first asked for."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr

from pipelines.files import make_folder, move_in, private_text


def secret_key(given: SecretStr, kept: Path) -> bytes:
    """Return the key that the settings give, else that of the file ``kept``, which is made where it is missing."""
    if key := given.get_secret_value():
        return key.encode()
    if not kept.exists():
        make_folder(kept.parent)
        beside = kept.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with private_text(beside) as file:
            file.write(secrets.token_hex(32))
        move_in(beside, kept)
    return kept.read_bytes()
