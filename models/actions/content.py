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
from sklearn import config_context
from sklearn.neighbors import NearestNeighbors

MAX_PIECES, N_NEIGHBOURS, BATCH = 5_000, 50, 1_000
"""Pieces taken in, the most read ones; alike pieces kept of each; members scored at a time."""
POPULAR_DAYS, TEST_DAYS = 30, 14
"""Days whose readers make a piece popular, and days that the methods have to foretell."""
CUTS = (3, 10)
"""Lengths of the suggestions that are judged; the first one is what is shown."""
LEAST_MEMBERS = 50
"""Members to foretell below which no comparison is made."""
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
            # Ties, and those of whom nothing is known, go by popularity, then by the id.
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
    """Let both methods foretell the pieces that members first read in the last days, from what was known before.

    Returns:
        A row per method and length: ``method``, ``n_suggested``, ``n_members``, ``n_hits`` (members who read at least
        one of their suggestions), ``hit_rate``, ``cut_off``, ``is_used``. Neighbours are used where they hit more often
        at every length; nothing is compared, and popularity used, with fewer than ``LEAST_MEMBERS`` members.
    """
    cut_off = through_day - timedelta(days=TEST_DAYS)
    shelf = Shelf.of(reads, pieces, cut_off)
    later = reads[(reads["first_day"] > cut_off) & (reads["first_day"] <= through_day)]
    later = later[later["content_id"].isin(shelf.pieces[shelf.open]) & later["member_id"].isin(shelf.members)]
    read = {str(member): set(own) for member, own in later.groupby("member_id")["content_id"]}
    rows = []
    for method in (NEIGHBOURS, POPULARITY):
        suggested = shelf.suggest(method, sorted(read), max(CUTS))
        for n in CUTS:
            hits = sum(bool(read[member] & set(pieces_[:n])) for member, pieces_ in suggested.items())
            rows.append({"method": method, "n_suggested": n, "n_members": len(read), "n_hits": hits})
    frame = pd.DataFrame(rows)
    frame["hit_rate"] = frame["n_hits"] / frame["n_members"].where(frame["n_members"] > 0)
    wide = frame.pivot(index="n_suggested", columns="method", values="n_hits")
    wins = len(read) >= LEAST_MEMBERS and bool((wide[NEIGHBOURS] > wide[POPULARITY]).all())
    used = frame["method"] == (NEIGHBOURS if wins else POPULARITY)
    return frame.assign(cut_off=cut_off, is_used=used)
