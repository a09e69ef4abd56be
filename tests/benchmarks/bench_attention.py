"""A transformer after 1,000 tokens: a token with its cache, and by reading all anew."""

import numpy as np
from timing import seconds

from keraslm.models import transformer

TOKENS, CONTEXT, SIZE = 1000, 1024, 67


def main() -> None:
    """Print the milliseconds of a token, and how many times faster the cache is."""
    model = transformer(SIZE, context=CONTEXT)
    ids = np.random.default_rng(0).integers(0, SIZE, TOKENS + 1)
    network = model.to_numpy()
    state = network.initial_state(1)
    for token_id in ids[:-1].tolist():
        _, state = network.step(token_id, state)
    cached = seconds(lambda: network.step(ids[-1], state), 50)
    anew = seconds(lambda: model.predict_on_batch(ids[None]))
    print(f"cached {1000 * cached:.2f} ms, anew {1000 * anew:.1f} ms a token")
    print(f"{anew / cached:.0f} times as fast")


if __name__ == "__main__":
    main()
