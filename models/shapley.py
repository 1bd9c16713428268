"""Shapley values of decision trees, exact: what each feature adds on the way from a background row to a member.

A feature is set to the member's own value, all others being the background's or the member's already, in every order
that there is. Of a tree only those nodes count at which the two rows part, so all orders together are one walk
(interventional values; Lundberg and others 2020). The walk is compiled, and other threads run meanwhile.
"""

from __future__ import annotations

from functools import cache
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]

NODE = np.dtype(
    [("threshold", "f8"), ("value", "f8"), ("feature", "i4"), ("left", "i4"), ("right", "i4"), ("gap_left", "i4")],
    align=True,
)
"""A node of a tree: ``left`` where the feature is at most the threshold, and -1 in a leaf, which has a value."""

Tree = NDArray[np.void]


def tree_values(learner: Any, x: Array, background: Array) -> Array:  # noqa: ANN401 - scikit-learn has no types
    """Return the contribution of every feature to what the trees of a learner add up to, shape (b, n, m).

    That is the probability for a fitted tree or forest, and log-odds for boosting.

    Args:
        learner: The fitted learner.
        x: Rows to explain, as the learner sees them, shape (n, m).
        background: Rows to compare with, shape (b, m).
    """
    values = np.zeros((len(background), *x.shape))
    walk, weights = _compiled(), _weights(x.shape[1])
    if hasattr(learner, "_predictors"):
        trees = [_boosted(tree.nodes) for (tree,) in learner._predictors]
    else:
        grown = getattr(learner, "estimators_", [learner])
        trees = [_grown(one.tree_, len(grown)) for one in grown]
        x, background = (rows.astype("float32").astype("float64") for rows in (x, background))  # as it compares them
    for tree in trees:
        walk(tree, weights, x, background, values)
    return values


def _grown(tree: Any, n_trees: int) -> Tree:  # noqa: ANN401 - as above
    nodes = np.zeros(tree.node_count, NODE)
    nodes["left"], nodes["right"], nodes["gap_left"] = tree.children_left, tree.children_right, tree.missing_go_to_left
    nodes["feature"], nodes["threshold"] = tree.feature, tree.threshold
    nodes["value"] = tree.value[:, 0, 1] / n_trees
    return nodes


def _boosted(tree: Any) -> Tree:  # noqa: ANN401 - as above
    nodes = np.zeros(len(tree), NODE)
    nodes["left"] = np.where(tree["is_leaf"], -1, tree["left"].astype("i4"))
    nodes["right"], nodes["gap_left"] = tree["right"], tree["missing_go_to_left"]
    nodes["feature"], nodes["threshold"], nodes["value"] = tree["feature_idx"], tree["num_threshold"], tree["value"]
    return nodes


@cache
def _weights(most: int) -> Array:
    """Return by k and n the share of orders of n features in which one of k certain ones comes last of the k.

    That is how much a leaf counts for each of the k features that lead to it, n - k having to stay as they were.
    """
    weights = np.zeros((most + 1, most + 1))
    for n in range(1, most + 1):
        for k in range(1, n + 1):
            weights[k, n] = 1 / (k * comb(n, k))
    return weights


@cache
def _compiled() -> Callable[..., None]:
    """Return the walk as machine code, kept beside this file or in the user's cache where either may be written."""
    import numba  # noqa: PLC0415 - its import takes time, which a run without trees need not spend

    try:
        compiled: Callable[..., None] = numba.njit(nogil=True, cache=True)(_walk)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(_walk)
    return compiled


def _walk(nodes: Tree, weights: Array, x: Array, background: Array, values: Array) -> None:
    """Add a tree's contributions to ``values``, shape (b, n, m): depth first over all leaves that a mix can reach.

    Where the two rows part at a feature met for the first time, the member's way is walked first, then the other.
    """
    n_features = x.shape[1]
    whose = np.zeros(n_features, np.int8)  # by feature: 1 the member's way is taken, -1 the background's, 0 not parted
    parted = np.zeros(n_features, np.int32)
    other_way = np.zeros(n_features, np.int32)
    own_with = np.zeros(n_features)
    own_without = np.zeros(n_features)
    its_way = np.zeros(len(nodes), np.int32)
    for j in range(len(background)):
        for node in range(len(nodes)):
            if nodes[node].left >= 0:
                value = background[j, nodes[node].feature]
                goes_left = value <= nodes[node].threshold or (np.isnan(value) and nodes[node].gap_left)
                its_way[node] = nodes[node].left if goes_left else nodes[node].right
        for i in range(len(x)):
            node, n, k = 0, 0, 0  # n features parted on the way here, of k the member's way was taken
            while True:
                while nodes[node].left >= 0:
                    feature = nodes[node].feature
                    if whose[feature] < 0:
                        node = its_way[node]
                        continue
                    value = x[i, feature]
                    goes_left = value <= nodes[node].threshold or (np.isnan(value) and nodes[node].gap_left)
                    own_way = nodes[node].left if goes_left else nodes[node].right
                    if whose[feature] == 0 and own_way != its_way[node]:
                        parted[n], other_way[n], whose[feature] = feature, its_way[node], 1
                        n += 1
                        k += 1
                    node = own_way
                with_one = nodes[node].value * weights[k, n]
                without_one = -nodes[node].value * weights[n - k, n]
                while n > 0:
                    feature = parted[n - 1]
                    if whose[feature] > 0:
                        own_with[n - 1], own_without[n - 1] = with_one, without_one
                        whose[feature] = -1
                        k -= 1
                        node = other_way[n - 1]
                        break
                    n -= 1
                    whose[feature] = 0
                    values[j, i, feature] += own_with[n] + without_one
                    with_one += own_with[n]
                    without_one += own_without[n]
                if n == 0:
                    break
