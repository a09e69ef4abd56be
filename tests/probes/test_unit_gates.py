"""The gates of a unit keep the equations, and units are ranked by what they follow."""

import numpy as np
import pytest

import keraslm
from keraslm.errors import UsageError
from keraslm.probes import Activations, activations, gates, rank_units
from keraslm.probes.properties import property_of


def model_of(network):
    return keraslm.CausalLM(network)


def test_the_lstm_s_values_keep_its_equations(build, ids):
    model = model_of(build("lstm"))
    for unit in range(3):
        table = gates(model, ids, layer=2, unit=unit).table()
        kept = table["f"][1:].to_numpy() * table["c"][:-1].to_numpy()
        written = table["i"][1:].to_numpy() * table["g"][1:].to_numpy()
        assert table["c"][1:].to_numpy() == pytest.approx(kept + written, abs=1e-6)
        shown = table["o"] * np.tanh(table["c"])
        assert table["h"].to_numpy() == pytest.approx(shown.to_numpy(), abs=1e-6)


def test_the_gru_s_values_keep_its_equation(build, ids):
    table = gates(model_of(build("gru")), ids, unit=1).table()
    z, g, h = (table[name].to_numpy() for name in ("z", "g", "h"))
    assert h[1:] == pytest.approx(z[1:] * h[:-1] + (1 - z[1:]) * g[1:], abs=1e-6)


def test_the_states_are_those_of_activations(build, ids):
    model = model_of(build("lstm"))
    for state in ("h", "c"):
        held = activations(model, ids, layer=1, unit=2, state=state).values[:, 0]
        table = gates(model, ids, layer=1, unit=2).table()
        assert table[state].to_numpy() == pytest.approx(held)


def test_a_cell_without_gates_is_refused(build, ids):
    with pytest.raises(UsageError, match="has no gates"):
        gates(model_of(build("rnn")), ids)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("quote", 'a"b"c"', [0, 1, 1, 0, 0, 1]),
        ("quote", "“a”b«c", [1, 1, 0, 0, 1, 1]),
        ("bracket", "(a[b])", [1, 1, 2, 2, 1, 0]),
        ("line-length", "ab\nc\nd", [1, 2, 0, 1, 0, 1]),
        ("word-length", "ab c d", [1, 2, 0, 1, 0, 1]),
        ("sentence-length", "a.b.c.", [1, 0, 1, 0, 1, 0]),
        ("capital", "aBcD", [0, 1, 0, 1]),
        ("vowel", "abab", [1, 0, 1, 0]),
        ("punctuation", "a,b.", [0, 1, 0, 1]),
    ],
)
def test_properties_of_a_text(name, text, values):
    assert property_of([*text], name).tolist() == values


def test_units_are_ranked_by_the_first_half():
    tokens = [*"a b cd e f gh i "]
    wanted = property_of(tokens, "space")
    half = len(tokens) // 2
    follows = np.concatenate([-wanted[:half], np.zeros(len(tokens) - half)])
    noise = np.random.default_rng(0).normal(size=len(tokens))
    read = Activations(
        tuple(tokens), (0, 1), np.stack([wanted + 3 * noise, follows], axis=1)
    )
    ranked = rank_units(read, "space")
    assert ranked.index.tolist() == [1, 0]
    assert ranked.loc[1, "correlation"] == pytest.approx(-1)
    assert ranked.loc[1, "second half"] == 0  # it holds one value there
    r = np.corrcoef(read.values[half:, 0], wanted[half:])[0, 1]
    assert ranked.loc[0, "second half"] == pytest.approx(r)


def test_a_property_that_does_not_vary_is_refused():
    read = Activations(tuple("abcd"), (0,), np.ones((4, 1)))
    with pytest.raises(UsageError, match="quote is the same"):
        rank_units(read, "quote")
