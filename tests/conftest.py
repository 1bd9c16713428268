"""What holds for every test: no setting of the developer's own shell reaches one, and CI draws the same examples."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from pipelines.privacy import readers
from pipelines.settings import get_settings
from tests.support import lanes
from tests.support.built_once import built_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.house import House

for name in [name for name in os.environ if name.startswith("GUILDBOOK_")]:
    del os.environ[name]


# What a test writes need not outlive a loss of power.
os.fsync = lambda _: None

# Threads that wait for a core give it up; those of a training would spin, which cost twenty times their work.
os.environ["OMP_WAIT_POLICY"] = "passive"

# Every way into the program begins so; homes that tests make are as private as those of its users.
readers.close_umask()

# Properties look for new examples on a developer's machine; in CI a failure has to come from the change itself.
# A busy machine is no failure either, so an example has no deadline.
settings.register_profile("guildbook", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "guildbook")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark and count tests before ``-m`` chooses among them."""
    lanes.mark(items)
    n_long = sum(item.get_closest_marker("long") is not None for item in items)
    config.stash[lanes.COUNTED] = (n_long, len(items))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Keep what is marked apart from what is not."""
    with lanes.only_what_is_marked(item):
        return (yield)


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

    def build(folder: Path) -> None:
        house = House(folder)
        delivered = tiny_community(2, members=40)
        house.deliver_all(delivered)
        house.run(days_between(FIRST, max(day for _, day in delivered)))

    return House(built_once(tmp_path_factory, "house", build))
