"""A model that Dask's workers counted is the one that one process counts."""

import gzip
import json
import pathlib

import numpy as np
import pytest

from keraslm.cluster.connection import connected
from keraslm.cluster.counting import ClusterCount
from keraslm.counts.smoothings import SMOOTHINGS
from keraslm.errors import ClusterError, MissingExtra, UsageError
from keraslm.files import archive
from keraslm.text import open_corpus, open_text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.run import train
from keraslm_cli.failures import exit_status
from keraslm_cli.main import main
from tests.cluster.test_merging import assert_same_ngrams, in_one_process, same

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")


@pytest.fixture(scope="module")
def address():
    """Three workers, which are threads of this process."""
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus of unequal parts: train/ holds files packed and plain, 1 to 600 lines."""
    home = tmp_path_factory.mktemp("corpus")
    (home / "train").mkdir()
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(300)]
    shares = 1 / np.arange(1, 301)
    for i, count in enumerate((1, 600, 3, 90, 20)):
        data = "".join(
            " ".join(rng.choice(words, rng.integers(0, 12), p=shares / shares.sum()))
            + "\n"
            for _ in range(count)
        ).encode()
        data = data[:-1] if i == 1 else data
        path = home / "train" / f"{i}.txt"
        path.write_bytes(data)
        if i % 2:
            path.with_suffix(".txt.gz").write_bytes(gzip.compress(data))
            path.unlink()
    (home / "valid.txt").write_text("w0 w1 w2\nw1 w1 w5 w299\n" * 30)
    return home


def contents(run):
    """What a model file holds, but for when it was made."""
    description = archive.read_description(run.folder.model)
    description["metadata"]["configuration"].pop("out")
    for row in description["metadata"]["history"]:
        row.pop("seconds", None)
    for key in ("seconds", "made", "date", "date_time"):
        description["metadata"]["card"].pop(key, None)
    return description, archive.read_arrays(run.folder.model)


def assert_same_model(one, other):
    described, arrays = contents(one)
    other_described, other_arrays = contents(other)
    assert other_described == described
    assert other_arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert same(other_arrays[name], array), name


@pytest.mark.parametrize("smoothing", sorted(SMOOTHINGS))
def test_every_smoothing_gives_the_same_model(folder, address, tmp_path, smoothing):
    given = {"corpus": str(folder), "model": "ngram", "smoothing": smoothing}
    c = Configuration(**given, out=str(tmp_path / "one"))
    one = train(c)
    c = Configuration(**given, out=str(tmp_path / "many"))
    assert_same_model(train(c, cluster=address), one)


def test_characters_and_limits_too(folder, address, tmp_path):
    given = {"corpus": str(folder), "model": "ngram", "level": "char", "order": 5}
    given |= {"vocabulary_size": 9, "min_count": 2, "prune": "0,0,1"}
    one = train(Configuration(**given, out=str(tmp_path / "one")))
    c = Configuration(**given, out=str(tmp_path / "many"))
    assert_same_model(train(c, cluster=address), one)


def test_parts_of_any_size_on_real_workers(folder, address):
    text = open_corpus(folder).train
    tokenizer = tokenizer_named("word-marks")
    _, ids, ngrams = in_one_process(text, tokenizer, 4)
    with connected(address) as client:
        counting = ClusterCount(client, text, lambda *told: None, 2000)
        assert len(counting.parts) > 3
        assert same(counting.learn(tokenizer)[1], ids)
        assert_same_ngrams(counting.ngrams(4), ngrams)


def test_who_counted_is_told(folder, address, tmp_path):
    notes = []

    class Notes(Reporter):
        def note(self, line):
            notes.append(line)

    c = Configuration(corpus=str(folder), model="ngram", out=str(tmp_path / "run"))
    train(c, cluster=address, reporter=Notes())
    assert any(line.startswith("3 workers counted 1 parts in ") for line in notes)


def test_a_file_that_workers_lack_is_named(folder, address, tmp_path):
    (tmp_path / "a.txt").write_text("a b\n" * 9)
    text = open_text(tmp_path / "a.txt")
    with connected(address) as client:
        counting = ClusterCount(client, text, lambda *told: None)
        (tmp_path / "a.txt").unlink()
        with pytest.raises(UsageError, match=r"on the worker .*: cannot read .*a\.txt"):
            counting.learn(tokenizer_named("word"))


def test_what_a_step_refuses_is_one_line(folder, address, tmp_path):
    c = Configuration(
        corpus=str(folder), model="ngram", min_count=10**6, out=str(tmp_path / "run")
    )
    with pytest.raises(UsageError, match="leaves no token"):
        train(c, cluster=address)
    assert not (tmp_path / "run").exists()


def test_a_file_that_a_scheduler_wrote_is_an_address(address, tmp_path):
    (tmp_path / "scheduler.json").write_text(json.dumps({"address": address}))
    with connected(str(tmp_path / "scheduler.json")) as client:
        assert len(client.nthreads()) == 3
    (tmp_path / "scheduler.json").write_text("{}")
    with (
        pytest.raises(UsageError, match="is no file that a scheduler wrote"),
        connected(str(tmp_path / "scheduler.json")),
    ):
        pass


@pytest.mark.parametrize("place", ["keraslm.version:__version__", "nowhere:at_all"])
def test_workers_with_another_keraslm_or_none_are_refused(address, monkeypatch, place):
    monkeypatch.setattr(
        "keraslm.cluster.connection.SAME", {"keraslm": place, "Unicode": "sys:version"}
    )
    real = __import__("pkgutil").resolve_name
    monkeypatch.setattr(
        "keraslm.cluster.connection.ours", lambda place: "9.9", raising=True
    )
    why = "has no keraslm" if place.startswith("nowhere") else "has keraslm .*9.9"
    with pytest.raises(ClusterError, match=why), connected(address):
        assert real


def test_an_address_where_nobody_answers(monkeypatch):
    monkeypatch.setattr("keraslm.cluster.connection.PATIENCE", 0.3)
    with (
        pytest.raises(ClusterError, match="no scheduler answers at 127.0.0.1:9; start"),
        connected("127.0.0.1:9"),
    ):
        pass


def test_a_scheduler_without_workers(monkeypatch):
    monkeypatch.setattr("keraslm.cluster.connection.PATIENCE", 0.3)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=None
        ) as cluster,
        pytest.raises(ClusterError, match="has no workers; start some: dask"),
    ):
        with connected(cluster.scheduler_address):
            pass


@pytest.mark.parametrize(
    "address", ["", "local:0", "local:x", "here", "host:", "host:99999", "host:8786:x"]
)
def test_what_is_no_address(address):
    with pytest.raises(UsageError, match="`cluster` must be local, local:N"):
        with connected(address):
            pass


def test_the_extra_is_named_where_it_is_missing(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    c = Configuration(model="ngram", out=str(tmp_path / "run"))
    with pytest.raises(MissingExtra, match=r"keraslm\[cluster\]"):
        train(c, cluster="local")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--model", "lstm"], "--cluster counts n-grams, and lstm is fitted by one"),
        (["--task", "tag"], "it cannot stand with --task"),
        (["--objective", "masked"], "it cannot stand with --objective"),
        (["--find-rate"], "it cannot stand with --find-rate"),
        (["--model", "ngram"], "village.train is no file: write it to one"),
    ],
)
def test_what_a_cluster_cannot_do_ends_with_2(capsys, tmp_path, arguments, why):
    given = ["train", "village", "--cluster", "local", "--out", str(tmp_path / "run")]
    status = exit_status(lambda: main([*given, *arguments], standalone_mode=False))
    assert status == 2
    assert why in capsys.readouterr().err
    assert not pathlib.Path(tmp_path / "run").exists()
