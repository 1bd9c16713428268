"""Secrets that a file of the operator names by variable: the value is in the environment or in ``settings.env``."""

from __future__ import annotations

import os

from dotenv import dotenv_values
from pydantic import SecretStr

from pipelines.faults import UserError
from pipelines.settings import SETTINGS_FILE, Settings


def secret(settings: Settings, variable: str) -> SecretStr:
    """Return the value of a variable that a file of the operator names.

    Args:
        settings: Settings of the home, whose ``settings.env`` is read where the environment has no such variable.
        variable: Name of the variable, as ``TEAM_CHAT_URL``.

    Raises:
        UserError: Neither has a value for it.
    """
    path = settings.home / SETTINGS_FILE
    value = os.environ.get(variable) or (dotenv_values(path, interpolate=False).get(variable) if path.is_file() else "")
    if not value:
        raise UserError(f"{variable} has no value: set that variable, or write the line {variable}=… into {path}")
    return SecretStr(value)
