"""The examples of the documentation run, and its links lead somewhere."""

import ast
import pathlib
import re
from typing import Any

import pytest

from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.models import CausalLM, recurrent
from keraslm.text import TextEncoder, tokenizer_named
from keraslm_datasets import village

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_examples_of_the_python_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = {}
    for block in _python_blocks(ROOT / "docs/python.md"):
        shown |= _run(block, names)
    assert shown["round(probabilities.sum(), 6)"] == 1.0
    assert shown["float(np.max(np.abs(plain(ids) - logits))) < 1e-05"] is True
    assert shown["run.card.perplexity"] > 1
    mixed = "mixture.evaluate(corpus.valid).perplexity <= run.card.perplexity"
    assert shown[mixed]


def test_the_examples_of_the_probes_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On networks that are not trained, in place of those of the page."""
    monkeypatch.chdir(tmp_path)
    for cell in ("rnn", "gru", "lstm"):
        (tmp_path / "runs" / f"probed-{cell}").mkdir(parents=True)
        _new_model(cell).save(tmp_path / "runs" / f"probed-{cell}" / "model.keras")
    names: dict[str, Any] = {}
    shown = {}
    for block in _python_blocks(ROOT / "docs/probes.md"):
        shown |= _run(block, names)
    assert (tmp_path / "gradient_norms.png").is_file()
    assert shown["(joint[1:] / joint[:-1]).max() < 0.25"]
    assert shown["np.allclose(layer.of_steps().sum(axis=0), whole)"]
    assert shown["cells.values.shape"] == (2000, 8)
    assert shown["len(set(held['values'][5][1:])) == 1"]


def test_the_examples_of_the_lab_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs/lab-3-gram").mkdir(parents=True)
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), village.text("valid"))
    counts = NgramModel.train(encoder, ids, order=3)
    counts.save(tmp_path / "runs/lab-3-gram/model.keras")
    names: dict[str, Any] = {}
    shown = {}
    for block in _python_blocks(ROOT / "docs/lab.md"):
        shown |= _run(block, names)
    ripple, nodes = shown.values()
    assert ripple[0] > 0
    assert ripple[2:] == [0.0, 0.0]
    assert nodes == 51


def test_the_examples_of_the_truth_page_run() -> None:
    names: dict[str, Any] = {}
    shown = {}
    for block in _python_blocks(ROOT / "docs/truth.md"):
        shown |= _run(block, names)
    small, unknown, nothing = shown.values()
    assert round(float(small), 3) == 0.024
    assert round(float(unknown), 3) == 0.896
    assert nothing == 0


def test_the_examples_of_the_keras_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On less text, with fewer units and one epoch."""
    monkeypatch.chdir(tmp_path)
    notebook, *blocks = _python_blocks(ROOT / "docs/keras.md")
    smaller = {'("village")': '("village:small")', "units=256": "units=8"}
    for whole, part in (smaller | {"epochs=5": "epochs=1"}).items():
        assert whole in notebook
        notebook = notebook.replace(whole, part)
    names: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for block in (notebook, *blocks):
        shown |= _run(block, names)
    assert (tmp_path / "lstm.keras").is_file()
    assert [value for line, value in shown.items() if "1e-06" in line] == [True]


@pytest.mark.long
def test_the_example_of_the_readme_runs(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On less text, with fewer units and one epoch."""
    monkeypatch.chdir(tmp_path)
    (block,) = _python_blocks(ROOT / "README.md")
    smaller = {'("village")': '("village:small")', "units=256": "units=8"}
    for whole, part in (smaller | {"epochs=5": "epochs=1"}).items():
        assert whole in block
        block = block.replace(whole, part)
    perplexities = [
        value for line, value in _run(block, {}).items() if ".perplexity(" in line
    ]
    assert 1 < perplexities[0] < 1000


def test_the_examples_of_the_agreement_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On counts, in place of the models of the page."""
    monkeypatch.chdir(tmp_path)
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), village.text("train"))
    for name, order in (("ngram", 2), ("lstm", 3)):
        (tmp_path / "runs/demo" / name).mkdir(parents=True)
        model = NgramModel.train(encoder, ids, order, Additive(0.1))
        model.save(tmp_path / "runs/demo" / name / "model.keras")
    (block,) = _python_blocks(ROOT / "docs/agreement.md")
    *_, interval, share = _run(block, {}).values()
    assert interval[0] < 1 == interval[1]  # of one pair, which is right
    assert 0 < share < 0.5


def test_the_examples_of_the_attention_page_run() -> None:
    names: dict[str, Any] = {}
    shown = [_run(block, names) for block in _python_blocks(ROOT / "docs/attention.md")]
    assert [all(values.values()) for values in shown] == [True] * 3


def test_the_examples_of_the_tagging_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = _python_blocks(ROOT / "docs/tagging.md")
    *_, tagged, share, numbers = _run(block, {}).values()
    assert [word.tag for word in tagged] == ["DT", "NN", "VBZ", "RB", "."]
    assert share > 0.95
    assert numbers > 10_000


@pytest.mark.long
def test_the_examples_of_the_masked_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = _python_blocks(ROOT / "docs/masked.md")
    *_, filled, figure, truth = _run(block, {}).values()
    assert len(filled) == len(truth) == 3
    assert 3 < figure < 600
    assert truth[0][1] > truth[1][1] > 0


def test_the_examples_of_the_vectors_page_run() -> None:
    """The nearest five of an animal are animals, as the page says of 200_000 tokens."""
    names: dict[str, Any] = {}
    _run(_python_blocks(ROOT / "docs/vectors.md")[0], names)
    kinds = {word: village.word_class(word) for word in village.words()}
    animals = [word for word, kind in kinds.items() if kind == "noun animal"]
    known = [word for word in animals if word in names["vectors"].words]
    assert len(known) == 28
    for animal in known:
        nearest = names["neighbours"](names["vectors"], animal, number=5)
        assert {kinds.get(word) for word, _ in nearest} == {"noun animal"}, animal


def test_the_examples_of_the_exercises_page_run() -> None:
    (block,) = _python_blocks(ROOT / "docs/exercises.md")
    first, entropy = _run(block, {}).values()
    assert first.endswith(" .")
    assert f"{entropy:.4f} nats" in (ROOT / "docs/exercises.md").read_text("utf-8")


def test_the_examples_of_the_bug_zoo_page_run() -> None:
    (block,) = _python_blocks(ROOT / "docs/bug-zoo.md")
    wrong, right, own = _run(block, {}).values()
    assert round(wrong, 3) == 5.0
    assert right is True
    assert own is False


def _new_model(cell: str) -> CausalLM:
    encoder, _ = TextEncoder.learn(tokenizer_named("char"), village.text("train", 2000))
    return recurrent(encoder, cell, embedding=4, units=8)


def _python_blocks(page: pathlib.Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def _run(block: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run a block; give the value of each line that is an expression."""
    shown = {}
    for statement in ast.parse(block).body:
        if isinstance(statement, ast.Expr):
            source = ast.unparse(statement)
            shown[source] = eval(source, names)
        else:
            exec(ast.unparse(statement), names)
    return shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: pathlib.Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    local = [t for t in local if not t.startswith("api/")]  # written by the build
    assert [t for t in local if not (page.parent / t).exists()] == []
