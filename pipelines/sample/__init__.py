"""The sample community: a seeded simulator that writes logs as landing files, and the ground truth aside.

Nothing outside this package and its callers may read the ground truth; the pipeline sees the landing files only. The
one exception measures and decides nothing: the evaluation of the churn model has the oracle's predictions beside it.
"""

from pipelines.sample.simulate import LogReport, SampleReport, write_sample

__all__ = ["LogReport", "SampleReport", "write_sample"]
