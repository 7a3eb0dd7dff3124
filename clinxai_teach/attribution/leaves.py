"""Shapley values of trees leaf by leaf, exact, also where several columns belong together (the codes of one text).

A leaf is reached by a patient who takes its columns from x for the players in a set S and from b for the others
exactly if S holds every player whose columns lead to the leaf in x only (A) and none of those that do in b only (C).
With a and c of them, a leaf of value v gives (Lundberg 2020, the interventional case)

    each player in A:   v (a - 1)! c! / (a + c)!          each player in C:   - v a! (c - 1)! / (a + c)!
"""

from collections.abc import Iterator
from math import factorial
from typing import Any

import numpy as np

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.attribution.trees import Tree


def shapley_by_leaf(
    trees: list[Tree], X: FloatArray, background: FloatArray, player: IntArray, n_players: int
) -> tuple[FloatArray, float]:
    """Return the values of the players `(n, n_players)` and the mean of the background.

    `player[j]` is the number of the player that column j belongs to; -1 for a column that is the same for everyone.
    """
    values = np.zeros((len(X), n_players + 1))  # the last one is that of -1, and stays 0
    base = 0.0
    for tree in trees:
        in_x, in_b = _goes_left(tree, X), _goes_left(tree, background)
        for leaf, path in _leaves(tree):
            value = float(tree["values"][leaf, 0])
            players = list(dict.fromkeys(int(player[tree["features"][node]]) for node, _ in path))
            x, b = (_led_there(tree, went, path, players, player) for went in (in_x, in_b))
            base += value * b.all(axis=1).mean()
            values[:, players] += value * _shares(x, b)
    return values[:, :n_players], base


def _goes_left(tree: Tree, X: FloatArray) -> Any:
    """Return which patients go left at which node, `(n, nodes)`; a missing value goes the node's own way."""
    at = X[:, np.maximum(tree["features"], 0)]
    missing_left = tree["children_default"] == tree["children_left"]
    return np.where(np.isnan(at), missing_left, at <= tree["thresholds"])


def _leaves(tree: Tree) -> Iterator[tuple[int, list[tuple[int, bool]]]]:
    """Yield each leaf and the way to it: the nodes, and whether it goes left there."""
    todo: list[tuple[int, list[tuple[int, bool]]]] = [(0, [])]
    while todo:
        node, path = todo.pop()
        left, right = int(tree["children_left"][node]), int(tree["children_right"][node])
        if left < 0:
            yield node, path
        else:
            todo += [(left, [*path, (node, True)]), (right, [*path, (node, False)])]


def _led_there(tree: Tree, went_left: Any, path: list[tuple[int, bool]], players: list[int], player: IntArray) -> Any:
    """Return whether each player's columns lead each patient to the leaf, `(n, players)`."""
    led = np.ones((len(went_left), len(players)), dtype=bool)
    for node, left in path:
        led[:, players.index(int(player[tree["features"][node]]))] &= went_left[:, node] == left
    return led


def _shares(x: Any, b: Any) -> FloatArray:
    """Return each player's mean share of a leaf with value 1, `(n, players)`. Equal patterns are computed once."""
    x, place = np.unique(x, axis=0, return_inverse=True)
    b, counts = np.unique(b, axis=0, return_counts=True)
    only_x, only_b = x[:, None] & ~b, b & ~x[:, None]
    a, c = only_x.sum(axis=2), only_b.sum(axis=2)
    reached = (x[:, None] | b).all(axis=2)
    most = x.shape[1] + 1
    gain = np.array(
        [[factorial(max(i - 1, 0)) * factorial(j) / factorial(i + j) for j in range(most)] for i in range(most)]
    )
    weight = reached * counts / counts.sum()
    shares = only_x * (weight * gain[a, c])[..., None] - only_b * (weight * gain[c, a])[..., None]
    values: FloatArray = shares.sum(axis=1)[place.reshape(-1)]
    return values
