"""What a site's robots.txt allows (RFC 9309), and how long it wants to be left alone between requests."""

from __future__ import annotations

from urllib.parse import urljoin

from protego import Protego

from pipelines.sources.definition import SourceError
from pipelines.sources.http import Http
from pipelines.sources.refusal import NotFoundError

_AGENT = "guildbook"


class Robots:
    """The rules of the site that ``http`` asks; read once."""

    def __init__(self, http: Http) -> None:
        """Ask for robots.txt; a site without one allows everything.

        Raises:
            SourceError: The site has a fault; then nothing may be asked.
        """
        self._http = http
        try:
            answer = http.get(urljoin(http.base, "/robots.txt"))
            self._rules = Protego.parse(answer.text if answer else "")
        except NotFoundError:
            self._rules = Protego.parse("")
        if delay := self._rules.crawl_delay(_AGENT):
            http.slow_down(float(delay))

    def allows(self, url: str) -> bool:
        """Whether the address may be asked for."""
        return bool(self._rules.can_fetch(url, _AGENT))

    def demand(self, url: str) -> None:
        """Raise for an address that may not be asked for.

        Raises:
            SourceError: robots.txt forbids it.
        """
        if not self.allows(url):
            raise SourceError(
                f"{self._http.named.name}: {url}: robots.txt of the site forbids it to guildbook: ask who runs it"
            )
