"""Witten-Bell: a new word is as likely as new words were after this history."""

import numpy as np

from keraslm.counts.smoothing import Interpolated, Order


class WittenBell(Interpolated):
    """Count a new word once for each kind of word that was new here once.

    Math:   P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h))
            with T(h) the number of different words after h
    References: Witten & Bell (1991), method C; Chen & Goodman (1998), section 2.6.
    """

    name = "witten-bell"

    def seen(self, order: Order) -> np.ndarray:
        """Give c(h w) / (c(h) + T(h))."""
        return order.counts / order.of_history(order.totals + order.types)
