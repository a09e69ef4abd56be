"""Moving the borders of chunks to places where a text may be cut."""

from collections.abc import Callable, Iterable, Iterator

SLICE = 1 << 16  # characters whose tokens stay in the processor's cache


def recut(
    chunks: Iterable[str],
    may_cut_before: Callable[[str], bool],
    too_long: Callable[[int], None] = lambda size: None,
) -> Iterator[str]:
    """Yield the same text, every border just before a character that allows it.

    `too_long` is told how many characters are kept back while no border is found.
    """
    kept: list[str] = []
    size = 0
    for chunk in chunks:
        border = _last_border(chunk, may_cut_before)
        if border is None:
            kept.append(chunk)
            size += len(chunk)
            too_long(size)
            continue
        yield "".join((*kept, chunk[:border]))
        kept = [chunk[border:]]
        size = len(chunk) - border
    yield "".join(kept)


def slices(chunks: Iterable[str], size: int) -> Iterator[str]:
    """Yield the same text in pieces of at most `size` characters."""
    for chunk in chunks:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]


def _last_border(text: str, may_cut_before: Callable[[str], bool]) -> int | None:
    places = range(len(text) - 1, -1, -1)
    return next((place for place in places if may_cut_before(text[place])), None)
