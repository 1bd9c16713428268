"""The one resource: the home folder, locked for as long as the run lasts."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dagster as dg

from expectations import worker
from pipelines import lock, run_start
from pipelines.defs.spoken import spoken
from pipelines.erasure.stated import erase_stated, finish
from pipelines.home import Home
from pipelines.privacy import readers
from pipelines.settings import Settings, get_settings
from pipelines.watch import alive, guard


class HomeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Home folder and settings of the community. Every asset asks for it, so a run holds the lock from start to end."""

    @property
    def settings(self) -> Settings:
        """Settings of this process."""
        return get_settings()

    @property
    def paths(self) -> Home:
        """Paths under the home folder."""
        return Home(self.settings.home)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["HomeResource"]:
        """Lock the home and heal it; with the in-process executor this happens once a run."""
        worker.start()
        log = context.log

        def say(sentence: str) -> None:
            if log:
                log.info(spoken(sentence))

        with ExitStack() as stack:
            if context.run_id:
                stack.enter_context(alive.marked(self.paths, context.run_id))
            stack.enter_context(lock.hold(self.paths, on_wait=say, what="a run of the daemon"))
            if context.run_id:
                stack.enter_context(guard.guarded(self.paths, self.settings, context.run_id))
            for sentence in readers.protect(self.paths, self.settings):
                say(sentence)
            run_start.prepare(self.paths, self.settings)
            yield self
            erased = erase_stated(self.paths, self.settings)
            for sentence in erased:
                if log:
                    log.warning(spoken(sentence))
            if erased:  # what the run fails with is written after this, so the process looks again as it ends
                atexit.register(finish, self.paths, self.settings)
