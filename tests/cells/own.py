"""Two cells that the library does not have, as a user would write them."""

import keraslm.cells
from keraslm.cells import Cell, Products, Weight


class PeepholeLSTM(Cell):
    """An LSTM whose gates see the cell.

    Math:   i, f = sigmoid(.. + p * c_{t-1}),   o = sigmoid(.. + p_o * c_t)
    References: Gers, Schraudolph & Schmidhuber (2002).
    """

    states = ("h", "c")
    blocks = 4

    def weights(self, features):
        names = ("peephole_i", "peephole_f", "peephole_o")
        peepholes = [Weight(name, (self.units,), "glorot_uniform") for name in names]
        return *super().weights(features), *peepholes

    def advance(self, z, a, state, gates, p_i, p_f, p_o):
        _, c = state
        i, f, g, o = gates(z + a, "linear", "linear", "tanh", "linear")
        i, f = gates.sigmoid(i + p_i * c), gates.sigmoid(f + p_f * c)
        c = f * c + i * g
        o = gates.sigmoid(o + p_o * c)
        return {"h": o * gates.tanh(c), "c": c, "i": i, "f": f, "o": o}


class MinimalGatedUnit(Cell):
    """One gate. References: Zhou, Wu, Zhang & Zhou (2016)."""

    states = ("h",)
    blocks = 2

    def products(self, weights):
        W, U, b = weights
        n = self.units
        return Products(W, U[:, :n], b, None, [U[:, n:]])

    def advance(self, z, a, state, gates, U_g):
        (h,) = state
        f = gates.sigmoid(z[..., : self.units] + a)
        g = gates.tanh(z[..., self.units :] + (f * h) @ U_g)
        return {"h": (1 - f) * h + f * g, "f": f, "g": g}


keraslm.cells.register(PeepholeLSTM, "peephole-lstm")
keraslm.cells.register(MinimalGatedUnit, "minimal-gated-unit")
