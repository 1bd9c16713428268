"""Questions asked through the Model Context Protocol's own client, and homes with something to ask of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import duckdb
from mcp import Client

from pipelines.home import Home
from pipelines.lake import versions
from tests.support.metric_marts import Marts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mcp import StdioServerParameters
    from mcp.server import MCPServer

Call = tuple[str, dict[str, Any]]


class ToldError(Exception):
    """The server told the client what is wrong."""


def answers(server: MCPServer[Any] | StdioServerParameters, calls: Sequence[Call]) -> list[Any]:
    """Structured answers to calls of tools, one after the other; what is wrong as a ``ToldError`` in its place."""

    async def asking() -> list[Any]:
        async with Client(server) as client:
            found: list[Any] = []
            for name, arguments in calls:
                result = await client.call_tool(name, arguments)
                if result.is_error:
                    found.append(ToldError(" ".join(getattr(one, "text", "") for one in result.content)))
                else:
                    found.append(result.structured_content)
            return found

    return asyncio.run(asking())


def answer(server: MCPServer[Any] | StdioServerParameters, tool: str, **arguments: Any) -> Any:
    """One answer; raises what the server told."""
    (found,) = answers(server, [(tool, arguments)])
    if isinstance(found, ToldError):
        raise found
    return found


def publish(root: Path, fill: Callable[[Marts], None] = lambda _: None) -> Home:
    """Publish a database of marts with these rows in a home, as its next version."""
    home = Home(root)
    number = versions.next_number(home)
    folder = versions.draft_folder(home, number)
    (folder / "site").mkdir()
    with duckdb.connect(str(folder / "analytics.duckdb")) as con:
        marts = Marts(con)
        con.execute("update marts.publication set version = ?", [number])
        fill(marts)
    (folder / "analytics.duckdb").chmod(0o400)
    versions.publish(home, number, kept=3)
    return home
