"""A model's file: read whole, or mapped and left on the disk, or quantised."""

import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.counts.packed import Packed, bits_for, pack
from keraslm.counts.quantize import codebook
from keraslm.counts.trie import Level
from keraslm.errors import KeraslmError, ModelFileError, UsageError
from keraslm.files import archive
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

WORDS = random.Random(0).choices("a b c d e f g h \n".split(" "), k=600)
TEXT = " ".join(WORDS)
SMOOTHINGS = ("modified-kneser-ney", "additive", "katz", "mle", "stupid-backoff")


def trained(smoothing="modified-kneser-ney", order=3, text=TEXT):
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    return NgramModel.train(encoder, ids, order, smoothing)


def answers(model):
    ids = np.random.default_rng(1).integers(0, len(model.vocabulary), 300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        rows = [model.next_token_probabilities(ids[:n].tolist()) for n in range(40)]
    return [model.log_probabilities(ids), *rows]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A model of three orders and its file, and the same with 3 bits."""
    folder = tmp_path_factory.mktemp("saved")
    whole, small = trained(), trained().quantized(3)
    whole.save(folder / "whole.keras")
    small.save(folder / "small.keras")
    return {folder / "whole.keras": whole, folder / "small.keras": small}


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 2, 4])
def test_a_mapped_model_answers_as_the_one_in_memory(tmp_path, smoothing, order):
    model = trained(smoothing, order)
    model.save(path := tmp_path / "model.keras")
    for mapped in (True, False):
        again = NgramModel.load(path, mapped=mapped)
        for found, expected in zip(answers(again), answers(model), strict=True):
            np.testing.assert_array_equal(found, expected)
        assert again.size_per_order() == model.size_per_order()
        assert "n-grams" in again.verify()
        again.save(tmp_path / "again.keras")
        assert (tmp_path / "again.keras").read_bytes() == path.read_bytes()


def test_a_mapped_model_becomes_the_same_arpa_file(saved, tmp_path):
    for path, model in saved.items():
        model.write_arpa(tmp_path / "memory.arpa")
        NgramModel.load(path, mapped=True).write_arpa(tmp_path / "mapped.arpa")
        memory, mapped = (
            (tmp_path / f"{name}.arpa").read_text() for name in ("memory", "mapped")
        )
        assert memory == mapped


def test_a_quantised_model_is_what_its_file_holds(saved):
    path, model = list(saved.items())[1]
    for mapped in (True, False):
        again = NgramModel.load(path, mapped=mapped)
        assert again.name.endswith("3 bits")
        assert again.details == model.details
        for found, expected in zip(answers(again), answers(model), strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("smoothing", ["modified-kneser-ney", "katz", "mle"])
def test_no_probability_is_off_by_more_than_is_said(smoothing):
    model = trained(smoothing)
    exact = answers(model)[0]
    for bits in (2, 4, 8, 16):
        small = model.quantized(bits)
        found = answers(small)[0]
        np.testing.assert_array_equal(np.isneginf(found), np.isneginf(exact))
        finite = np.isfinite(exact)
        off = abs(found[finite] - exact[finite])
        assert off.max(initial=0) <= small.rounding + 1e-12
    assert small.rounding == 0  # there are fewer numbers than 2^16
    np.testing.assert_array_equal(found, exact)


def test_what_quantising_loses_is_kept_with_the_model(tmp_path):
    model = trained()
    ids = model.encoder.encode(TEXT)
    small = model.quantized(2, ids)
    lost = small.details["quantized"]
    nats = [-m.log_probabilities(ids).mean() for m in (model, small)]
    assert lost["bits"] == 2
    assert [lost["perplexity_before"], lost["perplexity"]] == pytest.approx(
        np.exp(nats)
    )
    small.save(tmp_path / "model.keras")
    assert keraslm.load(tmp_path / "model.keras").details["quantized"] == lost
    assert any("sum to one only nearly" in note for note in small.smoothing["notes"])


@pytest.mark.parametrize("bits", [1, 17, True, 2.0, None])
def test_a_number_of_bits_that_is_none(bits):
    with pytest.raises(UsageError, match="2 to 16 bits"):
        trained().quantized(bits)


def test_counts_and_what_is_quantised_are_not_quantised():
    with pytest.raises(UsageError, match="additive smoothing"):
        trained("additive").quantized(8)
    with pytest.raises(UsageError, match="is quantised to 4 bits"):
        trained().quantized(4).quantized(8)


def test_bins_hold_equally_many_numbers():
    # 8 numbers in 2 bins beside 0 and -inf, which stay: the means of 4 each
    numbers = np.array([-9.0, -8, -7, -4, -np.inf, 0, -3, -2, -1.5, -1])
    book = codebook(numbers, 2, exact=(0.0,))
    assert book.centres.tolist() == [-np.inf, -7.0, -1.875, 0.0]
    # half way between -7 and -1.875 lies -4.44: -4 goes to the nearer centre
    assert book.encode(numbers).tolist() == [1, 1, 1, 2, 0, 3, 2, 2, 2, 2]


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 57), st.integers(0, 400))
def test_packed_numbers_are_unpacked(data, bits, length):
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    numbers = rng.integers(0, 1 << bits, length, dtype=np.int64)
    cuts = data.draw(st.lists(st.integers(0, length), max_size=3).map(sorted))
    blocks = pack(np.split(numbers, cuts), bits, length)
    words = np.concatenate(list(blocks.blocks))
    assert len(words) == blocks.length <= -(-length * bits // 64) + 1
    column = Packed(words, bits, length)
    np.testing.assert_array_equal(np.asarray(column), numbers)
    places = rng.integers(0, length, 20) if length else np.zeros(0, int)
    np.testing.assert_array_equal(column[places], numbers[places])
    assert [column[i] for i in range(length)] == numbers.tolist()
    assert bits_for((1 << bits) - 1) == bits


@settings(deadline=None)
@given(st.sets(st.integers(0, 59)), st.integers(1, 7))
def test_the_places_of_children_are_made_block_by_block(keys, block):
    level = Level(np.array(sorted(keys), np.int64), 12, 5)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("keraslm.counts.trie.CHUNK", block)
        starts = np.concatenate(list(level.start_blocks()))
        words = np.concatenate([np.zeros(0, int), *level.word_blocks()])
    np.testing.assert_array_equal(starts, level.starts)
    np.testing.assert_array_equal(words, level.words)


def opened_and_asked(path, mapped):
    """Say why a file is refused, when it is opened or asked, or None."""
    try:
        model = NgramModel.load(path, mapped=mapped)
        for found in answers(model):
            assert not np.isnan(found).any()
            assert (found < np.inf).all()
        model.name.encode()
    except KeraslmError as error:
        assert "\n" not in str(error)
        return error
    return None


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_damage_is_refused_or_answered_with_numbers(saved, tmp_path_factory, data):
    path = data.draw(st.sampled_from(list(saved)))
    whole = bytearray(path.read_bytes())
    start = whole.index(b"\x93NUMPY")  # the description is packed: see tests/hostile
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(start, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        whole = whole[: data.draw(st.integers(0, len(whole)))]
    damaged = tmp_path_factory.mktemp("damaged") / "model.keras"
    damaged.write_bytes(whole)
    opened_and_asked(damaged, mapped=True)
    if bytes(whole) != path.read_bytes():
        assert opened_and_asked(damaged, False) or same_arrays(damaged, path)


def same_arrays(one, two):
    """Whether a change was of nothing that is read, such as a date or a padding."""
    found, expected = archive.read_arrays(one), archive.read_arrays(two)
    return found.keys() == expected.keys() and all(
        np.array_equal(found[name], expected[name]) for name in expected
    )


def test_verifying_finds_what_opening_does_not_read(saved):
    for path in saved:
        whole = bytearray(path.read_bytes())
        whole[whole.rindex(b"\x93NUMPY") + 130] ^= 1
        (damaged := path.with_name("damaged.keras")).write_bytes(whole)
        model = NgramModel.load(damaged, mapped=True)
        with pytest.raises(ModelFileError, match="damaged at keraslm/arrays/"):
            model.verify()


def test_verifying_tries_the_equations_too(saved):
    path = next(iter(saved))
    arrays, told = archive.read_arrays(path), archive.read_description(path)
    wrong = {"log-p-3": arrays["log-p-3"] * 0, "words-3": arrays["words-3"][::-1]}
    for name, reason in (("log-p-3", "sum to one"), ("words-3", "not in order")):
        damaged = path.with_name("wrong.keras")
        archive.write_model(damaged, told, arrays | {name: wrong[name]})
        model = NgramModel.load(damaged, mapped=True)
        with pytest.raises(ModelFileError, match=reason):
            model.verify()
