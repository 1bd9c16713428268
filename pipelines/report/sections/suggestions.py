"""How good the pieces are that lists of members suggest: each method against popularity."""

from __future__ import annotations

from pipelines.report.parts import words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import Text, day, integer, percent, signed


def block(marts: Marts) -> Table:
    """Hit rates of the methods, those that are in use marked."""
    result = marts.run(
        "suggestion_evaluations",
        """
        select
            day, cut_off, n_cut_offs, method, n_suggested, n_members, n_hits, hit_rate, hit_rate_low, hit_rate_high,
            gain, gain_low, gain_high, is_used,
        from marts.suggestion_evaluations
        qualify day = max(day) over ()
        order by n_suggested, method
        """,
    )
    return Table(
        title=Text("Suggested pieces: do members read them?", "推荐内容：成员会读吗？"),
        note=_verdict(result.rows)
        + Text(
            "Share of members who read at least one of the pieces that each method would have suggested, in the two "
            "weeks after each of several cut-offs; ✓ is in use.",
            "若在多个切点推荐，成员在其后两周内至少读了其中一篇的比例；✓ 为在用方法。",
        ),
        columns=[
            Column(Text("Method", "方法")),
            Column(Text("Pieces", "篇数"), number=True),
            Column(Text("Hit rate", "命中率"), number=True),
            Column(Text("95% interval", "95% 区间")),
            Column(Text("Members", "成员"), number=True),
            Column(Text("Known through", "已知截至")),
        ],
        rows=[
            [
                Cell(words.word(words.METHODS, row["method"]) + (" ✓" if row["is_used"] else ""), row["method"]),
                Cell(integer(row["n_suggested"]), row["n_suggested"]),
                Cell(percent(row["hit_rate"], row["n_members"]), row["hit_rate"]),
                Cell(f"{percent(row['hit_rate_low'])}–{percent(row['hit_rate_high'])}", row["hit_rate_low"]),
                Cell(integer(row["n_members"]), row["n_members"]),
                Cell(day(row["cut_off"]), row["cut_off"].isoformat()),
            ]
            for row in result.rows
        ],
        result=result,
        half=True,
    )


def _verdict(rows: list[Row]) -> Text:
    """Whether neighbours beat popularity beyond chance, told at the length at which they do worst."""
    known = [row for row in rows if row["gain_low"] is not None]
    if not known:
        return Text("", "")
    row = min(known, key=lambda row: row["gain_low"])
    low, high = (f"{signed(100 * row[name])}" for name in ("gain_low", "gain_high"))
    methods = {row["method"] for row in rows if row["is_used"]}
    n = row["n_suggested"]
    gain_en = f"with {n}, pieces like those they read gain {low} to {high} points on them (95% interval, same members)"
    gain_zh = f"推荐 {n} 篇时，“相似内容”比“热门”多 {low} 到 {high} 个百分点（95% 区间，同一批成员）"
    if methods == {"neighbours"}:
        return Text(
            f"Pieces like those they read are suggested and beat popular ones: {gain_en}. ",
            f"推荐“相似内容”，胜过“热门”：{gain_zh}。",
        )
    if row["gain_high"] < 0:
        return Text(
            f"Popular pieces are suggested, the others do worse: {gain_en}. ",
            f"推荐“热门”内容，“相似内容”更差：{gain_zh}。",
        )
    return Text(
        f"Popular pieces are suggested: {gain_en}, which may be chance. ", f"推荐“热门”内容：{gain_zh}，可能出于偶然。"
    )
