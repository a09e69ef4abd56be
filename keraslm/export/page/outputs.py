"""The output side of a network as a page holds it: which softmax, and its arrays."""

from typing import Any

import numpy as np

from keraslm.export.page.numbers import Array, Packer
from keraslm.inference.output import FullOutput, StructuredOutput, TiedOutput
from keraslm.outputs.adaptive import AdaptiveOutput
from keraslm.outputs.classes import ClassOutput

Output = FullOutput | StructuredOutput


def pack_output(
    output: Output, embedding: Array, packer: Packer
) -> tuple[Output, dict[str, Any]]:
    """Store an output's arrays; give the output of the rounded ones, and describe it.

    `embedding` is the rounded one, which a tied output shares.
    """
    if isinstance(output, TiedOutput):
        return _pack_tied(output, embedding, packer), {"kind": "tied"}
    if isinstance(output, FullOutput):
        kernel = packer.keep("output O", output.kernel, transposed=True)
        bias = packer.keep("output b", output.bias)
        return FullOutput(kernel, bias), {"kind": "full"}
    if isinstance(output.output, AdaptiveOutput):
        weights = _pack_adaptive(output, packer)
        cutoffs = {"kind": "adaptive", "cutoffs": list(output.output.cutoffs)}
        return StructuredOutput(output.output, weights), cutoffs
    weights = _pack_classes(output.output, output.weights, packer)
    return StructuredOutput(output.output, weights), {"kind": "classes"}


def _pack_tied(output: TiedOutput, embedding: Array, packer: Packer) -> TiedOutput:
    if output.projection is None:
        return TiedOutput(embedding)
    return TiedOutput(
        embedding, packer.keep("output P", output.projection, transposed=True)
    )


def _pack_adaptive(output: StructuredOutput, packer: Packer) -> list[Array]:
    """Store O and b of the head, and P, O and b of each band."""
    names = ["head O", "head b"]
    for band in range(1, len(output.weights) // 3 + 1):
        names += [f"band {band} {letter}" for letter in "POb"]
    return [
        packer.keep(name, weight, transposed=weight.ndim == 2)
        for name, weight in zip(names, output.weights, strict=True)
    ]


def _pack_classes(classes: ClassOutput, weights: Any, packer: Packer) -> list[Array]:
    """Store A and a of the classes, and O and b of the words in the order of their ids.

    In the network the words stand class by class, filled up to the largest class.
    """
    class_kernel, class_bias, word_kernel, word_bias = weights
    packer.keep_exactly("classes", np.array(classes.classes))
    A = packer.keep("class A", class_kernel, transposed=True)
    a = packer.keep("class a", class_bias)
    rows = word_kernel.reshape(-1, word_kernel.shape[-1])
    words, biases = np.zeros_like(rows), np.zeros(word_bias.size, np.float32)
    here = classes.places
    words[here] = packer.keep("word O", rows[here])
    biases[here] = packer.keep("word b", word_bias.reshape(-1)[here])
    return [A, a, words.reshape(word_kernel.shape), biases.reshape(word_bias.shape)]
