"""The merging of classes that loses least information, one pair at a time.

Math:   N classes' bigrams n_cd, l_c = sum_d n_cd, r_d = sum_c n_cd, f(x) = x log x
        n I = sum_cd f(n_cd) - sum_c f(l_c) - sum_d f(r_d) + f(n)
        h(x, y) = f(x + y) - f(x) - f(y), 0 where x or y is 0
        the loss of merging c and d, times n:
            h(l_c, l_d) + h(r_c, r_d) - sum_m [h(n_cm, n_dm) + h(n_mc, n_md)]
            - what the sum misses where m is c or d
The sum over m, `shared`, is kept for all pairs. A word that joins, or two classes that
merge, change it only in the rows of the classes beside them: a few for a rare word.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Merging:
    """The classes in play: `number` of them, one more, and all words still to come.

    A class has a slot of the tables; `slot_of_word` is -1 for a word that does not
    occur, and the last slot, `rest`, for words still to come.
    """

    def __init__(
        self,
        bigrams: tuple[Array, Array, Array],
        order: Array,
        number: int,
        words: int,
    ) -> None:
        first, second, many = bigrams
        self.rest = number + 1
        self.active = list(range(number))
        self._free = number
        self.slot_of_word = np.full(words, -1)
        self.slot_of_word[order] = self.rest
        self.slot_of_word[order[:number]] = np.arange(number)
        self._after = _Neighbours(first, second, many, words)
        self._before = _Neighbours(second, first, many, words)
        slots = number + 2
        self.n = np.zeros((slots, slots))
        at = self.slot_of_word[first], self.slot_of_word[second]
        np.add.at(self.n, at, many)
        self.left, self.right = self.n.sum(axis=1), self.n.sum(axis=0)
        self._build(number)

    def _build(self, number: int) -> None:
        slots = number + 2
        self.shared = np.zeros((slots, slots))
        for slot in range(number):
            self._share(slot, self._sum(slot, np.arange(slots)))
        self.own = np.full((slots, slots), np.inf)
        for slot in range(number):
            self._weigh(slot)

    def add(self, word: int) -> None:
        """Make a class of a word that was still to come."""
        new, rest = self._free, self.rest
        self.slot_of_word[word] = new
        after = self._after.of(word, self.slot_of_word, len(self.n))
        before = self._before.of(word, self.slot_of_word, len(self.n))
        old = self.n[rest].copy(), self.n[:, rest].copy()
        self.n[rest] -= after
        self.n[:, rest] -= before
        self.n[rest, new] = self.n[new, rest] = 0.0
        self.n[rest, rest] -= after[new]  # the word beside itself left the rest too
        self.n[new], self.n[:, new] = after, before
        self.left[new], self.right[new] = after.sum(), before.sum()
        mine = np.array(self.active)
        self._change(mine, [old[0]], [self.n[rest], self.n[new]], after)
        self._change(mine, [old[1]], [self.n[:, rest], self.n[:, new]], before)
        self.active.append(new)
        self._share(new, self._sum(new, np.flatnonzero(after + before)))
        self._weigh(new)

    def merge_best(self) -> tuple[int, int]:
        """Merge the two classes that lose least; give the slots kept and gone."""
        loss = self.own - self.shared
        one, two = np.unravel_index(int(np.argmin(loss)), loss.shape)
        kept, gone = sorted((int(one), int(two)), key=self._neighbours, reverse=True)
        row, column = self.n[kept].copy(), self.n[:, kept].copy()
        gone_row, gone_column = self.n[gone].copy(), self.n[:, gone].copy()
        beside = np.union1d(np.flatnonzero(gone_row + gone_column), [kept, gone])
        total = self.shared[kept] - self._sum(kept, beside)
        self.n[kept] += gone_row
        self.n[:, kept] += self.n[:, gone]
        self.n[gone] = self.n[:, gone] = 0.0
        self.left[kept] += self.left[gone]
        self.right[kept] += self.right[gone]
        self._share(kept, total + self._sum(kept, beside))
        self.active.remove(gone)
        others = np.array([slot for slot in self.active if slot != kept], int)
        self._change(others, [row, gone_row], [self.n[kept]], gone_row)
        self._change(others, [column, gone_column], [self.n[:, kept]], gone_column)
        self.own[gone] = self.own[:, gone] = np.inf
        self.shared[gone] = self.shared[:, gone] = 0.0
        self._weigh(kept)
        self.slot_of_word[self.slot_of_word == gone] = kept
        self._free = gone
        return kept, gone

    def _neighbours(self, slot: int) -> int:
        row, column = self.n[slot], self.n[:, slot]
        return int(np.count_nonzero(row) + np.count_nonzero(column))

    def _change(
        self, slots: Array, old: list[Array], new: list[Array], moved: Array
    ) -> None:
        """Replace some m of the sum by others, for the pairs in which that matters."""
        places = np.flatnonzero(moved[slots])
        rows = slots[places]
        change = np.zeros((len(rows), len(slots)))
        for counts, sign in [*((c, -1) for c in old), *((c, 1) for c in new)]:
            change += sign * _h(counts[rows, None], counts[slots])
        self.shared[np.ix_(rows, slots)] += change
        self.shared[np.ix_(slots, rows)] += change.T
        self.shared[np.ix_(rows, rows)] -= change[:, places]

    def _sum(self, slot: int, beside: Array) -> Array:
        """Sum h over some m, of a class with all others."""
        return sum(
            _h(table[slot, beside], table[:, beside]).sum(axis=1)
            for table in (self.n, self.n.T)
        )

    def _share(self, slot: int, total: Array) -> None:
        self.shared[slot] = self.shared[:, slot] = total

    def _weigh(self, slot: int) -> None:
        """Put together what the loss of a class with each other has beside the sum."""
        n, others = self.n, [other for other in self.active if other != slot]
        left, right = self.left, self.right
        to, back, same = n[slot, others], n[others, slot], n[others, others]
        mine = n[slot, slot]
        corner = _f(mine + to + back + same) - _f(mine) - _f(to) - _f(back) - _f(same)
        summed = _h(mine, back) + _h(mine, to) + _h(to, same) + _h(back, same)
        loss = _h(left[slot], left[others]) + _h(right[slot], right[others])
        loss += summed - corner
        self.own[slot, others] = self.own[others, slot] = loss


class _Neighbours:
    """The words beside each word, and how often."""

    def __init__(self, words: Array, beside: Array, many: Array, size: int) -> None:
        order = np.argsort(words, kind="stable")
        self._beside, self._many = beside[order], many[order]
        self._starts = np.searchsorted(words[order], np.arange(size + 1))

    def of(self, word: int, slot_of_word: Array, slots: int) -> Array:
        """Count the neighbours of a word by their classes' slots."""
        mine = slice(self._starts[word], self._starts[word + 1])
        at = slot_of_word[self._beside[mine]]
        return np.bincount(at, self._many[mine], slots)


def information(first: Array, second: Array, many: Array, classes: Array) -> float:
    """Compute the average mutual information of neighbouring classes, from scratch.

    Units: nats a bigram
    """
    size = int(classes.max(initial=0)) + 1
    n = np.zeros((size, size))
    np.add.at(n, (classes[first], classes[second]), many)
    parts = _f(n).sum() - _f(n.sum(axis=1)).sum() - _f(n.sum(axis=0)).sum()
    return float((parts + _f(n.sum())) / max(n.sum(), 1))


def _f(x: Any) -> Any:
    return x * np.log(np.maximum(x, 1))  # counts: 0 log 0 is 0


def _h(x: Any, y: Any) -> Any:
    return _f(x + y) - _f(x) - _f(y)
