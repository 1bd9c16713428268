"""The operator's files of targets: ``<home>/targets/<name>.yaml``, one a target, checked by the model of its kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading.documents import read_document
from pipelines.sending.message import Language
from pipelines.settings import Settings
from pipelines.settings.secrets import secret

Content = Literal["brief", "digest", "alarms", "failures", "list", "today"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def _truth(value: object) -> object:
    """Whether a text says yes or no, as YAML means it."""
    return {"yes": True, "true": True, "no": False, "false": False}.get(str(value).lower(), value)


Truth = Annotated[bool, BeforeValidator(_truth)]


class Target(BaseModel):
    """What all targets have.

    Attributes:
        content: what it gets.
        hour: hour from which a brief or digest goes out, in the community's time zone; as soon as it is published where
            not given. Alarms and failures do not wait.
        today_hour: hour until which the day has come when the summary of the running day goes out.
        weekday: day on which the digest of the seven days before goes out.
        language: language of what it gets; that of the home where not given.
        members: whether members to contact are named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: tuple[Content, ...] = ("brief", "failures")
    hour: int = Field(0, ge=0, le=23)
    today_hour: int = Field(15, ge=0, le=23)
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    language: Language | None = None
    members: Truth = True

    def secret_names(self) -> dict[str, str]:
        """Variables with the target's secrets, by the key of the file."""
        return {}


class _Url(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(min_length=1)


class AppriseTarget(Target):
    """A chat or mailbox that Apprise has an address for.

    Attributes:
        if_unsure: what to do about a message that may have come: a chat has no key by which it would know it again.
    """

    kind: Literal["apprise"]
    secrets: _Url
    if_unsure: Literal["send_again", "leave"] = "send_again"

    def secret_names(self) -> dict[str, str]:
        """The address."""
        return {"url": self.secrets.url}


class _Webhook(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    key: str = ""
    authorization: str = ""


class PostTarget(Target):
    """An address that takes a JSON document by POST."""

    kind: Literal["post"]
    url: str = ""
    secrets: _Webhook = _Webhook()

    def secret_names(self) -> dict[str, str]:
        """Those that are given."""
        return {name: variable for name, variable in self.secrets.model_dump().items() if variable}


class _ApiKey(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1)


class DiscourseTarget(Target):
    """A Discourse forum: a topic a message in a category, or one topic whose first post each message replaces."""

    kind: Literal["discourse_topic"]
    url: str = Field(pattern=r"^https?://")
    username: str = "system"
    category: int | None = Field(None, ge=1)
    topic: int | None = Field(None, ge=1)
    tags: tuple[str, ...] = ()
    secrets: _ApiKey
    members: Truth = False

    def secret_names(self) -> dict[str, str]:
        """The key of the API."""
        return {"key": self.secrets.key}


class FileTarget(Target):
    """A folder of the home, or one of another program: a file a message, named by its key."""

    kind: Literal["file"]
    folder: str = ""
    form: Literal["text", "json"] = "text"


class _Kind(BaseModel):
    model_config = ConfigDict(extra="allow")

    kind: Literal["apprise", "post", "discourse_topic", "file"]


AnyTarget = AppriseTarget | PostTarget | DiscourseTarget | FileTarget
KINDS: dict[str, type[AnyTarget]] = {
    "apprise": AppriseTarget,
    "post": PostTarget,
    "discourse_topic": DiscourseTarget,
    "file": FileTarget,
}


def target_files(home: Home) -> list[Path]:
    """Files of targets, by name."""
    return sorted([*home.targets.glob("*.yaml"), *home.targets.glob("*.yml")])


def read_target(path: Path) -> AnyTarget:
    """Read one target.

    Raises:
        UserError: The file breaks a rule; the message names it, the line and the key.
    """
    if not _NAME.fullmatch(path.stem):
        raise UserError(f"{path.name}: name a target with lower-case letters, digits, - and _ only")
    made = read_document(path, KINDS[read_document(path, _Kind).kind])
    if isinstance(made, PostTarget) and bool(made.url) == bool(made.secrets.url):
        raise UserError(f"{path.name}: give the address once, as url or as secrets.url")
    if "list" in made.content and (not isinstance(made, PostTarget | FileTarget) or not made.members):
        raise UserError(f"{path.name}: a list is members by name, for targets of the kinds post and file alone")
    if isinstance(made, DiscourseTarget) and (made.category is None) == (made.topic is None):
        raise UserError(f"{path.name}: give either category (a topic a message) or topic (one that is kept up to date)")
    return made


def secrets_of(path: Path, target: AnyTarget, settings: Settings) -> dict[str, SecretStr]:
    """Read the values of a target's secrets.

    Raises:
        UserError: One has none; the message names the file and the variable.
    """
    try:
        return {name: secret(settings, variable) for name, variable in target.secret_names().items()}
    except UserError as error:
        raise UserError(f"{path.name}: {error}") from error
