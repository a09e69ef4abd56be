"""Arguments of Keras's recurrent layers that ours do not have."""

from typing import Any

from keraslm.errors import UsageError

DEFAULTS: dict[str, Any] = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "kernel_constraint": None,
    "recurrent_constraint": None,
    "bias_constraint": None,
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
    "implementation": 2,
    "unroll": False,
    "use_cudnn": "auto",
}


def without_keras_defaults(
    kind: str, keras_name: str, given: dict[str, Any]
) -> dict[str, Any]:
    """Leave out arguments that ask for what the layer does anyway.

    Raises: UsageError for one that asks for something else.
    """
    for name in DEFAULTS.keys() & given.keys():
        if given[name] != DEFAULTS[name]:
            raise UsageError(
                f"{kind} does not have `{name}={given[name]!r:.60}`; "
                f"keras.layers.{keras_name} has it"
            )
    return {name: value for name, value in given.items() if name not in DEFAULTS}
