"""How many bits each token of a text costs a model.

Math:   surprise_t = -log2 P(y_t | y_1 .. y_{t-1})
References: Shannon (1948); Hale (2001).
"""

from typing import Any

import numpy as np

from keraslm import measures
from keraslm.answers.place import Asked


def surprise(asked: Asked, text: str) -> dict[str, Any]:
    """Give each token of a text, as it is written, with its bits.

    The end of the text is no end of a line: it is not counted. Infinite bits are None.
    Units: bits
    """
    ids = asked.encoder.encode_prompt(text)
    log_p = asked.model.log_probabilities(np.array(ids, np.int64))
    bits = measures.bits(-log_p)
    return {
        "tokens": [asked.vocabulary.token(i) for i in ids],
        "pieces": list(asked.encoder.pieces(ids)),
        "bits": [float(b) if np.isfinite(b) else None for b in bits],
        "total": float(bits.sum()) if np.isfinite(bits).all() else None,
        "unknown": asked.encoder.unknown_tokens(text),
        "sees": asked.model.state_rule,
    }
