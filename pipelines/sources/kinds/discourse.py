"""Discourse: posts, topics, users, groups and likes of a forum, by its API or from a folder of saved answers."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from pipelines.sources.definition import Named, Source
from pipelines.sources.kind import Forgetting, Kind, Pull, Tables
from pipelines.sources.kinds import discourse_api, discourse_files, discourse_forget, discourse_tables


class DiscourseSource(Source):
    """A forum: ``url`` of a running one, or ``folder`` with saved answers of one."""

    url: str | None = Field(None, description="Address of the forum, as https://forum.example.org.")
    folder: Path | None = Field(None, description="Folder of saved /t/<id>.json and posts.json answers.")
    user: str = Field("system", description="User in whose name the key asks.")
    articles_in: list[str] = Field([], description="Categories whose topics are articles; other topics are questions.")
    announcements_in: list[str] = Field([], description="Categories whose topics are announcements.")
    leave_out: list[str] = Field([], description="Categories that are left out.")
    plans: dict[str, str] = Field({}, description="Group -> the paid plan that its members have.")
    likes: bool = Field(True, description="Whether likes are asked for: one request per member who came since.")

    @model_validator(mode="after")
    def _one_origin(self) -> DiscourseSource:
        if (self.url is None) == (self.folder is None):
            raise ValueError("give one of url, folder")
        return self


def _fetch(pull: Pull) -> None:
    source = pull.named.source
    assert isinstance(source, DiscourseSource)
    if source.folder is None:
        discourse_api.fetch(pull)


def _check(pull: Pull) -> str:
    source = pull.named.source
    assert isinstance(source, DiscourseSource)
    return discourse_files.look(pull) if source.folder is not None else discourse_api.check(pull)


def _tables(pull: Pull) -> Tables:
    source = pull.named.source
    assert isinstance(source, DiscourseSource)
    found = discourse_files.read(pull) if source.folder is not None else discourse_api.read(pull)
    return discourse_tables.tables(pull, found)


def _files(named: Named) -> list[Path]:
    source = named.source
    assert isinstance(source, DiscourseSource)
    return [] if source.folder is None else list(discourse_files.paths(named))


DISCOURSE = Kind(
    DiscourseSource,
    _fetch,
    _check,
    _tables,
    "discourse.mapping.yaml",
    Forgetting(discourse_forget.learn, discourse_forget.forget, _files),
)
