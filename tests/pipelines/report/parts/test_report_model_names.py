"""Reasons that name a learner or a feature of the churn model call it in Chinese as the pages do."""

from __future__ import annotations

import pytest

from models.drift import DRIFT_NAMES
from models.learners import LEARNERS
from pipelines.report.parts import words
from pipelines.report.parts.feature_words import FEATURES
from pipelines.report.parts.reasons import chinese


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_learners_are_called_by_their_chinese_names_in_what_chose_a_model(name):
    chosen = chinese(f"{name} has the lowest log-loss on validation cut-offs: 0.3075, {name} 0.3084, {name} 0.3143")
    vetoed = [
        chinese(f"rule: {name} doesn't beat the baseline {name} on {period} cut-offs (log-loss 0.4 against 0.3)")
        for period in ("validation", "test")
    ]

    said = words.LEARNERS[name].zh
    assert chosen == f"{said}在验证切点上的对数损失最低：0.3075，{said} 0.3084，{said} 0.3143"
    assert [one.partition("：")[2] for one in vetoed] == [
        f"在{period}切点上，{said}没有胜过基线“{said}”（对数损失 0.4 对 0.3）" for period in ("验证", "测试")
    ]


@pytest.mark.parametrize("name", DRIFT_NAMES)
def test_features_are_called_by_their_chinese_names_in_what_moved(name):
    said = FEATURES[name].zh

    assert chinese(f"0.52 ({name} 0.52 up, {name} 0.42 down)") == f"0.52（{said} 0.52（升高），{said} 0.42（降低））"
