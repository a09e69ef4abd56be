"""How soon the grammar of `village` gives its next distribution: `make bench`."""

from timing import seconds

import keraslm
from keraslm_datasets import village

TOKENS = 2000


def main() -> None:
    """Print the microseconds of a token, of words and of characters."""
    for level in ("word", "char"):
        truth = keraslm.load("truth:village", level)
        ids = truth.encoder.encode(village.text("valid", 1500))[:TOKENS].tolist()

        def walk(truth=truth, ids=ids) -> None:
            stream = truth.stream()
            for token in ids:
                stream.next_log_probabilities()
                stream.push(token)

        print(f"{level}: {1e6 * seconds(walk) / len(ids):,.0f} microseconds a token")


if __name__ == "__main__":
    main()
