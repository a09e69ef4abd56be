"""What a builder was asked to build: enough to build it again."""

import dataclasses
from collections.abc import Callable
from typing import Any

Builder = Callable[..., Any]
_BUILDERS: dict[str, Builder] = {}


@dataclasses.dataclass(frozen=True)
class Architecture:
    """The kind of a model, the arguments of its builder, and its layers by part.

    A part is an attribute of the model under that name, and in its file. The `reach` is
    how many tokens back its state tells of, or None where that has no end.
    """

    kind: str
    arguments: dict[str, Any]
    parts: dict[str, Any]
    state_rule: str
    reach: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give what the file of the model says."""
        return {"kind": self.kind, **self.arguments}

    @staticmethod
    def build(config: dict[str, Any]) -> Any:
        """Build a model from what its file says."""
        model = _BUILDERS[config["kind"]](config)
        model.trainable = config.get("trainable", True)
        return model


def kind_of(model: Any) -> str | None:
    """Say what a builder of keraslm built; None of any other model."""
    architecture = getattr(model, "architecture", None)
    return architecture.kind if architecture is not None else None


def builds(kind: str) -> Callable[[Builder], Builder]:
    """Let a function build the models of a kind from what a file says."""

    def remember(builder: Builder) -> Builder:
        _BUILDERS[kind] = builder
        return builder

    return remember
