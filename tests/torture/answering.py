"""Platforms as they should be, for the suite of answers: exports in folders, and servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.pipelines.sources import (
    test_sources_discord,
    test_sources_feed,
    test_sources_github,
    test_sources_html,
    test_sources_slack,
    test_sources_zsxq,
    test_sources_zulip,
)
from tests.support.discourse_server import Forum, post, user
from tests.support.github_server import Repository

if TYPE_CHECKING:
    from pathlib import Path


def _forum() -> tuple[Any, str]:
    posts = [
        post(10 + n, 1 + n // 5, 1 + n % 5, 1 + n % 4, f"2026-02-{1 + n // 3:02}T12:00:00.000Z") for n in range(30)
    ]
    users = {id_: user(id_, "2025-12-01T00:00:00.000Z") for id_ in range(1, 5)}
    likes = [(1, 11, "2026-02-05T00:00:00.000Z"), (2, 12, "2026-02-06T00:00:00.000Z")]
    return Forum(posts, users=users, likes=likes, tags={1: ["sql"]}, solved={2: 17}), "url: {url}\nlook_back_days: 20\n"


def _repository() -> tuple[Any, str]:
    repository = Repository(page_size=2)
    test_sources_github.fill(repository)
    return repository, "repository: rust/club\nurl: {url}\nsecrets: {{token: CLUB_TOKEN}}\n"


def _feed() -> tuple[Any, str]:
    text = test_sources_feed.ATOM.format(updated="2026-02-03T10:00:00+08:00", text="words")
    return test_sources_feed.Feed(text), "url: {url}/feed.xml\n"


def _site() -> tuple[Any, str]:
    more = test_sources_html.CONFIG.split("requests_per_minute: 60000\n")[1]
    return test_sources_html.Site(), f"url: {{url}}/blog/\n{more}"


def _slack(root: Path) -> tuple[Path, str]:
    return test_sources_slack.export(root), "questions_in: [help]\n"


def _discord(root: Path) -> tuple[Path, str]:
    return test_sources_discord.export(root), test_sources_discord.FILE


def _zulip(root: Path) -> tuple[Path, str]:
    return test_sources_zulip.export(root), "questions_in: [help]\n"


def _zsxq(root: Path) -> tuple[Path, str]:
    return test_sources_zsxq.export(root), 'hosts: ["101"]\n'


EXPORTS = {"slack": _slack, "discord": _discord, "zulip": _zulip, "zsxq": _zsxq}
"""Kind -> writes an export into a folder; returns it and the rest of the source's file."""
SERVED = {"discourse": _forum, "github": _repository, "feed": _feed, "html": _site}
"""Kind -> returns what answers, and the rest of the source's file with a place for the address."""
