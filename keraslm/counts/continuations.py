"""One history: how often each token follows it, and what each smoothing makes of it."""

from typing import TYPE_CHECKING

import numpy as np

from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import Ngrams, count_ngrams
from keraslm.counts.sorting import NONE
from keraslm.counts.trie import Level
from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder

if TYPE_CHECKING:
    import pandas as pd

SMOOTHINGS = (
    "mle",
    "additive",
    "absolute-discounting",
    "katz",
    "jelinek-mercer",
    "witten-bell",
    "kneser-ney",
    "modified-kneser-ney",
)
SEEN, UNSEEN = 5, 3  # tokens with a row of their own, of those that follow or do not
LAST = "modified-kneser-ney"  # chooses which of the unseen have a row


def continuation_table(
    encoder: TextEncoder,
    ids: np.ndarray,
    history: str,
    order: int = 3,
    valid: np.ndarray | None = None,
) -> "pd.DataFrame":
    """Smooth the counts after a history in every way, a row a token.

    The index is the token; `count` is c(h w), and each smoothing has a column of
    P(w | h). The rows are the tokens that follow most often, and the most probable ones
    that never do; the last, "the other N tokens", is the sum of all others, so that a
    column of probabilities sums to one. h is the last order - 1 tokens of `history`.

    Shapes: ids (tokens,), valid (tokens,), for the smoothings that need it
    Raises: UsageError for a history with unknown tokens, or one that was never seen, of
        which the maximum likelihood says nothing.
    """
    import pandas as pd

    if unknown := encoder.unknown_tokens(history):
        raise UsageError(
            f"the text has no {', '.join(map(repr, unknown[:8]))}; give a history of "
            "its tokens"
        )
    vocabulary = encoder.vocabulary
    ngrams = count_ngrams(ids, len(vocabulary), order, vocabulary.boundary_id)
    counts = _counts_after(ngrams, encoder.encode_prompt(history), len(vocabulary))
    if not counts.any():
        raise UsageError(
            f"{history!r} is followed by nothing in this text; give a history that "
            "occurs there, or a lower `order`"
        )
    columns = {"count": counts.astype(float)}
    for name in SMOOTHINGS:
        model = NgramModel.smooth(encoder, ngrams, name, valid)
        columns[name] = model.next_token_probabilities(history)
    whole = pd.DataFrame(columns, index=list(vocabulary.tokens))
    return _shortened(whole.rename_axis("token"))


def _counts_after(ngrams: Ngrams, history: list[int], size: int) -> np.ndarray:
    """Give c(h w) of each w; shapes: (vocabulary,)."""
    order = ngrams.trie.order
    known = [ngrams.trie.boundary, *history][max(0, len(history) + 2 - order) :]
    place, levels = 0, ngrams.trie.levels
    for level, token in zip(levels, known, strict=False):
        place = level.child(place, token)
        if place == NONE:
            return np.zeros(size, dtype=int)
    depth = min(len(known), order - 1)
    return np.array(
        [_count(ngrams, levels[depth], depth, place, w) for w in range(size)]
    )


def _count(ngrams: Ngrams, level: Level, depth: int, place: int, token: int) -> int:
    found = level.child(place, token)
    return 0 if found == NONE else int(ngrams.counts[depth][found])


def _shortened(whole: "pd.DataFrame") -> "pd.DataFrame":
    """Leave the rows that are shown, and the sum of the others."""
    import pandas as pd

    ranked = whole.sort_values(["count", LAST], ascending=False, kind="stable")
    followers = int((ranked["count"] > 0).sum())
    seen = ranked.iloc[: min(followers, SEEN)]
    unseen = ranked.iloc[followers : followers + UNSEEN]
    others = whole.drop([*seen.index, *unseen.index])
    if not len(others):
        return pd.concat([seen, unseen])
    name = f"the other {len(others):,} tokens"
    last = others.sum().to_frame(name).T
    return pd.concat([seen, unseen, last]).rename_axis("token")
