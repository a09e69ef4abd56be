"""Which language a text is written in, of those whose grammar is here: village."""

import itertools
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keraslm.text.language import Language
    from keraslm.text.text import Text

LINES_LOOKED_AT = 100
LOOKS_LIKE_VILLAGE = re.compile("[a-z',.? ]+[.?]")  # without reading the grammar


def language_of(text: "Text") -> "Language | None":
    """Give the language of a text, known by its first lines, whatever its name is."""
    lines = list(itertools.islice(_whole_lines(text), LINES_LOOKED_AT))
    if not lines or not all(map(LOOKS_LIKE_VILLAGE.fullmatch, lines)):
        return None
    from keraslm_datasets import village

    is_village = all(village.log_probability(line) > -math.inf for line in lines)
    return village if is_village else None


def _whole_lines(text: "Text") -> list[str]:
    """Give the lines of the text's first chunk, without one that may be cut."""
    return next(text.chunks(), "").split("\n")[:-1]
