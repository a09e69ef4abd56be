"""Maximum likelihood: no smoothing, the text's own frequencies."""

import numpy as np

from keraslm.counts.smoothing import Interpolated, Order


class MaximumLikelihood(Interpolated):
    """P(w | h) = c(h w) / c(h).

    A word that was not seen after a history that was has the probability 0, and a text
    that holds one an infinite perplexity. After a history that was never seen, 0 / 0,
    the shorter history is asked.
    """

    name = "mle"

    def seen(self, order: Order) -> np.ndarray:
        """Give c(h w) / c(h)."""
        return order.frequencies
