"""What is written must open again: looked at before it is moved to its place."""

import os
import pathlib
from typing import Any

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive, zip_archive
from keraslm.files.weights import stored_shapes
from keraslm.inference import arguments
from keraslm.inference.building import build
from keraslm.inference.opening import LARGEST_CONFIG, read_arrays, read_config
from keraslm.models.foreign import check_stock
from keraslm.models.foreign_sizes import check_numbers
from keraslm.models.numpy_network import quantization_of


def check_not_quantized(model: Any) -> None:
    """Refuse a model whose weights are no floating-point numbers any more.

    Raises: UsageError
    """
    mode = quantization_of(model)
    if mode is not None:
        raise UsageError(
            f"{model.name} is quantized ({mode}), which a model file does not hold; "
            "save it before `quantize`, or keras.Model(model.inputs, model.outputs) "
            "for Keras alone"
        )


def without_lora(config: Any) -> Any:
    """Take LoRA out of a network's configuration: the kernel that is stored has it.

    References: Hu et al. (2022), low-rank adaptation.
    """
    if isinstance(config, dict):
        kept = {n: v for n, v in config.items() if n not in ("lora_rank", "lora_alpha")}
        return {name: without_lora(value) for name, value in kept.items()}
    if isinstance(config, list):
        return [without_lora(value) for value in config]
    return config


def check_opens(written: pathlib.Path, path: str | os.PathLike[str]) -> None:
    """See that a file that was written under a temporary name opens.

    Raises: ModelFileError naming the path and the reason, if it does not.
    """
    try:
        with archive.opened(written) as opened:
            names = opened.namelist()
            stored = zip_archive.read_json(
                written, opened, archive.CONFIG, LARGEST_CONFIG
            )
        if "network" not in stored["config"]:
            kind, config = read_config(written)
            build(str(written), kind, config, read_arrays(written))
        elif archive.DESCRIPTIONS[1] in names:
            _check_network(written, stored)
    except (ModelFileError, UsageError) as error:
        reason = str(error).replace(str(written), "it")
        raise ModelFileError(
            f"{path} is not written, since it could not be opened again: {reason}"
        ) from error


def _check_network(written: pathlib.Path, stored: dict[str, object]) -> None:
    """Look at the network of a user's own layers, or of an adopted model."""
    known = (arguments.CAUSAL_LM, *arguments.ADOPTED)
    arguments.class_of(str(written), stored, known, "model")
    network = stored["config"]["network"]  # type: ignore[index]
    check_stock(network, str(written))
    with (
        archive.opened(written) as opened,
        zip_archive.extracted(written, opened, archive.WEIGHTS) as weights,
    ):
        check_numbers(network, stored_shapes(weights, "fiu"), str(written))
