"""Which of many sequences shares the longest beginning with another, without looking at all of them.

A radix trie: an edge is a run of tokens, a sequence is the way from the root to a leaf, and each node knows
which of the sequences below it was used last. A search follows one way, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["Ids", "PrefixIndex"]

Ids = npt.NDArray[np.int64]


@dataclass(slots=True, eq=False)
class _Node:
    """A node and the edge that leads to it.

    Attributes:
        ids: The tokens of the edge; none for the root.
        parent: None for the root.
        children: By the first token of their edges; none for a leaf.
        newest: Of the sequences below, or at, the node: the one that was used last.
    """

    ids: Ids
    parent: _Node | None
    newest: int
    children: dict[int, _Node] = field(default_factory=dict)


class PrefixIndex:
    """Sequences by number. None of them may be the beginning of another, nor empty."""

    def __init__(self) -> None:
        self._root = _Node(np.empty(0, dtype=np.int64), None, -1)
        self._leaves: dict[int, _Node] = {}
        self._used: dict[int, int] = {}  # by number: grows with each use
        self._clock = 0

    def longest(self, ids: Ids) -> tuple[int | None, int]:
        """The sequence that shares the most tokens with the beginning of `ids`, and how many.

        Of several, it is the one that was used last; None if all share nothing.
        """
        node, shared = self._root, 0
        while shared < len(ids) and (child := node.children.get(int(ids[shared]))) is not None:
            along = _common(child.ids, ids[shared:])
            node, shared = child, shared + along
            if along < len(child.ids):
                break
        return (node.newest, shared) if shared else (None, 0)

    def add(self, number: int, ids: Ids) -> None:
        """Take in a sequence, as the one that was used last."""
        node, shared = self._root, 0
        while (child := node.children.get(int(ids[shared]))) is not None:
            along = _common(child.ids, ids[shared:])
            shared += along
            if along < len(child.ids):
                node = self._split(child, along)
                break
            node = child
        leaf = node.children[int(ids[shared])] = _Node(ids[shared:], node, number)
        self._leaves[number] = leaf
        self.use(number)

    def use(self, number: int) -> None:
        """Note that a sequence was used."""
        self._clock += 1
        self._used[number] = self._clock
        for node in self._up(self._leaves[number]):
            node.newest = number

    def remove(self, number: int) -> None:
        """Forget a sequence."""
        leaf = self._leaves.pop(number)
        del self._used[number]
        parent = leaf.parent
        assert parent is not None
        del parent.children[int(leaf.ids[0])]
        if len(parent.children) == 1 and parent.parent is not None:
            (only,) = parent.children.values()
            only.ids = np.concatenate([parent.ids, only.ids])
            only.parent = parent = parent.parent
            parent.children[int(only.ids[0])] = only
        for node in self._up(parent):
            if node.newest == number:
                below = [child.newest for child in node.children.values()]
                node.newest = max(below, key=self._used.__getitem__, default=-1)

    @staticmethod
    def _split(node: _Node, at: int) -> _Node:
        """Put a node in the middle of an edge."""
        parent = node.parent
        assert parent is not None
        upper = _Node(node.ids[:at], parent, node.newest)
        parent.children[int(upper.ids[0])] = upper
        node.ids, node.parent = node.ids[at:], upper
        upper.children[int(node.ids[0])] = node
        return upper

    @staticmethod
    def _up(node: _Node | None) -> Iterator[_Node]:
        while node is not None:
            yield node
            node = node.parent


def _common(one: Ids, other: Ids) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    differing = np.flatnonzero(one[:length] != other[:length])
    return int(differing[0]) if len(differing) else length
