"""Masked models: what they see, what they learn from, what they say."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import keraslm
from keraslm import masked
from keraslm.adoption.opening import open_network
from keraslm.blanks import Blank, fill, shares_of
from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.loading import load as load_causal
from keraslm.masked.batches import MaskedBatches
from keraslm.masked.fit import new_optimizer
from keraslm.masked.networks import loss, new_network
from keraslm.masked.pieces import FIRST, MASK, evenly_spaced, lines_of, pieces_of
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm_cli.main import program
from tests.training.interrupted import At, Gone, die

TEXT = "a b c d\nb c\n\na d d b e\nc\ne a\n"
MODELS = masked.shape.MODELS


def encoder_of(text, level="word"):
    return TextEncoder.fit(Text.from_string(text), level=level)


def small(model):
    return masked.Shape(model, units=8, layers=2, heads=2, context=6)


@pytest.fixture(params=MODELS)
def saved(request, tmp_path):
    """A network with random weights, also of its biases, its words and its file."""
    encoder = encoder_of(TEXT)
    shape = small(request.param)
    network = new_network(shape, len(encoder.vocabulary))
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.weights])
    path = tmp_path / "m.keras"
    masked.save(network, shape, encoder, {}, path)
    return network, path


@pytest.mark.backends
def test_numpy_and_keras_read_alike_whatever_the_padding(saved):
    network, path = saved
    model = keraslm.load(path)
    for length in (3, 6):
        ids = np.arange(2, 2 + length)[None] % 7 + FIRST
        shown = model.reader.read(ids)
        for more in (0, 5):
            padded = np.pad(ids, ((0, 0), (0, more)))
            found = keras.ops.convert_to_numpy(network(padded))[:, :length]
            np.testing.assert_allclose(shown, found, atol=2e-5)
    again = keras.models.load_model(path)
    assert type(again) is keras.Model or type(again).__name__ == "Functional"
    np.testing.assert_array_equal(
        *(keras.ops.convert_to_numpy(each(padded)) for each in (again, network))
    )


@pytest.mark.backends
def test_a_place_sees_both_sides_and_not_itself(saved):
    _, path = saved
    model = keraslm.load(path)
    line = model.encoder.encode("a b c d")[:-1].astype(int)
    before = model.distributions(line)
    np.testing.assert_allclose(before.sum(axis=1), 1, atol=1e-12)
    assert not before[:, model.vocabulary.boundary_id].any()
    for place in range(4):
        other = line.copy()
        other[place] = model.vocabulary["e"]
        after = model.distributions(other)
        same = [np.allclose(after[k], before[k], atol=1e-9) for k in range(4)]
        assert same == [k == place for k in range(4)]


def test_a_blank_is_the_token_that_is_masked(saved):
    model = keraslm.load(saved[1])
    line = model.encoder.encode("a b c d")[:-1].astype(int)
    shares = model.distributions(line)
    for place, sentence in enumerate(("___ b c d", "a ___ c d", "a b _____ d")):
        filling = model.fill(sentence)
        np.testing.assert_allclose(filling.probabilities, shares[place], atol=1e-6)
        assert sum(p for _, p in filling.best(99)) == pytest.approx(1, abs=1e-12)
    with pytest.raises(UsageError, match=r"7 tokens .* 6 at most"):
        model.fill("a b c d a b ___")


def test_the_card_by_hand(saved):
    model = keraslm.load(saved[1])
    card = model.evaluate(Text.from_string("a b\nz\n", "t"))
    shares = [model.fill(s).probabilities for s in ("___ b", "a ___", "___")]
    a, b, unknown = (model.vocabulary.get(word) for word in "abz")
    right = [shares[0][a], shares[1][b], shares[2][unknown]]
    told = card.to_dict()
    # three tokens, each masked in turn; two line ends are not counted
    assert (told["tokens"], told["oov_tokens"], told["lines"]) == (3, 1, 2)
    assert told["pseudo_perplexity"] == pytest.approx(np.prod(right) ** (-1 / 3))
    known = np.prod(right[:2]) ** (-1 / 2)
    assert told["pseudo_perplexity_without_oov"] == pytest.approx(known)
    assert not {"perplexity", "bits_per_character"} & set(told)


def test_a_long_line_is_read_in_pieces(saved):
    model = keraslm.load(saved[1])
    ids = model.encoder.encode("a b c d e a b c")[:-1].astype(int)
    parts = [model.distributions(part) for part in (ids[:6], ids[6:])]
    np.testing.assert_array_equal(model.distributions(ids), np.concatenate(parts))


def test_lines_that_are_read_together_are_measured_as_each_alone(saved, monkeypatch):
    model = keraslm.load(saved[1])
    text = Text.from_string("a b c\nd\nb z c\na b c d e a b c\ne e e\n", "t")
    lines = lines_of(model.encoder.encode(text), model.vocabulary.boundary_id)
    alone = [model.distributions(line)[np.arange(len(line)), line] for line in lines]
    expected = -np.log(np.concatenate(alone)).mean()
    for numbers in (1, 10**6):  # a piece at a time, and all of a length
        monkeypatch.setattr("keraslm.masked.model.NUMBERS_AT_ONCE", numbers)
        read = model.evaluate(text).read
        assert (read.tokens, read.oov) == (18, 1)
        assert read.nats == pytest.approx(expected, rel=1e-6)


def test_lines_and_those_that_are_evenly_spaced():
    ids = np.array([5, 6, 1, 1, 7, 1, 8])
    assert [line.tolist() for line in lines_of(ids, 1)] == [[5, 6], [7], [8]]
    pieces = pieces_of(lines_of(ids, 1), 1, 1)
    assert [piece.tolist() for piece in pieces[:2]] == [[3, 7, 3], [3, 8, 3]]
    lines = [np.array([k] * 10) for k in range(100)]
    assert [line[0] for line in evenly_spaced(lines, 50)] == [0, 20, 40, 60, 80]
    assert len(evenly_spaced(lines, None)) == 100


def test_what_is_masked():
    rng = np.random.default_rng(0)
    lines = [rng.integers(2, 50, rng.integers(1, 12)) for _ in range(2000)]
    batches = MaskedBatches(pieces_of(lines, 1, 99), 0.15, 50, seed=3)
    picked = tokens = 0
    for number in range(len(batches)):
        ids, targets = batches[number]
        masked_ones = targets >= 0
        assert ((ids == MASK) == masked_ones).all()
        assert masked_ones.any(axis=1).all()
        assert targets[masked_ones].min() >= 2  # neither padding nor a line end
        picked += masked_ones.sum()
        tokens += ((ids == MASK) | (ids >= FIRST + 2)).sum()
    assert tokens == sum(map(len, lines))
    # 15%, and one in lines where none was drawn, which has probability 0.85^n
    least = sum(0.85 ** len(line) for line in lines)
    assert picked == pytest.approx(0.15 * tokens + least, rel=0.05)
    again = MaskedBatches(batches.pieces, 0.15, 50, seed=3)
    np.testing.assert_array_equal(again[7][0], batches[7][0])
    np.testing.assert_array_equal(again.rest(5)[2][1], batches[7][1])
    batch = again[7][0]
    again.epoch = 1
    assert not np.array_equal(again[7][0], batch)


def test_batches_without_padding_hold_every_piece_once():
    pieces = pieces_of(
        [np.full(n, k + 2) for k, n in enumerate([4] * 9 + [2] * 5)], 1, 9
    )
    batches = MaskedBatches(pieces, None, 4, padded=False)
    for batches.epoch in range(5):
        shapes = [batches[number][0].shape for number in range(len(batches))]
        # 9 pieces of 4 tokens: 4 + 4 + 1; 5 of 2 tokens: 4 + 1; each with two ends
        assert sorted(shapes) == [(1, 4), (1, 6), (4, 4), (4, 6), (4, 6)]
        assert shapes[0][1] != shapes[1][1]  # else Keras takes it for that of all
        found = [row[1] for number in range(5) for row in batches[number][0]]
        assert sorted(found) == [FIRST + k + 2 for k in range(14)]
        rest = batches.rest(3)
        assert len(rest) == 2
        np.testing.assert_array_equal(rest[1][0], batches[4][0])


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(0, 3))
def test_the_rest_of_an_epoch_begins_with_two_lengths_if_it_has_two(lengths, epoch):
    pieces = pieces_of([np.full(n, 2) for n in lengths], 1, 9)
    for in_order in (False, True):
        batches = MaskedBatches(pieces, None, 2, in_order=in_order, padded=False)
        batches.epoch = epoch
        times = [batches[number][0].shape[1] for number in range(len(batches))]
        for first in range(len(times) - 1):
            rest = times[first:]
            assert len({*rest}) == 1 or rest[0] != rest[1]


def test_any_rest_of_an_epoch_without_padding_can_be_fitted():
    rng = np.random.default_rng(0)
    pieces = pieces_of([rng.integers(2, 9, n) for n in rng.integers(2, 4, 36)], 1, 9)
    batches = MaskedBatches(pieces, None, 4, padded=False)
    network = new_network(masked.Shape("bilstm", 4), 9, padded=False)
    network.compile("sgd", loss())
    for first in range(len(batches)):
        network.fit(batches.rest(first), verbose=0)


@pytest.mark.backends
def test_what_reads_no_padding_needs_no_mask(saved):
    network, path = saved
    plain = new_network(keraslm.load(path).reader.shape, 7, padded=False)
    plain.set_weights(network.get_weights())
    ids = np.random.default_rng(0).integers(FIRST, 7, (3, 5))
    found = (keras.ops.convert_to_numpy(each(ids)) for each in (plain, network))
    np.testing.assert_allclose(*found, atol=1e-5)


@pytest.mark.backends
@pytest.mark.parametrize("model", MODELS)
def test_the_batch_size_changes_no_loss(model):
    encoder = encoder_of(TEXT)
    lines = lines_of(encoder.encode(TEXT), encoder.vocabulary.boundary_id)
    pieces = pieces_of(lines, 1, 6)
    network = new_network(small(model), len(encoder.vocabulary))
    network.compile(loss=loss(), run_eagerly=True)
    found = []
    for size in (1, 5):
        batches = MaskedBatches(pieces, None, size, in_order=True)
        total = 0.0
        for number in range(len(batches)):
            ids, targets = batches[number]
            count = (targets >= 0).sum()
            total += float(network.test_on_batch(ids, targets)) * count
        found.append(total)
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_a_causal_model_fills_by_the_scores_of_whole_lines():
    truth = keraslm.load("truth:village")
    sentence = "tom stroked his ___ with doctors ."
    filling = fill(truth, sentence)
    assert filling.probabilities.sum() == pytest.approx(1, abs=1e-12)
    scores = {
        word: truth.score(sentence.replace("___", word)).log_probability
        for word in ("ducks", "cats", "horse")
    }
    p = {w: filling.probabilities[truth.vocabulary[w]] for w in scores}
    for word in ("cats", "horse"):
        difference = np.log(p[word]) - np.log(p["ducks"])
        assert difference == pytest.approx(scores[word] - scores["ducks"], abs=1e-9)
    with pytest.raises(CorpusError, match="every sentence impossible"):
        fill(truth, "tom stroked his ___ the the .")


@pytest.mark.parametrize("kind", ["lstm", "transformer"])
def test_a_network_fills_by_the_scores_of_whole_lines(kind, tmp_path):
    encoder = encoder_of(TEXT)
    build = getattr(keraslm.models, kind)
    sizes = {"heads": 2, "context": 4} if kind == "transformer" else {"embedding": 4}
    path = tmp_path / "c.keras"
    build(encoder, layers=1, units=8, seed=1, **sizes).save(path)
    model = load_causal(path)
    filling = fill(model, "a ___ c")
    assert filling.probabilities[encoder.vocabulary.boundary_id] == 0
    words = ("a", "b", "c", "d", "e", "<unk>")
    scores = [model.score(f"a {word} c\n").log_probability for word in words]
    shares = [filling.probabilities[encoder.vocabulary[word]] for word in words]
    np.testing.assert_allclose(shares, shares_of(np.array(scores)), rtol=1e-9)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("a b", "one blank, ___; received none"),
        ("___ b ___", "received 2"),
        ("a ___.", "a space before and behind"),
        ("a ___\nb", "is one line"),
    ],
)
def test_what_has_not_one_blank_is_refused(sentence, said):
    with pytest.raises(CorpusError, match=said):
        Blank.read(sentence, encoder_of(TEXT))


def test_a_blank_of_characters_is_one_character():
    encoder = encoder_of("abc\n", "char")
    blank = Blank.read("a___c", encoder)
    assert encoder.decode(blank.filled(encoder.vocabulary["b"], 1).tolist()) == "abc\n"


def test_a_masked_model_is_no_language_model(saved):
    with pytest.raises(UsageError, match="sees both sides"):
        load_causal(saved[1])
    with pytest.raises(UsageError, match="sees both sides"):
        open_network(saved[1], 7)
    with pytest.raises(UsageError, match="looks ahead"):
        keraslm.CausalLM(saved[0])
    with pytest.raises(UsageError, match="is no masked language model"):
        masked.load("tests/fixtures/version-2/bigram.keras")


def test_a_damaged_file_is_refused(saved, tmp_path):
    import zipfile

    other = tmp_path / "other.keras"
    with zipfile.ZipFile(saved[1]) as whole, zipfile.ZipFile(other, "w") as cut:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("keraslm.json"):
                data = data.replace(b'"units": 8', b'"units": 12')
            cut.writestr(name, data)
    with pytest.raises(ModelFileError, match="is damaged"):
        masked.load(other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model": "lstm"}, "`model` must be one of bilstm, transformer, bert"),
        ({"order": 3}, "`order` is no option of `objective='masked'`"),
        ({"mask_share": 1.0}, "`mask_share` must be above 0 and below 1"),
        ({"model": "bilstm", "heads": 2}, "`heads` are of attention"),
        ({"model": "transformer", "units": 10}, "multiple of twice"),
    ],
)
def test_options_that_cannot_be(options, said):
    with pytest.raises(UsageError, match=said):
        masked.MaskedOptions.of(options)


def run(*arguments):
    return CliRunner().invoke(program, [str(argument) for argument in arguments])


def test_the_commands_tell_a_masked_model_from_a_causal_one(saved):
    path = saved[1]
    told = json.loads(run("fill", path, "a ___ c", "--json", "--top", 3).stdout)
    shown = keraslm.load(path).fill("a ___ c").best(3)
    assert [(row["token"], row["probability"]) for row in told["fill"]] == shown
    assert sum(p for _, p in shown) + told["others"] == pytest.approx(1)
    for command in ("next", "score", "generate", "audit"):
        result = run(command, path, *(["a b"] if command in ("next", "score") else []))
        assert (result.exit_code, result.stdout) == (2, "")
    assert "one blank" in run("fill", path, "a b").output


def test_the_truth_fills_a_blank_and_says_it():
    told = run(
        "fill",
        "truth:village",
        "who bought the ___ pig ? alice bought it .",
        "--top",
        2,
    )
    assert told.exit_code == 0
    assert len(told.stdout.splitlines()) == 5


@pytest.mark.long
@pytest.mark.backends
@pytest.mark.parametrize("model", MODELS)
def test_a_run_that_was_interrupted_comes_to_the_same_weights(model, tmp_path):
    corpus = tmp_path / "c.txt"
    corpus.write_text(TEXT * 12)
    o = masked.MaskedOptions(
        model=model,
        units=8,
        heads=2 if model != "bilstm" else None,
        layers=1,
        dropout=0.2,
        batch_size=8,
        split="80/10/10",
        epochs=2,
        out=str(tmp_path / "whole"),
    )
    whole = masked.train_masked(o, str(corpus))
    assert whole.model.evaluate(corpus).mask_share == o.masked_share
    parts = dataclasses.replace(o, out=str(tmp_path / "parts"), checkpoint_steps=2)
    with pytest.raises(Gone):  # in mid-epoch
        masked.train_masked(parts, str(corpus), reporter=At(5, die))
    again = masked.train_masked(parts, str(corpus), resume=True)
    first, second = whole.model.reader, again.model.reader
    np.testing.assert_array_equal(first.embedding, second.embedding)
    np.testing.assert_array_equal(first.kernel, second.kernel)
    ends = [run.model.metadata["history"] for run in (whole, again)]
    for one, other in zip(*ends, strict=True):
        assert one | {"seconds": 0} == other | {"seconds": 0}
    with pytest.raises(UsageError, match="a run whose seed was 0; received 1"):
        other = dataclasses.replace(parts, seed=1)
        masked.train_masked(other, str(corpus), resume=True)


@pytest.mark.parametrize("model", MODELS)
def test_a_masked_model_starts_from_vectors(model, tmp_path):
    corpus, vectors = tmp_path / "c.txt", tmp_path / "words.vec"
    corpus.write_text(TEXT * 4)
    vectors.write_text("a 1 2 3 4 5 6 7 8\nother 1 1 1 1 1 1 1 1\n")
    o = masked.MaskedOptions(
        str(corpus),
        model,
        str(tmp_path / "run"),
        units=8,
        steps=2,
        embeddings=str(vectors),
        freeze=True,
        heads=None if model == "bilstm" else 2,
    )
    if model != "bilstm":
        with pytest.raises(UsageError, match="8 numbers and 12 units"):
            masked.train_masked(dataclasses.replace(o, units=12))
    found = masked.train_masked(o).model
    row = found.reader.embedding[FIRST + found.vocabulary["a"]]
    np.testing.assert_array_equal(row, np.arange(1, 9))
    with pytest.raises(UsageError, match="vectors of words"):
        dataclasses.replace(o, level="char")


@pytest.mark.parametrize("model", MODELS)
def test_options_are_as_suits_the_model(model):
    o = masked.MaskedOptions(model=model)
    told = {"bilstm": (128, 0.01), "transformer": (64, 0.006), "bert": (128, 0.004)}
    assert (o.units, o.learning_rate) == told[model]
    assert masked.MaskedOptions(model=model, learning_rate=0.02).learning_rate == 0.02
    assert o.limits["epochs"] == {"bilstm": 5}.get(model, 4)
    assert masked.MaskedOptions(model=model, minutes=1).limits["epochs"] is None
    optimizer = new_optimizer(o.learning_rate, o.weight_decay)
    decays = {"bilstm": ("AdamW", 0.2), "transformer": ("AdamW", 0.1)}
    expected = decays.get(model, ("Adam", None))
    assert (type(optimizer).__name__, optimizer.weight_decay) == expected
