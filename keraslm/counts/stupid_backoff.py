"""Stupid backoff: frequencies, and 0.4 times the shorter history's score."""

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Order, Recursive
from keraslm.counts.table import BackoffTable
from keraslm.counts.trie import Level

ALPHA = 0.4


class StupidBackoff(Recursive):
    """Score a word by its frequency, or by a fixed share of a shorter history's score.

    The scores of the words do not sum to one. `scores` gives them; `estimate` divides
    them by their sum after each history, so that the model can be measured.

    Math:   S(w | h) = c(h w) / c(h)       where c(h w) > 0
            S(w | h) = 0.4 S(w | h')       otherwise;  S(w) = 0.4 / V for a new word
            P(w | h) = S(w | h) / Z(h),    Z(h) = sum_w S(w | h)
    References: Brants et al. (2007).
    """

    name = "stupid-backoff"
    notes = (
        "stupid backoff gives scores, not probabilities; figures are of the scores "
        "divided by their sum after each history",
    )

    def seen(self, order: Order) -> np.ndarray:
        """Give c(h w) / c(h)."""
        return order.frequencies

    def combine(self, order: Order, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give an n-gram its own score, and every history the weight 0.4."""
        b = np.where(order.totals > 0, ALPHA, 1)
        is_seen = (order.counts > 0) & order.kept
        return np.where(is_seen, seen, order.of_history(b) * order.lower), b

    def scores(self, ngrams: Ngrams, kept: list[np.ndarray]) -> BackoffTable:
        """Give the scores S(w | h), which do not sum to one."""
        return super().whole_table(ngrams, kept)

    def whole_table(self, ngrams: Ngrams, kept: list[np.ndarray]) -> BackoffTable:
        """Give the scores divided by their sum after each history."""
        return normalised(self.scores(ngrams, kept), ngrams.suffixes)


def normalised(table: BackoffTable, suffixes: list[np.ndarray]) -> BackoffTable:
    """Divide the scores of a table by their sum after each history.

    Shapes: suffixes (ngrams,) an order, into the n-grams of the order below
    """
    log_p, z = normalised_words(table.log_p[0])
    all_log_p, all_log_b = [log_p], []
    for k, level in enumerate(table.trie.levels[1:], start=1):
        log_p, log_b, z = normalised_order(
            level,
            (table.log_p[k], table.log_b[k - 1]),
            table.log_p[k - 1][suffixes[k]],
            z[suffixes[k - 1]],
        )
        all_log_p.append(log_p)
        all_log_b.append(log_b)
    return BackoffTable(table.trie, all_log_p, all_log_b, table.counts)


def normalised_words(log_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide the scores of the words by their sum, which is Z of the empty history.

    Shapes: log_s (vocabulary,) -> (vocabulary,), (1,)
    """
    z = np.exp(log_s).sum(keepdims=True)
    return log_s - np.log(z), z


def normalised_order(
    level: Level,
    scores: tuple[np.ndarray, np.ndarray],
    log_lower: np.ndarray,
    lower_z: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide the scores of one order by their sum after each history.

    Math:   Z(h) = b(h) Z(h') + sum_{w: h w seen} (S(w | h) - b(h) S(w | h'))
            P(w | h) = S(w | h) / Z(h),  its weight b(h) Z(h') / Z(h)
    Shapes: scores log S (ngrams,) and log b (histories,); log_lower log S(w | h')
            (ngrams,); lower_z Z(h') (histories,) -> log P (ngrams,), its weights'
            logarithms (histories,), Z (histories,)
    """
    log_s, b = scores[0], np.exp(scores[1])
    backed_off = b[level.history] * np.exp(log_lower)
    z = b * lower_z + level.sum_over_words(np.exp(log_s) - backed_off)
    return log_s - np.log(z)[level.history], np.log(b * lower_z / z), z
