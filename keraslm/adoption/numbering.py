"""From the ids of a foreign model to this library's: `<unk>` 0, the line end 1."""

import dataclasses

from keraslm.adoption.special import is_special
from keraslm.adoption.token_file import TokenFile
from keraslm.errors import UsageError
from keraslm.models.adopted import NOTHING
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import TOKENIZERS, tokenizer_named
from keraslm.text.vocabulary import BOUNDARIES, UNKNOWN, Vocabulary

UNKNOWN_NAMES = (UNKNOWN, "[UNK]", "<UNK>", "<oov>", "<OOV>", "[OOV]")
LINE_END_NAMES = {"char": ("\n",), "word": ("</s>", "<eos>", "<EOS>", "[SEP]", "\n")}
WHITE = " \t\n\v\f\r"


@dataclasses.dataclass(frozen=True)
class Numbering:
    """Our encoder, and where each of its tokens stands in the foreign model.

    `places` has a foreign id, or NOTHING, for each of our ids; `unknown` are the
    foreign ids that count as `<unk>`.
    """

    encoder: TextEncoder
    places: tuple[int, ...]
    unknown: tuple[int, ...]
    unknown_token: str | None
    line_end: str | None


def renumber(
    file: TokenFile,
    level: str | None = None,
    unknown: str | None = None,
    line_end: str | None = None,
) -> Numbering:
    """Put the tokens in this library's order.

    What is not told is guessed: the level is char if every token is one character, but
    for the unknown one, the line end and bracketed names such as [PAD] and <s>. These,
    and tokens that no text can hold at that level, count as `<unk>`.
    Raises: UsageError if a token that is named is not in the file, or none is left.
    """
    tokens = file.tokens
    unknown = _found(tokens, unknown, UNKNOWN_NAMES, "unknown")
    tokenizer = tokenizer_named(_tokenizer(file, level, {unknown, line_end}))
    line_end = _found(tokens, line_end, LINE_END_NAMES[tokenizer.level], "line_end")
    boundary = BOUNDARIES[tokenizer.level]
    kept = [
        (number, token)
        for number, token in enumerate(tokens)
        if token not in (unknown, line_end, UNKNOWN, boundary)
        and _can_occur(token, tokenizer.level)
    ]
    if not kept:
        raise UsageError(
            f"no token of the vocabulary can occur at the {tokenizer.level} level"
        )
    ends = NOTHING if line_end is None else tokens.index(line_end)
    used = {ends, *(number for number, _ in kept)}
    vocabulary = Vocabulary([UNKNOWN, boundary, *(token for _, token in kept)])
    return Numbering(
        TextEncoder(tokenizer, vocabulary),
        (
            NOTHING if unknown is None else tokens.index(unknown),
            ends,
            *(number for number, _ in kept),
        ),
        tuple(number for number in range(len(tokens)) if number not in used),
        unknown,
        line_end,
    )


def _found(
    tokens: tuple[str, ...], told: str | None, names: tuple[str, ...], option: str
) -> str | None:
    """Give the token that is told, or else the first of the usual names, if any."""
    if told is None:
        return next((name for name in names if name in tokens), None)
    told = "\n" if told == "\\n" else told
    if told not in tokens:
        raise UsageError(f"the token `{option}` {told!r} is not in the vocabulary file")
    return told


def _tokenizer(file: TokenFile, level: str | None, special: set[str | None]) -> str:
    if level is not None:
        return level
    if file.tokenizer in TOKENIZERS:
        return str(file.tokenizer)
    others = (t for t in file.tokens if t not in special and not is_special(t))
    short = all(len(token) <= 1 for token in others)
    return "char" if short else "word"


def _can_occur(token: str, level: str) -> bool:
    if level == "char":
        return len(token) == 1
    if not token or is_special(token):
        return False
    return not any(white in token for white in WHITE)
