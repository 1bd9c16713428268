"""What holds for every test: no setting of the developer's own shell reaches one, and CI draws the same examples."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from pipelines.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.house import House

for name in [name for name in os.environ if name.startswith("GUILDBOOK_")]:
    del os.environ[name]


# Properties look for new examples on a developer's machine; in CI a failure has to come from the change itself.
settings.register_profile("ci", derandomize=True, deadline=None)
if "CI" in os.environ:
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _settings_of_one_test() -> Iterator[None]:
    """Settings are read once a process; here each test starts and ends without any."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home whose whole history is built, without Dagster; not to be changed."""
    from tests.support.house import House  # noqa: PLC0415 - takes seconds, and most tests do without
    from tests.support.tiny_logs import FIRST, days_between, tiny_community  # noqa: PLC0415

    house = House(tmp_path_factory.mktemp("built") / "home")
    delivered = tiny_community(2, members=40)
    house.deliver_all(delivered)
    house.run(days_between(FIRST, max(day for _, day in delivered)))
    return house
