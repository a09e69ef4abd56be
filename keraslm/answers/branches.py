"""The tree of continuations: its most probable branches, best first.

Math:   P(w_1 .. w_k | text) = prod_j P(w_j | text, w_1 .. w_{j-1})
"""

import dataclasses
import heapq
from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.answers.place import Asked, distribution, next_or_nan
from keraslm.inference.rows import push_each
from keraslm.sampling.stream import TokenStream

NODES = 400
MASS = 0.95
DEPTH = 8
AHEAD = 16  # nodes whose next distribution is computed in one step


@dataclasses.dataclass
class Node:
    """A continuation of the text.

    Units: `probability` is that of the whole continuation, given the text
    """

    token: int
    parent: int
    depth: int
    probability: float
    possible: bool | None = None
    """Whether the truth has a text that begins so; None if it is not asked."""
    rest: float = 1.0
    """The share of this node's mass that its children in the tree do not have."""
    children: int = 0


def branches(
    asked: Asked,
    text: str,
    truth: Asked | None = None,
    nodes: int = NODES,
    mass: float = MASS,
    depth: int = DEPTH,
) -> dict[str, Any]:
    """Grow the tree of what may follow, always by the most probable continuation.

    A node gets children until they have the share `mass` of it. The tree ends with so
    many nodes, or at the depth. `impossible` is the probability of all branches in the
    tree that leave the language of the truth, each counted where it leaves it.
    """
    ids = asked.encoder.encode_prompt(text)
    tree = Tree(asked, ids, truth, mass, depth)
    while len(tree.nodes) <= nodes and tree.grow():
        pass
    return tree.told()


class Tree:
    """The nodes so far, the root first, and the candidates to be the next."""

    def __init__(
        self, asked: Asked, ids: list[int], truth: Asked | None, mass: float, depth: int
    ) -> None:
        self.asked, self.ids, self.mass, self.depth = asked, ids, mass, depth
        self.nodes = [Node(-1, -1, 0, 1.0)]
        self._streams: dict[int, TokenStream] = {0: asked.stream(ids)}
        self._truths = {0: truth.stream(ids)} if truth else {}
        self._sorted: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        # of each candidate: -probability, parent, rank among the parent's children
        self._candidates: list[tuple[float, int, int]] = []
        self._ready: dict[tuple[int, int], tuple[TokenStream, np.ndarray]] = {}
        first = next_or_nan([self._streams[0]])[0]
        if not np.isnan(first).any():  # a text that is impossible has no branches
            self._sort(0, first)
            self._offer(0, 0)

    def grow(self) -> bool:
        """Add the most probable candidate; False if there is none."""
        if not self._candidates:
            return False
        if (self._candidates[0][1:]) not in self._ready:
            self._look_ahead()
        negative, parent, rank = heapq.heappop(self._candidates)
        order, p = self._sorted[parent]
        number, above = len(self.nodes), self.nodes[parent]
        node = Node(int(order[rank]), parent, above.depth + 1, -negative)
        self.nodes.append(node)
        above.rest -= float(p[rank])
        above.children += 1
        stream, log_p = self._ready.pop((parent, rank))
        self._follow_truth(parent, number, node)
        if node.depth < self.depth:
            self._streams[number] = stream
            self._sort(number, log_p)
            self._offer(number, 0)
        if above.rest > 1 - self.mass:
            self._offer(parent, rank + 1)
        return True

    def _sort(self, number: int, log_p: np.ndarray) -> None:
        best = np.arange(len(log_p))
        if len(log_p) > NODES:  # a node has no more children in the tree
            best = np.argpartition(log_p, -NODES)[-NODES:]
        order = best[np.lexsort((best, -log_p[best]))]
        self._sorted[number] = (order, np.exp(log_p[order]))

    def _offer(self, parent: int, rank: int) -> None:
        _, p = self._sorted[parent]
        if rank < len(p) and p[rank] > 0:
            probability = self.nodes[parent].probability * float(p[rank])
            heapq.heappush(self._candidates, (-probability, parent, rank))

    def _siblings(
        self, candidate: tuple[float, int, int]
    ) -> Iterator[tuple[float, int, int]]:
        """Give the candidates that will follow one, below the same parent."""
        _, parent, rank = candidate
        probability, (_, p) = self.nodes[parent].probability, self._sorted[parent]
        for later in range(rank + 1, min(rank + AHEAD, len(p))):
            if p[later] > 0:
                yield -probability * float(p[later]), parent, later

    def _look_ahead(self) -> None:
        """Step to the best candidates at once; most of them are soon in the tree."""
        best = heapq.nsmallest(AHEAD, self._candidates)
        after = [next_one for one in best for next_one in self._siblings(one)]
        ahead = heapq.nsmallest(AHEAD, {*best, *after})
        keys = [key for _, *key in ahead if tuple(key) not in self._ready]
        streams = [self._streams[parent].fork() for parent, _ in keys]
        tokens = [int(self._sorted[parent][0][rank]) for parent, rank in keys]
        push_each(streams, tokens)
        log_p = next_or_nan(streams)
        for (parent, rank), stream, row in zip(keys, streams, log_p, strict=True):
            self._ready[parent, rank] = (stream, row)

    def _follow_truth(self, parent: int, number: int, node: Node) -> None:
        """Say whether the branch is possible; below an impossible one all are not."""
        if 0 not in self._truths:
            return
        truth = self._truths.get(parent)
        p = None if truth is None else distribution(truth)
        node.possible = p is not None and bool(p[node.token] > 0)
        if truth is not None and node.possible and node.depth < self.depth:
            self._truths[number] = truth.fork()
            self._truths[number].push(node.token)

    def told(self) -> dict[str, Any]:
        """Give the tree as JSON, parents before their children."""
        leaves = [
            node
            for node in self.nodes[1:]
            if node.possible is False and self.nodes[node.parent].possible is not False
        ]
        return {
            "nodes": [self._told(number) for number in range(len(self.nodes))],
            "vocabulary": len(self.asked.vocabulary),
            "impossible": sum(n.probability for n in leaves) if self._truths else None,
        }

    def _told(self, number: int) -> dict[str, Any]:
        node = self.nodes[number]
        told: dict[str, Any] = {
            "parent": node.parent,
            "probability": node.probability,
            "rest": max(node.rest, 0.0),
            "children": node.children,
        }
        if number:
            told["token"] = self.asked.vocabulary.token(node.token)
            told["piece"] = self.asked.piece(self._before(node), node.token)
        if node.possible is not None:
            told["possible"] = node.possible
        return told

    def _before(self, node: Node) -> list[int]:
        """Give the last token before a node, which decides on the space."""
        if node.parent == 0:
            return self.ids
        return [self.nodes[node.parent].token]
