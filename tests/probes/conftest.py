"""Small networks with weights far from zero, and the same in NumPy with 64 bits."""

import keras
import numpy as np
import pytest

from keraslm.layers import arrays
from keraslm.models import RecurrentModel
from keraslm.models.output_stream import output_weights
from keraslm.models.streams import weights_of

SIZE = 5
NETWORKS = {
    "rnn": {"cell": "rnn", "layers": 1},
    "sigmoid": {"cell": "rnn", "layers": 2, "activation": "sigmoid"},
    "gru": {"cell": "gru", "layers": 2, "tied": True},
    "lstm": {"cell": "lstm", "layers": 2, "residual": True},
}


def new_network(kind):
    network = RecurrentModel(SIZE, embedding=3, units=3, **NETWORKS[kind])
    network.build_weights()
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
    network = RecurrentModel(4, "rnn", 1, 1, 1, activation=activation)
    network.build_weights()
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
        self.network = network
        embedding = keras.ops.convert_to_numpy(network.embed.embeddings)
        self.embedding = np.float64(embedding)
        self.output, self.output_bias = map(np.float64, output_weights(network))
        self.weights = [weights_of(layer) for layer in network.recurrent]

    def losses(self, ids, to_state=None, to_weight=None):
        """Give the loss of every id, read from the boundary on.

        `to_state` is (step, layer, state, what is added to the state after the step);
        `to_weight` is (step, layer, what is added to U at this step alone).
        """
        states = [np.zeros((n.states, n.units)) for n in self.network.recurrent]
        found = []
        for step, (token, target) in enumerate(zip([1, *ids[:-1]], ids, strict=True)):
            hidden = self.embedding[token]
            for number, layer in enumerate(self.network.recurrent):
                kernel, recurrent, (bias, state_bias) = self.weights[number]
                if to_weight is not None and to_weight[:2] == (step, number):
                    recurrent = recurrent + to_weight[2]
                z, a = hidden @ kernel + bias, states[number][0] @ recurrent
                before = list(states[number])
                after = np.array(layer.cell(z, a + state_bias, before, arrays))
                if to_state is not None and to_state[:2] == (step, number):
                    after[to_state[2]] += to_state[3]
                states[number] = after
                added = self.network.adds_residual(number)
                hidden = hidden + after[0] if added else after[0]
            logits = hidden @ self.output + self.output_bias
            found.append(np.log(np.exp(logits).sum()) - logits[target])
        return np.array(found)
