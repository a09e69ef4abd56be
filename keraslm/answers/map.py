"""Tokens where their vectors lie, flattened to two dimensions.

Math:   (x, y) = the first two principal components of the unit vectors
References: Pearson (1901).
"""

from typing import Any

from keraslm.answers.place import Asked
from keraslm.errors import UsageError
from keraslm.inference.token_vectors import vectors_of
from keraslm.vectors.pca import principal_components

TOKENS = 150


def token_map(asked: Asked, text: str = "", number: int = TOKENS) -> dict[str, Any]:
    """Place the most frequent tokens, and those of a text, by a network's vectors.

    `shares` are the parts of the variance that x and y keep. A model without vectors,
    or of too few tokens, has no points and a "message".
    Shapes: points, a dict a token of "token", "x", "y" and whether it is of its "own"
            text, the most frequent first
    """
    try:
        vectors = vectors_of(asked.model)
        vocabulary = asked.vocabulary
        own = asked.encoder.encode_prompt(text)
        marks = {vocabulary.unknown_id, vocabulary.boundary_id}
        frequent = [i for i in range(len(vocabulary)) if i not in marks][:number]
        ids = dict.fromkeys([*frequent, *(i for i in own if i not in marks)])
        tokens = [vocabulary.token(i) for i in ids]
        rows = vectors.directions[[vectors.row(token) for token in tokens]]
        projection = principal_components(rows)
    except UsageError as error:
        return {"points": [], "shares": [], "message": str(error)}
    points = [
        {"token": token, "x": float(x), "y": float(y), "own": i in own}
        for i, token, (x, y) in zip(ids, tokens, projection.points, strict=True)
    ]
    return {"points": points, "shares": projection.shares.tolist(), "message": ""}
