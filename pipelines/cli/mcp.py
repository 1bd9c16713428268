"""``guildbook mcp``: what is published, served to an agent over the Model Context Protocol."""

from __future__ import annotations

import resource

from pipelines.cli.console import read_settings
from pipelines.faults import UserError
from pipelines.home import Home

_MOST_MEMORY = 4 * 1024**3
"""Address space of the server: single values of SQL are not bounded by DuckDB's own limit."""


def mcp() -> None:
    """Serve what is published to an agent, read-only, over the Model Context Protocol (standard input and output)."""
    try:
        from pipelines.agents.server import build  # noqa: PLC0415
    except ImportError as error:
        raise UserError("serving agents needs a package: pip install 'guildbook[agents]'") from error
    settings = read_settings()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY if most < 0 else min(_MOST_MEMORY, most), most))
    build(Home(settings.home), settings).run("stdio")
