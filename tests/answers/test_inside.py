"""Units, equations, interventions and ablations, on small random networks."""

import contextlib
import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.answers import ablation, inside
from keraslm.answers.place import Asked
from keraslm.answers.ranges import on_exactly
from keraslm.answers.reading import Force, Inside, Readings
from keraslm.cells import GRU, LSTM, SimpleRNN
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.ngram_vectors import NgramVectors
from keraslm.inference.output import Features, FullOutput
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.outputs.history_features import HistoryFeatures
from keraslm.outputs.ngram_rows import NgramRows
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.vocabulary import Vocabulary
from tests.cells.own import PeepholeLSTM

TEXT = "a c a b"
LAST = 4  # its last token; number 0 is the line boundary
UNITS = 6
CELLS = {
    "rnn": SimpleRNN(UNITS),
    "gru": GRU(UNITS),
    "gru-reset-before": GRU(UNITS, reset_after=False),
    "lstm": LSTM(UNITS),
}
ENCODER = TextEncoder.fit(Text.from_string("a b c d e\na c"), level="word")
SIZE = len(ENCODER.vocabulary)
IDS = [Vocabulary.boundary_id, *ENCODER.encode_prompt(TEXT)]


def network(cell, residual=False, features=None, ngrams=None):
    rng = np.random.default_rng(7)

    def draw(*shape):
        return rng.normal(0, 0.7, shape).astype(np.float32)

    weights = [[draw(*w.shape) for w in cell.weights(n)] for n in (4, UNITS)]
    output = FullOutput(draw(UNITS, SIZE), draw(SIZE))
    return RecurrentNetwork(
        draw(SIZE, 4), [cell] * 2, weights, output, residual, features, ngrams
    )


NGRAMS = dict.fromkeys(CELLS) | {
    "ngrams": NgramVectors(
        NgramRows(3, 4), np.random.default_rng(5).normal(size=(32, 4)).astype("float32")
    )
}


def asked(given):
    return Asked(NetworkLanguageModel(given, ENCODER, "some", {}, (1, 0), None))


def readings(given):
    return Readings(Inside(asked(given)))


def hold(what, unit, value, start, layer=1):
    return Force(layer, what, unit, value, start)


@pytest.fixture(params=[*CELLS, "ngrams"])
def net(request):
    return network(CELLS.get(request.param, LSTM(UNITS)), ngrams=NGRAMS[request.param])


@pytest.fixture
def lstm():
    return network(CELLS["lstm"])


@given(
    st.integers(0, 999_999),
    st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    st.integers(0, 999_999),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 999_999),
)
def test_an_intervention_is_read_as_it_is_written(layer, name, unit, value, start):
    written = f"{layer}.{name}.{unit}={'hold' if value is None else value}"
    assert Force.parse(f"{written}@{start}") == Force(layer, name, unit, value, start)
    assert Force.parse(written) == Force(layer, name, unit, value, 0)


@given(st.text(max_size=12) | st.from_regex(r"\d\.h\.\d=[0-9einf@-]{0,4}"))
def test_what_is_no_intervention_is_refused(text):
    with contextlib.suppress(UsageError):
        assert math.isfinite(Force.parse(text).value or 0)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_without_interventions_the_distribution_is_the_model_s_own(cell, residual):
    given = network(CELLS[cell], residual)
    told = inside.intervene(readings(given), TEXT, [], top=SIZE)
    assert told["bits"] == 0
    p = asked(given).place(TEXT).distribution()
    tokens = [ENCODER.vocabulary[t["token"]] for t in told["tokens"]]
    assert told["before"]["p"] == told["after"]["p"] == p[tokens].tolist()


def test_ngrams_of_the_input_are_read_too():
    given = network(CELLS["lstm"], ngrams=NGRAMS["ngrams"])
    opened = Inside(asked(given))
    logits = opened.logits(IDS, opened.read(IDS)[-1].shown)
    assert logits.tolist() == asked(given).stream(IDS[1:]).logits.tolist()
    given.ngrams = None
    assert logits.tolist() != asked(given).stream(IDS[1:]).logits.tolist()


def test_features_of_the_history_are_seen_too():
    table = np.random.default_rng(3).normal(0, 1, 2**8).astype(np.float32)
    features = Features(HistoryFeatures(SIZE, 3, 0, 8), table)
    given = network(CELLS["gru"], features=features)
    opened = Inside(asked(given))
    logits = opened.logits(IDS, opened.read(IDS)[-1].shown)
    assert logits.tolist() == asked(given).stream(IDS[1:]).logits.tolist()
    rows = opened.logits(IDS, np.stack([opened.read(IDS)[-1].shown] * 2))
    assert rows == pytest.approx(np.stack([logits] * 2), rel=1e-5)


def test_columns_sum_to_one(net):
    told = inside.intervene(readings(net), TEXT, [hold("h", 2, 1.0, 1)], top=3)
    assert len(told["tokens"]) + told["others"] == SIZE
    assert told["before"]["p"] != told["after"]["p"]
    for column in (told["before"], told["after"]):
        assert sum(column["p"]) + column["others"] == pytest.approx(1, abs=1e-12)


def test_f_1_and_i_0_hold_c_bit_for_bit(lstm):
    opened = Inside(asked(lstm))
    forces = [hold("f", 3, 1.0, 2), hold("i", 3, 0.0, 2)]
    ids = opened.ids(TEXT + " d e c c b")
    c = [step.layers[0]["c"][3] for step in opened.read(ids, forces)]
    assert len(set(c[1:])) == 1
    assert c[0] != c[1]
    without = [step.layers[0]["c"][3] for step in opened.read(ids)]
    assert c[:2] == without[:2]
    assert len(set(without)) == len(ids)


def test_c_is_forced_before_h_is_made_of_it(lstm):
    opened = Inside(asked(lstm))
    values = opened.read(opened.ids(TEXT), [hold("c", 1, 0.5, 3)])[3].layers[0]
    assert values["c"][1] == 0.5
    assert values["h"][1] == pytest.approx(values["o"][1] * math.tanh(0.5), rel=1e-6)


def test_frozen_is_the_value_that_the_unit_has_there(net):
    opened = Inside(asked(net))
    ids = opened.ids(TEXT)
    frozen = opened.read(ids, [hold("h", 4, None, 2, layer=2)])
    h = [step.layers[1]["h"][4] for step in frozen]
    assert h[2] == h[3] == h[4] == opened.read(ids)[2].layers[1]["h"][4]


def test_a_force_that_a_model_does_not_have_is_told_and_left_out(net):
    forces = [
        hold("h", 99, 1.0, 0),
        hold("q", 0, 1.0, 0),
        hold("h", 0, 1.0, 0, layer=3),
    ]
    told = inside.intervene(readings(net), TEXT, forces)
    assert told["fitting"] == [False] * 3
    assert told["bits"] == 0


def test_a_text_that_goes_on_is_not_read_again_and_is_the_same(net):
    kept = readings(net)
    forces = [hold("h", 1, 0.2, 2)]
    for text in ("a c", "a c a b", "a c b", "e"):
        read = kept.read(kept.inside.ids(text), forces)
        fresh = Inside(asked(net))
        expected = fresh.read(fresh.ids(text), forces)
        assert [s.shown.tolist() for s in read] == [s.shown.tolist() for s in expected]


@pytest.mark.parametrize("layer", [1, 2])
def test_a_silenced_unit_changes_what_its_intervention_does(net, layer):
    for start in (LAST, 2):
        told = inside.ablate(readings(net), TEXT, layer, start)
        assert told["missing"] == 0
        for unit, bits in enumerate(told["bits"]):
            forces = [hold("h", unit, 0.0, start, layer)]
            alone = inside.intervene(readings(net), TEXT, forces)["bits"]
            assert bits == pytest.approx(alone, rel=1e-4, abs=1e-6)


def test_a_silenced_unit_is_one_without_output_weights(lstm):
    forces = [hold("h", 5, 0.0, LAST, layer=2)]
    told = inside.intervene(readings(lstm), TEXT, forces, top=SIZE)
    lstm.output.kernel[5] = 0
    p = asked(lstm).place(TEXT).distribution()
    tokens = [ENCODER.vocabulary[t["token"]] for t in told["tokens"]]
    assert told["after"]["p"] == pytest.approx(p[tokens], abs=1e-7)


def test_ablations_that_were_cut_are_gone_on_with(lstm, monkeypatch):
    whole = inside.ablate(readings(lstm), TEXT, 1)["bits"]
    monkeypatch.setattr(ablation, "ROWS", 4)
    one = inside.ablate(readings(lstm), TEXT, 1, seconds=0)
    assert one["missing"] == 2
    two = inside.ablate(readings(lstm), TEXT, 1, first=4, seconds=0)
    assert two["missing"] == 0
    assert one["bits"] + two["bits"] == pytest.approx(whole, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("logits", "others"),
    [([0.0, 1.0, 2.0], [0.5, 0.0, 2.0]), ([0.0, 0.0], [99.0, 0.0])],
)
def test_divergences_are_those_of_the_definition(logits, others):
    found = ablation.divergences(np.array(logits), np.array([others, logits]))
    p, q = (np.exp(x) / np.exp(x).sum() for x in (logits, others))
    assert found == pytest.approx([np.sum(p * np.log(p / q)), 0], abs=1e-12)


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize("layer", [1, 2])
def test_the_numbers_of_the_equations_give_what_the_step_gives(net, layer, place):
    cell = net.cells[layer - 1]
    told = inside.unit(readings(net), TEXT, layer, 2, place)
    step = Inside(asked(net)).read(IDS[: place + 1])[-1].layers[layer - 1]
    functions = {"tanh": math.tanh, "sigmoid": lambda x: 1 / (1 + math.exp(-x))}
    assert told["lines"]
    for line in told["lines"]:
        assert line["value"] == float(step[line["name"]][2])
        written = "".join(str(piece) for piece in line["pieces"])
        assert eval(written, functions) == pytest.approx(line["value"], abs=1e-6)
        formula = line["formula"].replace(" + b'_z)", ")").replace(" + b'_r)", ")")
        formula = formula.replace("h = tanh(", "h = g(")
        assert formula in inspect.getdoc(type(cell))


def test_a_forced_gate_is_told_beside_its_equation(lstm):
    forces = [hold("f", 2, 1.0, 3), hold("o", 2, None, 3)]
    told = [inside.unit(readings(lstm), TEXT, 1, 2, k, forces) for k in (2, 3, 4)]
    assert [t["forced"] for t in told] == [[], ["f"], ["f", "o"]]
    assert [t["now"]["f"] == 1 for t in told] == [False, True, True]


def test_the_strongest_drivers_make_the_sum(lstm):
    opened = Inside(asked(lstm))
    told = inside.unit(readings(lstm), TEXT, 2, 1)
    h = opened.read(IDS)[-2].layers[1]["h"]
    U = lstm.cell_weights[1][1]
    for driver in told["drivers"]:
        expected = h[driver["unit"]] * U[driver["unit"], 1::UNITS]
        assert driver["adds"] == pytest.approx(expected.tolist())


def test_units_that_are_on_exactly_in_a_range():
    values = np.array(
        [[0.0, 0.9, 0.1], [0.8, 0.8, 0.0], [-0.9, 0.9, 0.1], [0.1, 0.9, 0]]
    )
    found = on_exactly(values.astype(np.float32), 1, 2)
    assert found[0]["unit"] == 0
    assert [unit["exact"] for unit in found] == [True, False, False]
    # unit 1: 0.8 0.9 within, 0.9 0.9 without
    assert found[1 if found[1]["unit"] == 1 else 2]["within"] == pytest.approx(0.85)


def test_values_are_those_of_the_states_and_skipped_tokens_are_told(lstm, monkeypatch):
    monkeypatch.setattr(inside, "SHOWN", 3)
    told = inside.inside(readings(lstm), TEXT, 2, "c", selected=(3, 4))
    assert told["tokens"] == ["c", "a", "b"]
    assert told["skipped"] == 2
    state = asked(lstm).stream(IDS[1:]).state[0][1][1]
    assert [row[-1] for row in told["values"]] == pytest.approx(state, abs=5e-5)
    assert told["selected"][0]["within"] is not None


def test_gates_are_named_with_their_ranges(lstm):
    ranges = Inside(asked(lstm)).names[0].ranges
    assert list(ranges) == ["h", "c", "i", "f", "g", "o"]
    assert ranges["f"] == (0, 1)
    assert ranges["g"] == (-1, 1)
    assert ranges["c"] is None


def test_a_cell_of_one_s_own_is_read_and_forced_where_that_is_certain():
    given = network(PeepholeLSTM(UNITS))
    told = inside.intervene(readings(given), TEXT, [], top=SIZE)
    p = asked(given).place(TEXT).distribution()
    assert told["after"]["p"] == np.sort(p)[::-1].tolist()
    names = Inside(asked(given)).names[0]
    assert [n for n in names.ranges if names.can_force(n)] == ["h", "i", "f", "o"]
    forces = [hold("f", 3, 1.0, 2), hold("i", 3, 0.0, 2)]
    c = [step.layers[0]["c"][3] for step in Inside(asked(given)).read(IDS, forces)]
    assert c[1] == c[2] == c[3] == c[4]
    assert inside.unit(readings(given), TEXT, 1, 3, 4, forces)["now"]["c"] == c[1]


def test_a_model_without_cells_is_refused_in_one_line():
    model = NgramModel.train(ENCODER, ENCODER.encode("a b c"), 2)
    with pytest.raises(UsageError, match=r"has no cells"):
        Inside(Asked(model))


@pytest.mark.parametrize(
    ("layer", "what"), [(0, "h"), (3, "h"), (1, "z"), (1, "tanh_c")]
)
def test_what_is_not_there_is_refused(lstm, layer, what):
    with pytest.raises(UsageError, match="received"):
        inside.inside(readings(lstm), TEXT, layer, what)
