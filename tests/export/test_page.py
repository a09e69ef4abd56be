"""The program of a page, run by node, against the same rounded numbers on NumPy."""

import json
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

from keraslm import models
from keraslm.cells import GRU
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.export.page import counts as page_counts
from keraslm.export.page.model import pack
from keraslm.export.page.networks import pack_network
from keraslm.export.page.numbers import Packer
from keraslm.export.page.writing import export_page
from keraslm.inference.output import TiedOutput
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.models import KerasLanguageModel
from keraslm.sampling.sampler import Sampler
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from tests.models.conftest import RECURRENT, TRANSFORMERS, WINDOWS, new_model

RUNTIME = pathlib.Path(__file__).parent / "page_runtime.js"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no `node` on the PATH")
SENTENCES = "the dog barks\nthe cat sleeps\nthe dog sees a cat\n" * 4
SMOOTHINGS = {
    "modified-kneser-ney": "modified-kneser-ney",
    "katz": "katz",
    "mle": "mle",
    "additive": Additive(0.3),
    "additive, 0": Additive(0.0),
}
SOFTMAXES = ["adaptive", "classes"]
ODD_TEXTS = [
    "",
    "the  dog\tbarks",
    "a\r\nb\rc\n",
    "the <s> dog </s> sees <unk>",
    "the\u00a0dog the\u2028dog\x0bcat \x1c",
    "cafe\u0301 caf\u00e9",
    "\U0001f469\u200d\U0001f680 \u6625\u7720",
]


@pytest.fixture
def run(tmp_path):
    """Write models as a page and give jobs to its program; gives the results."""

    def run(models, job, weights="float16", **given):
        page = tmp_path / "page.html"
        export_page(models, page, weights)
        done = subprocess.run(
            [NODE, RUNTIME, page],
            input=json.dumps({"job": job, **given}),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def count(level="word", order=3, smoothing="modified-kneser-ney", text=SENTENCES):
    encoder = TextEncoder.fit(Text.from_string(text), level)
    return NgramModel.train(encoder, encoder.encode(text), order, smoothing)


def structured(kind):
    """Build a network of another softmax, with weights that are far from zero."""
    softmax = {
        "adaptive": AdaptiveSoftmax(7, [3, 5], [0.2, 0.1]),
        "classes": ClassSoftmax([0, 2, 0, 1, 1, 0, 2]),
    }[kind]
    model = models.lstm(7, embedding=4, units=9, softmax=softmax)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(params=["float16", "int8"])
def precision(request):
    return request.param


@needs_node
@pytest.mark.parametrize("kind", [*WINDOWS, *RECURRENT, *TRANSFORMERS, *SOFTMAXES])
def test_a_network_gives_the_logits_of_the_rounded_one(run, ask, kind, precision):
    model = ask(structured(kind) if kind in SOFTMAXES else new_model(kind))
    rounded = pack(model, precision).rounded
    ids = np.random.default_rng(3).integers(0, 7, 20).tolist()
    stream, expected = rounded.stream(), []
    for token_id in ids:
        stream.push(token_id)
        expected.append(stream.logits)
    found = run([model], "logits", precision, ids=ids)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@needs_node
@pytest.mark.parametrize("kind", [*WINDOWS, *RECURRENT, *TRANSFORMERS])
@pytest.mark.parametrize(
    ("python", "page"),
    [
        ({"temperature": 0}, {"temperature": 0}),
        (
            {"temperature": 0.8, "top_k": 5, "top_p": 0.9},
            {"temperature": 0.8, "topK": 5, "topP": 0.9},
        ),
    ],
    ids=["greedy", "drawn"],
)
def test_a_network_writes_what_generate_writes(run, ask, kind, python, page):
    model = ask(new_model(kind))
    expected = "".join(
        pack(model, "int8").rounded.generate("ab\nc", 60, seed=11, **python)
    )
    given = {"prompt": "ab\nc", "how": page, "seed": 11, "length": 60}
    assert run([model], "text", "int8", **given)["text"] == expected


@needs_node
@pytest.mark.parametrize("smoothing", SMOOTHINGS.values(), ids=SMOOTHINGS)
@pytest.mark.parametrize(("level", "order"), [("word", 1), ("word", 3), ("char", 4)])
def test_counts_give_their_probabilities(run, smoothing, level, order):
    model = count(level, order, smoothing)
    texts = ["", "the dog", "the cat sees\nthe", "cat cat cat", "\n\n"]
    expected = [model.next_token_probabilities(text) for text in texts]
    found = run([model], "typed", texts=texts)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    text = run([model], "text", prompt="the ", how={"temperature": 0}, length=20)
    assert text["text"] == "".join(model.generate("the ", 20, temperature=0))


@needs_node
@pytest.mark.parametrize("level", ["char", "word"])
def test_a_text_is_read_as_keraslm_reads_it(run, level):
    model = count(level, text=SENTENCES + "caf\u00e9 \u6625 the\u00a0dog\n")
    encoder = model.encoder
    found = run([model], "read", texts=ODD_TEXTS)
    assert [each["ids"] for each in found] == list(
        map(encoder.encode_prompt, ODD_TEXTS)
    )
    unknown = [each["unknown"] for each in found]
    assert unknown == list(map(encoder.unknown_tokens, ODD_TEXTS))


@needs_node
def test_a_corrected_prompt_is_read_again(run, ask):
    model = ask(new_model("lstm"))
    rounded = pack(model, "float16").rounded
    texts = ["ab", "abc", "ab", "ae", "", "\nd"]
    expected = list(map(rounded.next_token_probabilities, texts))
    np.testing.assert_allclose(run([model], "typed", texts=texts), expected, atol=1e-5)


@needs_node
def test_a_seed_means_what_it_means_to_numpy(run, ask):
    seeds = [0, 1, 7, 12345, 2**32 - 1]
    found = run([ask(new_model("bigram"))], "random", seeds=seeds, count=50)
    assert found == [np.random.default_rng(s).random(50).tolist() for s in seeds]


@needs_node
def test_the_samplers_are_those_of_the_library(run, ask):
    logits = np.round(np.random.default_rng(0).normal(0, 2, 40), 1)  # some are equal
    settings = [(1, None, None), (0, 3, None), (0.5, 7, None), (2, None, 0.4)]
    settings += [(0.7, 9, 0.8), (1.3, 100, 1.0)]
    allowed = np.where(np.arange(40) == 0, -np.inf, logits)
    expected = [Sampler(t, k, p).distribution(allowed) for t, k, p in settings]
    hows = [{"temperature": t, "topK": k or 99, "topP": p or 1} for t, k, p in settings]
    # min-p 1/4: of P = 1/2, 1/4, 1/8, 1/8 the first two stay
    of_min_p = {"logits": [0, *np.log([1 / 2, 1 / 4, 1 / 8, 1 / 8]).tolist()]}
    model = ask(new_model("bigram"))
    found = run([model], "reshaped", logits=logits.tolist(), hows=hows)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    (kept,) = run([model], "reshaped", hows=[{"minP": 0.4}], **of_min_p)
    np.testing.assert_allclose(kept, [0, 2 / 3, 1 / 3, 0, 0], atol=1e-12)


@needs_node
def test_the_bars_of_two_models_sum_to_one(run):
    pair = [count(order=1), count(order=3, text=SENTENCES + "a bird flies home\n" * 3)]
    found = run(pair, "rows")
    for k in range(2):
        shares = [row["shares"][k] for row in found["rows"] if row["shares"][k]]
        for what in ("raw", "drawn"):
            total = sum(s[what] for s in shares) + found["others"][k][what]
            assert total == pytest.approx(1)
        size = len(pair[k].vocabulary)
        assert len(shares) + found["others"][k]["count"] == size
    flies = next(row for row in found["rows"] if row["token"] == "bird")["shares"]
    assert flies[0] is None and flies[1]["raw"] > 0


def test_a_page_is_little_more_than_its_weights(tmp_path, precision):
    encoder = count("char", text="".join(map(chr, range(32, 1000)))).encoder
    built = models.lstm(len(encoder.vocabulary), embedding=96, units=128, tied=True)
    model = KerasLanguageModel(built, encoder, "lstm")
    page = export_page([model], tmp_path / "page.html", precision)
    a_weight = {"float16": 2, "int8": 1}[precision]
    vocabulary = json.dumps(encoder.vocabulary.tokens, ensure_ascii=False)
    rest = len(vocabulary.encode()) + 80_000
    assert page.bytes <= 1.4 * a_weight * model.parameters + rest
    assert page.bytes == (tmp_path / "page.html").stat().st_size


def test_int8_is_the_nearest_of_255_levels():
    # by column, the rows being short: scales 2/127 and 1/127
    weights = np.array([[2.0, 0.5], [-0.011, 1.0]], np.float32)
    rounded = Packer("int8").keep("w", weights)
    codes = np.array([[127, 64], [-1, 127]])  # -0.011 127 / 2 = -0.7; 63.5 to even
    np.testing.assert_allclose(rounded, codes * [2 / 127, 1 / 127], rtol=1e-6)
    zeros = np.zeros((3, 2), np.float32)
    assert not Packer("int8").keep("w", zeros).any()


def test_rounding_is_measured_on_a_text(tmp_path, ask):
    model = ask(new_model("lstm"))
    text = "abc\neda" * 50
    (cost,) = export_page(
        [model], tmp_path / "p.html", "int8", Text.from_string(text, "mine")
    ).costs
    assert cost.before == pytest.approx(model.perplexity(text), rel=1e-5)
    rounded = pack(model, "int8").rounded
    assert cost.after == pytest.approx(rounded.perplexity(text), rel=1e-9)
    assert cost.after != cost.before
    assert f"{cost.after:,.4f} instead of {cost.before:,.4f}" in cost.sentence
    assert cost.sentence in (tmp_path / "p.html").read_text("utf-8")


def test_what_was_not_measured_is_said(tmp_path, ask):
    model = ask(new_model("lstm"))
    (cost,) = export_page([model], tmp_path / "p.html").costs
    assert "not measured: the model does not name a corpus" in cost.report
    (tmp_path / "a.txt").write_text("abc\n" * 100)
    model.metadata["configuration"] = {"corpus": str(tmp_path / "a.txt")}
    (cost,) = export_page([model], tmp_path / "p.html").costs
    assert "is not what the model was validated on" in cost.report
    model.metadata["configuration"] = {"corpus": str(tmp_path / "gone.txt")}
    (cost,) = export_page([model], tmp_path / "p.html").costs
    assert str(tmp_path) in cost.report
    page = (tmp_path / "p.html").read_text("utf-8")
    assert cost.sentence in page
    assert str(tmp_path) not in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("maxent", "no hashed features"),
        ("lstm-direct", "`direct_order`"),
        ("lstm-ngrams", "`input_order`"),
        ("maxent-classes", "no hashed features"),
    ],
)
def test_a_network_without_a_program_is_refused(tmp_path, ask, build, kind, words):
    with pytest.raises(UsageError, match=words):
        export_page([ask(build(kind))], tmp_path / "p.html")
    assert not (tmp_path / "p.html").exists()


def test_a_cell_of_other_equations_is_refused():
    cell, table = GRU(3, reset_after=False), np.zeros((7, 2), np.float32)
    weights = [np.zeros(weight.shape) for weight in cell.weights(2)]
    network = RecurrentNetwork(table, [cell], [weights], TiedOutput(table))
    with pytest.raises(UsageError, match=r"gru \(with `reset_after`\); received GRU"):
        pack_network(network, Packer("int8"))


def test_what_a_page_does_not_hold_is_refused(tmp_path, ask, monkeypatch):
    marks = TextEncoder.fit(Text.from_string(SENTENCES), "word", tokenize=True)
    marked = NgramModel.train(marks, marks.encode(SENTENCES))
    words, characters = count(), count("char")
    for given, message in (
        ([marked], "tokenizer 'word-marks'"),
        ([words, characters], "cut text alike"),
        ([words] * 3, "one model or two; received 3"),
    ):
        with pytest.raises(UsageError, match=message):
            export_page(given, tmp_path / "p.html")
    with pytest.raises(UsageError, match="float16, int8; received 'int4'"):
        export_page([words], tmp_path / "p.html", "int4")
    monkeypatch.setattr(page_counts, "LARGEST", 10)
    with pytest.raises(UsageError, match="at most 10 n-grams"):
        export_page([words], tmp_path / "p.html")
    model = new_model("bigram")
    model.set_weights([np.full(w.shape, 1e5) for w in model.get_weights()])
    with pytest.raises(UsageError, match="float16 holds none above 65504"):
        export_page([ask(model)], tmp_path / "p.html")
