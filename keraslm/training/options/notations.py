"""Options with a notation of their own: 200,100 and 0,0,1 and hashed:22."""

from keraslm.errors import UsageError

LARGEST_WIDTH = 2**31 - 1
LEAST_BITS, MOST_BITS = 4, 28  # of hashed features


def parse_hidden(text: str) -> tuple[int, ...]:
    """Read "200,100" as two hidden layers and "none" as no hidden layer.

    Raises: UsageError for anything else.
    """
    if text.strip().lower() == "none":
        return ()
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = (0,)
    if not all(1 <= size <= LARGEST_WIDTH for size in sizes):
        raise UsageError(
            "`hidden` must be sizes such as 200,100 (each 1 or more), or none; "
            f"received {text!r}"
        )
    return sizes


def parse_prune(text: str) -> tuple[int, ...]:
    """Read "0,0,1" as: leave out what occurs once, of order 3 and above.

    Raises: UsageError for anything else; for a first limit above 0, for words are
        left out by `min_count`; for limits that fall, for the history of an n-gram
        that is kept must be kept too.
    """
    parts = text.split(",")
    is_whole = all(part.strip().isdecimal() for part in parts)
    limits = tuple(int(part) for part in parts) if is_whole else (1,)
    if limits[0] or list(limits) != sorted(limits):
        raise UsageError(
            "`prune` must be one limit an order that never falls, 0 for order 1, such "
            f"as 0,0,1 (words are left out by `min_count`); received {text!r}"
        )
    return limits


def parse_features(text: str) -> int:
    """Read "hashed:22" as: features are hashed into 2^22 weights.

    Raises: UsageError for anything else.
    """
    kind, _, bits = text.partition(":")
    if kind != "hashed" or bits not in map(str, range(LEAST_BITS, MOST_BITS + 1)):
        raise UsageError(
            f"`features` must be hashed:{LEAST_BITS} to hashed:{MOST_BITS}, such as "
            f"hashed:22 for 2^22 weights; received {text!r}"
        )
    return int(bits)
