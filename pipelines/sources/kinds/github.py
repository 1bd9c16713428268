"""GitHub: issues and discussions of a repository with comments, answers and reactions, by its API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.sources.definition import Source
from pipelines.sources.kind import Forgetting, Kind
from pipelines.sources.kinds import github_api, github_forget, github_tables


class GithubSource(Source):
    """A repository."""

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Owner and name, as in rust-lang/rust.")
    url: str = Field("https://api.github.com", description="Address of the API; another one for a server of your own.")
    issues: bool = Field(True, description="Whether issues and their comments count.")
    issues_are: Literal["question", "article", "comment"] = Field(
        "question", description="What an issue is; comments on a question are answers."
    )
    discussions: bool = Field(True, description="Whether discussions count; they need a token.")
    questions_in: list[str] = Field(
        [], description="Categories whose discussions are questions, beside those with answers."
    )
    announcements_in: list[str] = Field(
        ["Announcements"], description="Categories whose discussions are announcements; others are articles."
    )
    leave_out: list[str] = Field([], description="Categories that are left out.")
    reactions: bool = Field(
        True, description="Whether reactions to issues and comments are asked for: one request each."
    )


GITHUB = Kind(
    GithubSource,
    github_api.fetch,
    github_api.check,
    github_tables.tables,
    "github.mapping.yaml",
    Forgetting(github_forget.learn, github_forget.forget),
)
