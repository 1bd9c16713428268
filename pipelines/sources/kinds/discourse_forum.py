"""A Discourse forum as of one pull after the other: posts with their versions, topics, and what is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.sources.kinds.discourse_read import Found, Page, Said

_REGULAR = 1
_MANY_GONE = 10
_SHARE_GONE = 0.2


@dataclass
class Topic:
    """What is known of a topic as of a pull."""

    title: str = ""
    category: int | None = None
    tags: str = ""
    accepted: int | None = None
    """Id of the answer that was accepted."""
    deleted_at: str = ""


@dataclass
class Forum:
    """The forum as of a pull.

    Attributes:
        name: The source, named in remarks.
        posts: Post -> its newest version.
        fresh: Post -> versions that came with this pull, oldest first.
        gone: Post that is no longer shown -> since which pull.
        numbers: Topic and number in it -> post.
    """

    name: str
    topics: dict[int, Topic] = field(default_factory=lambda: defaultdict(Topic))
    posts: dict[int, Said] = field(default_factory=dict)
    fresh: dict[int, list[Said]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def pulls(self, found: Found) -> Iterator[datetime]:
        """Walk over the pulls in order; the forum is as of each one that is given."""
        pages: dict[datetime, list[Page]] = defaultdict(list)
        topics: dict[datetime, list[Said]] = defaultdict(list)
        views: dict[datetime, list[Said]] = defaultdict(list)
        for page in found.pages:
            pages[page.at].append(page)
        for at, topic in found.topics:
            topics[at].append(topic)
        for at, view in found.topic_views:
            views[at].append(view)
        for at in sorted({*pages, *topics, *views}):
            before = {*self.posts}
            self.fresh = {}
            self._take_posts([post for page in pages[at] for post in page.posts])
            for topic in topics[at]:
                self._take_topic(topic)
            for view in views[at]:
                self._take_view(view)
            self._take_gone(at, pages[at], before)
            yield at

    def _take_posts(self, posts: Sequence[Said]) -> None:
        for post in sorted(posts, key=lambda one: (one["id"], version(one))):
            if post.get("post_type", _REGULAR) != _REGULAR:
                continue
            id_, topic = post["id"], self.topics[post["topic_id"]]
            if (newest := self.posts.get(id_)) is None or version(post) > version(newest):
                self.fresh.setdefault(id_, []).append(post)
            self.posts[id_] = post
            self.numbers[post["topic_id"], post["post_number"]] = id_
            self.gone.pop(id_, None)
            topic.title = post.get("topic_title") or topic.title
            topic.category = post.get("category_id") or topic.category
            if post.get("accepted_answer"):
                topic.accepted = id_

    def _take_topic(self, said: Said) -> None:
        topic = self.topics[said["id"]]
        topic.title = said.get("title") or topic.title
        topic.category = said.get("category_id") or topic.category
        topic.deleted_at = said.get("deleted_at") or ""
        if "tags" in said:
            topic.tags = "|".join(tag if isinstance(tag, str) else tag["name"] for tag in said["tags"])

    def _take_view(self, view: Said) -> None:
        posts = view["post_stream"]["posts"]
        self._take_posts([{"topic_id": view.get("id")} | post for post in posts])
        if "title" in view:
            self._take_topic(view)
            number = (view.get("accepted_answer") or {}).get("post_number")
            if accepted := self.numbers.get((view["id"], number or 0)):
                self.topics[view["id"]].accepted = accepted

    def _take_gone(self, at: datetime, pages: Sequence[Page], before: set[int]) -> None:
        """Take posts that earlier pulls saw and no page shows any more as gone; many at once are not."""
        asked: set[int] = set()
        for page in pages:
            ids = [post["id"] for post in page.posts]
            if page.is_whole and ids:
                low, high = min(ids), page.before
                asked |= {id_ for id_ in before - self.gone.keys() if id_ >= low and (high is None or id_ <= high)}
        missing = asked - {post["id"] for page in pages for post in page.posts}
        if len(missing) >= _MANY_GONE and len(missing) > _SHARE_GONE * len(asked):
            self.remarks.append(
                f"{self.name}: of {len(asked):,} posts that earlier pulls saw, {len(asked) - len(missing):,} came on "
                f"{at:%Y-%m-%d}: look whether the key may still read every category; the other {len(missing):,} are "
                "not taken as removed"
            )
            return
        self.gone |= dict.fromkeys(missing, at.isoformat())


def version(post: Said) -> int:
    """Return the number of a post's version, from 1."""
    return int(post.get("version") or 1)
