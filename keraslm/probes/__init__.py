"""What a recurrent cell does, measured: its gradients and its activations."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keraslm.probes.attention import AttentionWeights, attention_weights
    from keraslm.probes.differentiation import gradient
    from keraslm.probes.properties import rank_units
    from keraslm.probes.through_time import Contributions, contributions
    from keraslm.probes.unit_gates import Gates, gates
    from keraslm.probes.units import Activations, activations
    from keraslm.probes.vanishing import GradientNorms, gradient_norms

__all__ = [
    "Activations",
    "AttentionWeights",
    "Contributions",
    "Gates",
    "GradientNorms",
    "activations",
    "attention_weights",
    "contributions",
    "gates",
    "gradient",
    "gradient_norms",
    "rank_units",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, since it imports Keras."""
    homes = {
        "Activations": "units",
        "AttentionWeights": "attention",
        "Contributions": "through_time",
        "Gates": "unit_gates",
        "GradientNorms": "vanishing",
        "activations": "units",
        "attention_weights": "attention",
        "contributions": "through_time",
        "gates": "unit_gates",
        "gradient": "differentiation",
        "gradient_norms": "vanishing",
        "rank_units": "properties",
    }
    if name not in homes:
        raise AttributeError(f"module 'keraslm.probes' has no attribute {name!r}")
    return getattr(importlib.import_module(f"keraslm.probes.{homes[name]}"), name)
