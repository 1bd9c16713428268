"""``docs/settings.md``, of the fields of ``pipelines.settings``."""

from __future__ import annotations

from datetime import date

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pipelines.reference.markdown import GENERATED, table
from pipelines.settings import Settings

_SETTINGS_INTRO = """\
# Settings

Each setting may stand in three places; the first that has it counts:

1. the environment: `GUILDBOOK_CHURN_HORIZON_DAYS=45`
2. `settings.env` in the home folder, the same line
3. `guildbook.toml` in the home folder: `churn_horizon_days = 45`. Tables only group: `horizon_days = 45` below
   `[churn]` is the same, and lists and pairs may be TOML's own (`engagement_windows = [30, 90]`).

`guildbook init` writes `guildbook.toml`, and an import adds the settings that its mapping names. The folder that holds
that file is the home, whose settings apply wherever below it a command runs. `GUILDBOOK_HOME` goes before it; where
there is neither, the home is `data` below the folder in which the command runs. `make` sets `GUILDBOOK_HOME` to the
checkout's `data` folder unless you set it.

A wrong value stops the command and names file, line and key, or the variable. So does a key or a variable that is no
setting in one of the two files; in the environment it is warned of.

No log, page, error or record shows a secret. Keep secrets in the environment of the service or in `settings.env`, which
is private; `guildbook.toml` takes none. Secrets that a source or target names have names that do not begin with
`GUILDBOOK_`.

A new time zone, engagement setting, churn horizon, grace period or meaning of active changes what tables hold, so the
next run rebuilds everything ([backfill](backfill.md)).
"""


def settings_page() -> str:
    """Markdown of ``docs/settings.md``."""
    rows = [
        (f"`GUILDBOOK_{name.upper()}`", _default(field), _limits(field), field.description or "")
        for name, field in sorted(
            Settings.model_fields.items(), key=lambda item: item[0] not in Settings.__annotations__
        )
    ]
    return "\n".join(
        [
            GENERATED.format(source="`pipelines/settings`"),
            _SETTINGS_INTRO,
            table(("variable", "default", "allowed", "what it decides"), rows),
        ]
    )


def _default(field: FieldInfo) -> str:
    if field.annotation is SecretStr:
        return "none; a secret"
    value = field.default
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    if isinstance(value, date):
        return f"`{value.isoformat()}`"
    return f"`{value}`" if str(value) else "none"


def _limits(field: FieldInfo) -> str:
    limits = []
    for one in field.metadata:
        match one:
            case Ge(ge=bound):
                limits.append(f"≥ {bound}")
            case Gt(gt=bound):
                limits.append(f"> {bound}")
            case Le(le=bound):
                limits.append(f"≤ {bound}")
    return ", ".join(limits)
