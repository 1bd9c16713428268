"""Pieces that a member has not read: item-based collaborative filtering, and the popularity it has to beat.

Members and pieces are a sparse matrix of who read what. Two pieces are alike if the same members read them (cosine of
their columns, scikit-learn's ``NearestNeighbors``); a piece's score for a member is the sum of its likeness to what
they read. Memory grows with reads and ``MAX_PIECES`` × ``N_NEIGHBOURS``, never with members × pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.stats import norm
from sklearn import config_context
from sklearn.neighbors import NearestNeighbors

MAX_PIECES, N_NEIGHBOURS, BATCH = 5_000, 50, 1_000
"""Pieces taken in, the most read ones; alike pieces kept of each; members scored at a time."""
POPULAR_DAYS, TEST_DAYS = 30, 14
"""Days whose readers make a piece popular, and days that the methods have to predict."""
N_CUT_OFFS = 6
"""Cut-offs of the comparison, each after the days of the one before, the last one ``TEST_DAYS`` before the last day."""
CUTS = (3, 10)
"""Lengths of the suggestions that are judged; the first one is what is shown."""
LEAST_MEMBERS = 50
"""Members below which no comparison is made."""
NEIGHBOURS, POPULARITY = "neighbours", "popularity"


@dataclass(frozen=True)
class Shelf:
    """Who read what, up to a day: members in rows, pieces in columns, both in order of their ids."""

    members: pd.Index
    pieces: pd.Index
    read: sp.csr_array
    popular: np.ndarray
    """Recent readers of each piece, shape (pieces,)."""
    open: np.ndarray
    """Which pieces may be suggested, shape (pieces,)."""

    @classmethod
    def of(cls, reads: pd.DataFrame, pieces: pd.DataFrame, through_day: date) -> Shelf:
        """Build it from reads up to a day.

        Args:
            reads: ``member_id``, ``content_id``, ``first_day``; a row per member and piece.
            pieces: ``content_id``, ``published_day`` of the pieces that may be suggested.
            through_day: Last day that may be known.
        """
        reads = reads[reads["first_day"] <= through_day]
        most = reads["content_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        reads = reads[reads["content_id"].isin(most.index[:MAX_PIECES])]
        members = pd.Index(sorted(reads["member_id"].unique()))
        titles = pd.Index(sorted(reads["content_id"].unique()))
        places = members.get_indexer(reads["member_id"]), titles.get_indexer(reads["content_id"])
        shape = (len(members), len(titles))
        matrix = sp.csr_array((np.ones(len(reads), dtype=np.float32), places), shape=shape)
        recent = reads["first_day"] > through_day - timedelta(days=POPULAR_DAYS)
        popular = np.bincount(places[1][recent.to_numpy()], minlength=len(titles))
        known = pieces[pieces["published_day"] <= through_day]["content_id"]
        return cls(members, titles, matrix, popular, titles.isin(known))

    def suggest(self, method: str, members: Sequence[str], n: int) -> dict[str, list[str]]:
        """Return up to ``n`` unread pieces for each member, best first; a member who never read gets popular ones."""
        if self.read.nnz == 0:
            return {member: [] for member in members}
        alike = self._alike() if method == NEIGHBOURS else None
        suggested: dict[str, list[str]] = {}
        for start in range(0, len(members), BATCH):
            batch = list(members[start : start + BATCH])
            row = self.members.get_indexer(pd.Index(batch))
            read = self.read[np.maximum(row, 0)].multiply((row >= 0)[:, None]).tocsr()
            scores = np.zeros(read.shape) if alike is None else (read @ alike).toarray()
            # Ties, and members of whom nothing is known, go by popularity, then by the id.
            scores = scores + self.popular / (1 + self.popular.max(initial=0)) * 1e-6
            scores[:, ~self.open] = -1
            scores[read.toarray() > 0] = -1
            order = np.argsort(-scores, axis=1, kind="stable")[:, :n]
            for place, member in enumerate(batch):
                best = [column for column in order[place] if scores[place, column] > 0]
                suggested[member] = [str(self.pieces[column]) for column in best]
        return suggested

    def _alike(self) -> sp.csr_array:
        """Likeness of each piece to its nearest ones, shape (pieces, pieces)."""
        columns = self.read.T.tocsr()
        neighbours = NearestNeighbors(
            n_neighbors=min(N_NEIGHBOURS + 1, len(self.pieces)), metric="cosine", algorithm="brute", n_jobs=1
        ).fit(columns)
        with config_context(working_memory=64):
            distance, near = neighbours.kneighbors(columns)
        own = np.repeat(np.arange(len(self.pieces)), near.shape[1])
        likeness = np.where(near.ravel() == own, 0.0, 1.0 - distance.ravel())
        return sp.csr_array((likeness, (own, near.ravel())), shape=(len(self.pieces),) * 2)


def evaluate(reads: pd.DataFrame, pieces: pd.DataFrame, through_day: date) -> pd.DataFrame:
    """Let both methods predict the pieces that members first read after each of several cut-offs, from what was known.

    Each member is their own comparison: the gain of neighbours is the mean difference of hits by both methods for the
    same member and cut-off. A member of several cut-offs counts as one cluster (Liang and Zeger, Biometrika 1986).

    Returns:
        A row per method and length: ``method``, ``n_suggested``, ``n_cut_offs``, ``n_members`` (who read anything new
        after a cut-off, summed over the cut-offs), ``n_hits`` (of these who read at least one of their suggestions),
        ``hit_rate``, ``cut_off`` (the last one), ``gain``, ``gain_low``, ``gain_high`` (hit rate of neighbours less
        that of popularity with its 95 % interval; the same in both rows), ``is_used``. Neighbours are used where the
        interval lies above 0 at every length; popularity else, and with fewer members than ``LEAST_MEMBERS``.
    """
    cut_offs = [through_day - timedelta(days=TEST_DAYS * back) for back in range(1, N_CUT_OFFS + 1)]
    hits = pd.concat([_hits(reads, pieces, cut_off) for cut_off in cut_offs], ignore_index=True)
    rows: list[dict[str, object]] = []
    wins = hits["member_id"].nunique() >= LEAST_MEMBERS
    for n in CUTS:
        own = hits[hits["n_suggested"] == n]
        gain, low, high = _paired_gain(own)
        wins = wins and low > 0
        for method in (NEIGHBOURS, POPULARITY):
            n_hits = int(own[method].sum())
            rows.append(
                {"method": method, "n_suggested": n, "n_members": len(own), "n_hits": n_hits}
                | {"n_cut_offs": int(own["cut_off"].nunique()), "gain": gain, "gain_low": low, "gain_high": high}
            )
    frame = pd.DataFrame(rows).sort_values(["method", "n_suggested"], kind="stable", ignore_index=True)
    frame["hit_rate"] = frame["n_hits"] / frame["n_members"].where(frame["n_members"] > 0)
    return frame.assign(cut_off=cut_offs[0], is_used=frame["method"] == (NEIGHBOURS if wins else POPULARITY))


def _hits(reads: pd.DataFrame, pieces: pd.DataFrame, cut_off: date) -> pd.DataFrame:
    """Whether each method's suggestions of a cut-off were read in the days after it, a row per member and length."""
    shelf = Shelf.of(reads, pieces, cut_off)
    later = reads[(reads["first_day"] > cut_off) & (reads["first_day"] <= cut_off + timedelta(days=TEST_DAYS))]
    later = later[later["content_id"].isin(shelf.pieces[shelf.open]) & later["member_id"].isin(shelf.members)]
    read = {str(member): set(own) for member, own in later.groupby("member_id")["content_id"]}
    found = {method: shelf.suggest(method, sorted(read), max(CUTS)) for method in (NEIGHBOURS, POPULARITY)}
    rows = [
        {"member_id": member, "cut_off": cut_off, "n_suggested": n}
        | {method: bool(read[member] & set(suggested[member][:n])) for method, suggested in found.items()}
        for member in sorted(read)
        for n in CUTS
    ]
    return pd.DataFrame(rows, columns=["member_id", "cut_off", "n_suggested", NEIGHBOURS, POPULARITY])


def _paired_gain(hits: pd.DataFrame) -> tuple[float, float, float]:
    """Mean difference of hits, neighbours less popularity, with its 95 % interval; NaN with fewer than two members."""
    difference = hits[NEIGHBOURS].astype(float) - hits[POPULARITY].astype(float)
    n_clusters = hits["member_id"].nunique()
    if n_clusters < 2:
        return np.nan, np.nan, np.nan
    gain = float(difference.mean())
    sums = (difference - gain).groupby(hits["member_id"]).sum()
    error = np.sqrt(n_clusters / (n_clusters - 1) * float((sums**2).sum())) / len(hits)
    return gain, gain - norm.ppf(0.975) * error, gain + norm.ppf(0.975) * error
