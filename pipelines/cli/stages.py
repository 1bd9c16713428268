"""The stages of a run as people count them, how far the one at work is, and how long the rest will take.

How long each takes is taken from the earlier run that is most like this one, where there is one. Before the first run
ends it is taken from the sample community: only how the stages stand to each other counts then, not the seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.report.parts.text import Text


@dataclass(frozen=True)
class Stage:
    """One stage: what is done in it, the beginnings of the names of its steps, and its seconds in the sample."""

    said: Text
    steps: tuple[str, ...]
    seconds: float


STAGES = (
    Stage(Text("logs are read and judged", "读取并检查日志"), ("raw__",), 60),
    Stage(Text("the warehouse is built", "构建数据仓库"), ("build_plan", "warehouse", "marts__"), 35),
    Stage(Text("churn is predicted", "预测流失"), ("churn_",), 23),
    Stage(Text("lists and records are made", "制作名单与记录"), ("retention_list", "restated_figures", "records"), 8),
    Stage(Text("the report is published", "发布报告"), ("published",), 3),
    Stage(Text("messages are sent", "发送消息"), ("sent_messages",), 1),
)
"""Stages of a run."""

IMPORTED = (
    Stage(Text("files are read", "读取文件"), ("read",), 70),
    Stage(Text("log files are written", "写出日志文件"), ("write",), 25),
    Stage(Text("log files are put in place", "日志文件就位"), ("place",), 5),
)
"""Stages of an import."""

EXPORTS = (Stage(Text("exports are read and written, one after the other", "逐一读取并写出各份导出"), ("read",), 1),)
"""The one stage of an import of a folder, which does all for each export in turn."""

_MOST_TIMES = 3.0
"""How many times slower or faster than the earlier run this one is taken to be at most."""

_TELLING_SHARE = 0.1
"""Share of the work from which its pace says how fast the rest will be: first seconds say little."""


def stage_of(step: str, stages: Sequence[Stage] = STAGES) -> int | None:
    """Number of the stage that a step belongs to, from 0; None where it is of none."""
    return next((number for number, stage in enumerate(stages) if step.startswith(stage.steps)), None)


def seconds_by_stage(steps: Mapping[str, float]) -> list[float]:
    """Add up the seconds of an earlier run's steps."""
    spent = [0.0] * len(STAGES)
    for step, seconds in steps.items():
        if (number := stage_of(step)) is not None:
            spent[number] += seconds
    return spent


class Course:
    """How far a run is.

    Attributes:
        stage: Number of the stage at work, from 0.
        stages: All of them.
    """

    def __init__(
        self,
        pieces: Sequence[int],
        earlier: Sequence[float] | None = None,
        clock: Callable[[], float] = time.monotonic,
        stages: Sequence[Stage] = STAGES,
    ) -> None:
        """Begin.

        Args:
            pieces: How many assets each stage makes.
            earlier: Seconds that each stage took in an earlier run.
            clock: What counts seconds.
            stages: The stages, in their order.
        """
        self.stage, self.stages = 0, stages
        self._pieces = pieces
        self._is_first = earlier is None
        self._expected = list(earlier or [stage.seconds for stage in stages])
        self._made: list[set[str]] = [set() for _ in stages]
        self._reached = [0.0] * len(stages)
        self._clock = clock
        self._began = self._stage_began = clock()

    def step_began(self, step: str) -> None:
        """Hear that a step began: stages before its own are over."""
        number = stage_of(step, self.stages)
        if number is not None and number > self.stage:
            self.stage, self._stage_began = number, self._clock()

    def made(self, step: str, asset: str) -> None:
        """Hear that a step made an asset."""
        if (number := stage_of(step, self.stages)) is not None:
            self._made[number].add(asset)

    def reached(self, step: str, done: int, of: int) -> None:
        """Hear how many pieces of a step are done that knows their number; stages before its own are over."""
        self.step_began(step)
        if (number := stage_of(step, self.stages)) is not None:
            self._reached[number] = done / max(of, 1)

    @property
    def done(self) -> float:
        """Share of the work that is done, as the stages stand to each other."""
        return self._work_done() / (sum(self._expected) or 1.0)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the run ends; None while nothing says how fast it is."""
        done = self._work_done()
        spent = self._clock() - self._began
        if self._is_first:
            return (sum(self._expected) - done) * spent / done if done else None
        whole = sum(self._expected)
        pace = min(max(spent / done, 1 / _MOST_TIMES), _MOST_TIMES) if done >= _TELLING_SHARE * whole else 1.0
        return (whole - done) * pace

    def _work_done(self) -> float:
        return sum(self._expected[: self.stage]) + self._expected[self.stage] * self._share_of_stage()

    def _share_of_stage(self) -> float:
        """Share of the stage at work that is done, by what it made, or by its time where an earlier run says that."""
        by_count = self._reached[self.stage] or len(self._made[self.stage]) / max(self._pieces[self.stage], 1)
        expected = self._expected[self.stage]
        by_time = (self._clock() - self._stage_began) / expected if expected and not self._is_first else 0.0
        return min(max(by_count, min(by_time, 0.9)), 1.0)
