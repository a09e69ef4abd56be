"""A network as a page holds it: its arrays by name, and the network of rounded ones.

A matrix that a vector is multiplied with is stored transposed, so that each number of
the product is a row times the vector. A matrix of which rows are looked up is not.
"""

from typing import Any

import numpy as np

from keraslm.cells import GRU, LSTM, SimpleRNN
from keraslm.cells.cell import Cell
from keraslm.cells.registry import name_of
from keraslm.errors import UsageError
from keraslm.export.page.numbers import Array, Packer
from keraslm.export.page.outputs import pack_output
from keraslm.inference.network import Network
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.inference.transformer import Block, TransformerNetwork
from keraslm.inference.window import WindowNetwork

Table = dict[str, Any]
BLOCK = (  # the weights of a transformer's block, in the order of `Block`
    *("norm before attention", "qkv", "O"),
    *("norm before hidden", "W", "b", "V", "c"),
)


def pack_network(network: Network, packer: Packer) -> tuple[Table, Network]:
    """Describe a network and store its arrays; give the network of the rounded ones.

    Raises: UsageError for a network that the page's program does not compute.
    """
    if isinstance(network, WindowNetwork):
        return _pack_window(network, packer)
    if isinstance(network, RecurrentNetwork):
        return _pack_recurrent(network, packer)
    if isinstance(network, TransformerNetwork):
        return _pack_transformer(network, packer)
    raise UsageError(
        "a page has no hashed features of the history, so no model of "
        "`model='maxent'`; export a network of another kind, or counts"
    )


def _pack_recurrent(network: RecurrentNetwork, packer: Packer) -> tuple[Table, Network]:
    if network.features is not None:
        raise UsageError(
            "a page has no hashed features of the history; train without `direct_order`"
        )
    if network.ngrams is not None:
        raise UsageError(
            "a page has no vectors of n-grams; train without `input_order`"
        )
    cells = [_described(cell) for cell in network.cells]
    embedding = packer.keep("embedding", network.embedding)
    pairs = zip(network.cells, network.cell_weights, strict=True)
    weights = [
        _pack_cell(f"layer {number}", cell, own, packer)
        for number, (cell, own) in enumerate(pairs, start=1)
    ]
    output, softmax = pack_output(network.output, embedding, packer)
    described = {
        "kind": "recurrent",
        "cells": cells,
        "residual": network.residual,
        "output": softmax,
    }
    given = (embedding, network.cells, weights, output, network.residual)
    return described, RecurrentNetwork(*given)


def _described(cell: Cell) -> Table:
    """Give the name and the arguments of a cell of the library.

    Raises: UsageError for a cell that the page's program does not know.
    """
    known = type(cell) in (SimpleRNN, GRU, LSTM)
    if not known or not getattr(cell, "reset_after", True):
        raise UsageError(
            "a page computes the cells rnn, lstm, and gru (with `reset_after`); "
            f"received {type(cell).__name__}"
        )
    return {"name": name_of(cell), **cell.get_config()}


def _pack_cell(name: str, cell: Cell, weights: Any, packer: Packer) -> list[Array]:
    """Store W, U and b, and of a GRU b', the bias of the state's product."""
    p = cell.products(weights)
    W = packer.keep(f"{name} W", p.W, transposed=True)
    U = packer.keep(f"{name} U", p.U, transposed=True)
    b = packer.keep(f"{name} b", p.b)
    if p.b_h is None:
        return [W, U, b]
    return [W, U, np.stack([b, packer.keep(f"{name} b_h", p.b_h)])]


def _pack_window(network: WindowNetwork, packer: Packer) -> tuple[Table, Network]:
    embedding = network.embedding
    if embedding is not None:
        embedding = packer.keep("embedding", embedding)
    layers = []
    for number, (kernel, bias) in enumerate(network.layers, start=1):
        is_product = number > 1 or embedding is not None
        W = packer.keep(f"layer {number} W", kernel, transposed=is_product)
        layers.append((W, packer.keep(f"layer {number} b", bias)))
    described = {
        "kind": "window",
        "input": network.input_kind,
        "context": network.context,
        "layers": len(layers),
    }
    given = (network.input_kind, network.context, network.vocabulary_size)
    return described, WindowNetwork(*given, layers, embedding)


def _pack_transformer(
    network: TransformerNetwork, packer: Packer
) -> tuple[Table, Network]:
    embedding = packer.keep("embedding", network.embedding)
    blocks = [
        Block(
            *(
                packer.keep(f"block {number} {name}", weight, weight.ndim == 2)
                for name, weight in zip(BLOCK, block, strict=True)
            )
        )
        for number, block in enumerate(network.blocks, start=1)
    ]
    norm = packer.keep("norm", network.norm)
    output: Any  # as full or tied as the network's
    output, softmax = pack_output(network.output, embedding, packer)
    described = {
        "kind": "transformer",
        "layers": len(blocks),
        "heads": network.heads,
        "context": network.context,
        "output": softmax,
    }
    given = (embedding, blocks, norm, output, network.heads, network.context)
    return described, TransformerNetwork(*given)
