"""Whether today's members are like those the model learnt from: what moved, in words, and how far."""

from __future__ import annotations

import re

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, feature_words, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, decimal, integer, plural
from pipelines.sql import literal

_NAMED = re.compile(r"(\w+) (\d+\.\d+)(?: (up|down))?(?=[,)])")
_WAYS = {"up": Text("higher", "更高"), "down": Text("lower", "更低"), "": Text("spread otherwise", "分布不同")}


def drift(marts: Marts, context: SiteContext, definition: str, mark: Text) -> Block | None:
    """What the third gate found on the newest scored day; None where it judged no drift."""
    result = marts.run(
        f"churn_drift_{definition}",
        f"""
        select day, observed, expected, is_passed
        from marts.gate_results
        where
            gate = 'predictions'
            and expectation like {literal(definition + "_feature_drift%")}
            and day <= {context.through}
        qualify row_number() over (order by day desc, checked_at desc) = 1
        """,
    )
    if not result.rows or not result.first["observed"]:
        return None
    title = Text("Are these still the members it learnt from?", "现在的成员还像训练时的成员吗？") + mark
    moved = _NAMED.findall(result.first["observed"])
    if not moved:
        body = Text("Yes: nothing that the model looks at has moved far.", "是：模型所看的各项均无明显变化。")
        return Note(title=title, body=body, result=result, half=True)
    name = words.word(feature_words.FEATURES, moved[0][0])
    return Table(
        title=title,
        note=Text(
            f"Not quite: {plural(len(moved), 'thing has', 'things have')} moved since the training days, most of all "
            f"{name.en}. Until the next training, trust the order of the members more than their percentages. PSI says "
            "how far the spread has moved; above 0.25 it is called another population.",
            f"不完全是：自训练期以来有 {integer(len(moved))} 项发生变化，最大的是{name.zh}。"
            "在下次训练之前，成员的排序比概率更可信。PSI 衡量分布变化的幅度；高于 0.25 视为不同的人群。",
        ),
        columns=[
            Column(Text("What", "项目")),
            Column(Text("Than in the training days", "与训练期相比")),
            Column(Text("Shift (PSI)", "变化幅度（PSI）"), number=True),
        ],
        rows=[
            [
                Cell(words.word(feature_words.FEATURES, feature)),
                Cell(_WAYS[way]),
                cells.number(decimal(float(psi)), float(psi)),
            ]
            for feature, psi, way in moved
        ],
        result=result,
        half=True,
        dense=True,
    )
