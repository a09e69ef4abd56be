"""Bits a character, which compares models with different tokens."""

import math
from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.metrics.nats_per_token import NatsPerToken


@keras.saving.register_keras_serializable("keraslm")
class BitsPerCharacter(NatsPerToken):
    """The bits that a character of the text costs.

        bits = keraslm.metrics.BitsPerCharacter(valid.characters_per_token)
        model.compile("adam", loss, weighted_metrics=[bits])

    Math:   H tokens / (characters log 2), see `NatsPerToken` for H

    `characters_per_token` is characters / tokens of the text that is measured, ends of
    lines among both; it is 1 where tokens are characters. Of words it differs from text
    to text, so give that of the validation text; `Windows.characters_per_token` has it.

    Raises: UsageError if `characters_per_token` is not above 0.
    """

    def __init__(
        self,
        characters_per_token: float = 1.0,
        name: str = "bits_per_character",
        from_logits: bool = True,
        dtype: str | None = None,
    ) -> None:
        if not characters_per_token > 0:
            raise UsageError(
                "`characters_per_token` must be above 0; received "
                f"{characters_per_token}"
            )
        super().__init__(name, from_logits, dtype)
        self.characters_per_token = float(characters_per_token)

    def result(self) -> Any:
        """Give the bits a character so far."""
        return self.nats_per_token() / (self.characters_per_token * math.log(2))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make it again."""
        own = {"characters_per_token": self.characters_per_token}
        return super().get_config() | own
