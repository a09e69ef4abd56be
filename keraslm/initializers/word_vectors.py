"""An embedding that starts from a file of word vectors."""

import os
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.vectors.coverage import Coverage, coverage, initial_rows, word_of
from keraslm.vectors.reader import Reading, read_vectors, read_width


@keras.saving.register_keras_serializable("keraslm")
class WordVectors(keras.initializers.Initializer):
    """The vectors of GloVe, word2vec or fastText for the words of a vocabulary.

        vectors = keraslm.initializers.WordVectors("glove.zip:glove.100d.txt", tokens)
        keras.layers.Embedding(
            len(tokens.vocabulary), vectors.width, embeddings_initializer=vectors
        )

    Math:   E[w] = the vector of w, of w lower-cased where w has none, or else drawn
            E[w]_k ~ N(m_k, s_k^2), m_k and s_k the mean and the standard deviation of
            entry k over the words that are found

    `source` is a file, also packed with gzip, or FILE.zip:MEMBER; `width` is how many
    numbers a vector has, `coverage` how much of the vocabulary has one.

    A model's file has the trained vectors and needs `source` no more. So an initializer
    that comes from a file, or with `keras.models.clone_model`, knows no `tokens`, reads
    nothing and starts as `keras.layers.Embedding` does.

    Shapes: (vocabulary, width)
    Raises: UsageError if `source` is no file or has no vector of a word, or if the
        embedding has another shape; VectorFileError if the file is malformed.
    """

    def __init__(
        self,
        source: str | os.PathLike[str],
        tokens: TextEncoder | None,
        seed: int = 0,
        skip_bad_lines: bool = False,
    ) -> None:
        self.source = os.fspath(source)
        self.tokens = tokens
        self.seed = seed
        self.skip_bad_lines = skip_bad_lines
        self._coverage: Coverage | None = None

    @property
    def width(self) -> int:
        """How many numbers a vector has, by the first lines of the file."""
        return read_width(self.source)

    @property
    def coverage(self) -> Coverage:
        """How much of the vocabulary has a vector; `notes()` says it in lines."""
        if self._coverage is None:
            self._read(_known(self.tokens))
        return self._coverage  # type: ignore[return-value]

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Give the matrix that an embedding starts from."""
        if self.tokens is None:
            return keras.initializers.get("uniform")(shape, dtype)
        self._check_shape(tuple(shape), self.tokens)
        vectors = self._read(self.tokens).vectors
        rows = initial_rows(vectors, self.tokens.vocabulary, self.seed)
        return ops.convert_to_tensor(rows, dtype or keras.config.floatx())

    def clone(self) -> "WordVectors":
        """Give itself: it keeps nothing of a call."""
        return self

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make it again, but for the tokens."""
        return {
            "source": self.source,
            "seed": self.seed,
            "skip_bad_lines": self.skip_bad_lines,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordVectors":
        """Make it again, without reading the file."""
        return cls(tokens=None, **config)

    def _read(self, tokens: TextEncoder) -> Reading:
        words = {word_of(token) for token in tokens.vocabulary.tokens}
        reading = read_vectors(self.source, words, self.skip_bad_lines)
        self._coverage = coverage(reading.vectors, tokens.vocabulary)
        return reading

    def _check_shape(self, shape: tuple[int, ...], tokens: TextEncoder) -> None:
        fitting = (len(tokens.vocabulary), self.width)
        if shape != fitting:
            raise UsageError(
                f"the vectors of {self.source} for these tokens are a matrix "
                f"{fitting}, (vocabulary, width); received an embedding {shape}"
            )


def _known(tokens: TextEncoder | None) -> TextEncoder:
    if tokens is None:
        raise UsageError(
            "`WordVectors` of a model's file have no tokens to look for; make new ones "
            "with `WordVectors(source, tokens)`"
        )
    return tokens
