"""Reasons that name a learner or a feature of the churn model call it as the pages do, in both languages."""

from __future__ import annotations

import pytest

from models.drift import DRIFT_NAMES
from models.learners import LEARNERS
from pipelines.report.parts import words
from pipelines.report.parts.feature_words import FEATURES
from pipelines.report.parts.reasons import said


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_learners_are_called_by_their_names_in_what_chose_a_model(name):
    chosen = said(f"{name} has the lowest log-loss on validation cut-offs: 0.3075, {name} 0.3084, {name} 0.3143")
    vetoed = [
        said(f"rule: {name} doesn't beat the baseline {name} on {period} cut-offs (log-loss 0.4 against 0.3)")
        for period in ("validation", "test")
    ]

    en, zh = words.LEARNERS[name].en, words.LEARNERS[name].zh
    assert chosen.en == f"{en} has the lowest log-loss on validation cut-offs: 0.3075, {en} 0.3084, {en} 0.3143"
    assert chosen.zh == f"{zh}在验证切点上的对数损失最低：0.3075，{zh} 0.3084，{zh} 0.3143"
    assert [one.en.partition(": ")[2] for one in vetoed] == [
        f"{en} doesn't beat the baseline {en} on {period} cut-offs (log-loss 0.4 against 0.3)"
        for period in ("validation", "test")
    ]
    assert [one.zh.partition("：")[2] for one in vetoed] == [
        f"在{period}切点上，{zh}没有胜过基线“{zh}”（对数损失 0.4 对 0.3）" for period in ("验证", "测试")
    ]


@pytest.mark.parametrize("name", DRIFT_NAMES)
def test_features_are_called_by_their_names_in_what_moved(name):
    moved, called = said(f"0.52 ({name} 0.52 up, {name} 0.42 down)"), FEATURES[name]

    assert moved.en == f"0.52 ({called.en} 0.52 up, {called.en} 0.42 down)"
    assert moved.zh == f"0.52（{called.zh} 0.52（升高），{called.zh} 0.42（降低））"
