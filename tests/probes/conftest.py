"""Small networks with weights far from zero, and the same in NumPy with 64 bits."""

import numpy as np
import pytest

from keraslm.cells.stack import hand_on
from keraslm.models import recurrent, rnn

SIZE = 5
NETWORKS = {
    "rnn": {"cell": "rnn", "layers": 1},
    "sigmoid": {"cell": "rnn", "layers": 2, "activation": "sigmoid"},
    "gru": {"cell": "gru", "layers": 2, "tied": True},
    "lstm": {"cell": "lstm", "layers": 2, "residual": True},
}


def new_network(kind):
    network = recurrent(SIZE, embedding=3, units=3, **NETWORKS[kind])
    rng = np.random.default_rng(1)
    network.set_weights([rng.normal(0, 0.7, w.shape) for w in network.get_weights()])
    return network


@pytest.fixture(params=NETWORKS)
def network(request):
    return new_network(request.param)


@pytest.fixture
def build():
    return new_network


@pytest.fixture
def ids():
    return np.random.default_rng(2).integers(0, SIZE, 7)


@pytest.fixture
def one_unit():
    return new_one_unit


def new_one_unit(activation, inputs, recurrent, output_bias, bias=0):
    """Give a network whose one unit reads token 2 as 1, others as 0.

    Its logits are h times (0, 0, 3, -1), and a bias.
    """
    network = rnn(4, embedding=1, units=1, activation=activation)
    own = [[0], [0], [1], [0]], [[inputs]], [[recurrent]], [bias]
    weights = *own, [[0, 0, 3, -1]], output_bias
    network.set_weights([np.float32(weight) for weight in weights])
    return network


@pytest.fixture
def reference():
    return Reference


class Reference:
    """A network's losses in NumPy, in 64 bits."""

    def __init__(self, network):
        self.network = network.to_numpy()
        self.weights = [
            [np.float64(weight) for weight in own] for own in self.network.cell_weights
        ]

    def losses(self, ids, to_state=None, to_weight=None):
        """Give the loss of every id, read from the boundary on.

        `to_state` is (step, layer, state, what is added to the state after the step);
        `to_weight` is (step, layer, what is added to U at this step alone).
        """
        network = self.network
        states = [[np.zeros(n.units) for _ in n.states] for n in network.cells]
        found = []
        for step, (token, target) in enumerate(zip([1, *ids[:-1]], ids, strict=True)):
            hidden = np.float64(network.embedding[token])
            for number, cell in enumerate(network.cells):
                W, U, b = self.weights[number]
                if to_weight is not None and to_weight[:2] == (step, number):
                    U = U + to_weight[2]
                after = list(cell.step(hidden, states[number], [W, U, b]))
                if to_state is not None and to_state[:2] == (step, number):
                    after[to_state[2]] = after[to_state[2]] + to_state[3]
                states[number] = after
                hidden = hand_on(hidden, after[0], network.residual)
            logits = hidden @ np.float64(network.output.kernel) + network.output.bias
            found.append(np.log(np.exp(logits).sum()) - logits[target])
        return np.array(found)
