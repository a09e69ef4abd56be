"""A model that Dask's workers counted is the one that one process counts."""

import asyncio
import gzip
import json

import numpy as np
import pytest
from click.testing import CliRunner

from keraslm.cluster.connection import connected
from keraslm.cluster.counting import ClusterCount
from keraslm.cluster.waiting import in_turn, wait_for
from keraslm.counts.model import NgramModel
from keraslm.counts.smoothings import SMOOTHINGS
from keraslm.errors import ClusterError, MissingExtra, UsageError
from keraslm.files import archive
from keraslm.text import open_corpus, open_text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training.options import Configuration
from keraslm.training.run import train
from keraslm_cli.main import program
from tests.cluster.test_merging import assert_same_ngrams, in_one_process, same
from tests.training.conftest import Notes

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")

LOOPBACK = "127.0.0.1:0"


@pytest.fixture(scope="module")
def address():
    """Three workers, which are threads of this process."""
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=False, dashboard_address=LOOPBACK
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus of unequal files: train/ has some packed, some plain."""
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


@pytest.fixture(scope="module")
def counted(folder, address):
    """The encoder and the n-grams of the corpus, by one process and by a cluster."""
    text, tokenizer = open_corpus(folder).train, tokenizer_named("word")
    encoder, _, ngrams = in_one_process(text, tokenizer, 4)
    with connected(address) as client:
        counting = ClusterCount(client, text, 4, lambda *told: None, 2000)
        assert len(counting.parts) == 3
        found, _ = counting.learn(tokenizer)
        return (encoder, ngrams), (found, counting.ngrams())


def contents(run):
    """What a model file holds, but for times, and where it was written."""
    description = archive.read_description(run.folder.model)
    description["metadata"]["configuration"].pop("out")
    for key in ("seconds", "tokens_per_second", "command"):
        description["metadata"]["card"].pop(key)
    return description, archive.read_arrays(run.folder.model)


@pytest.mark.parametrize("smoothing", sorted(SMOOTHINGS))
def test_every_smoothing_gives_the_same_file(folder, counted, tmp_path, smoothing):
    written = []
    for i, (encoder, ngrams) in enumerate(counted):
        valid = encoder.encode(open_corpus(folder).valid)
        model = NgramModel.smooth(encoder, ngrams, smoothing, valid)
        model.save(tmp_path / f"{i}.keras")
        written.append((tmp_path / f"{i}.keras").read_bytes())
    assert written[0] == written[1]


def test_a_run_s_model_is_the_same(folder, address, tmp_path):
    given = {"corpus": str(folder), "model": "ngram", "level": "char", "order": 5}
    given |= {"vocabulary_size": 9, "min_count": 2, "prune": "0,0,1"}
    one = train(Configuration(**given, out=str(tmp_path / "one")))
    c = Configuration(**given, out=str(tmp_path / "many"))
    notes = Notes()
    many = train(c, cluster=address, reporter=notes)
    (described, arrays), (other_described, other_arrays) = contents(one), contents(many)
    assert other_described == described
    assert other_arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert same(other_arrays[name], array), name
    assert any(line.startswith("3 workers counted 1 parts in ") for line in notes.lines)


def test_parts_of_any_size_on_real_workers(folder, address):
    text = open_corpus(folder).train
    tokenizer = tokenizer_named("word-marks")
    _, ids, ngrams = in_one_process(text, tokenizer, 4)
    with connected(address) as client:
        counting = ClusterCount(client, text, 4, lambda *told: None, 2000)
        assert len(counting.parts) == 3
        assert same(counting.learn(tokenizer)[1], ids)
        assert_same_ngrams(counting.ngrams(), ngrams)


def test_a_file_that_workers_lack_is_named(folder, address, tmp_path):
    (tmp_path / "a.txt").write_text("a b\n" * 9)
    text = open_text(tmp_path / "a.txt")
    assert text.characters == 36  # it is read here too, and was
    with connected(address) as client:
        counting = ClusterCount(client, text, 3, lambda *told: None)
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


def test_a_result_that_takes_long_to_fetch_is_fetched_once(address, monkeypatch):
    fetch, fetched = distributed.Client._gather_remote, []

    async def fetch_slowly(*given):
        fetched.append(given)
        await asyncio.sleep(0.3)
        return await fetch(*given)

    monkeypatch.setattr(distributed.Client, "_gather_remote", fetch_slowly)
    monkeypatch.setattr("keraslm.cluster.waiting.BETWEEN", 0.05)
    with connected(address) as client:
        assert list(in_turn(client, client.map(str, [5, 7]))) == ["5", "7"]
    assert len(fetched) == 2


def test_what_ran_out_of_time_on_a_worker_is_told(address):
    def run_out(_):
        raise TimeoutError("of a disk")

    with connected(address) as client:
        futures = client.map(run_out, [0], pure=False)
        told = "^a worker failed: TimeoutError: of a disk$"
        with pytest.raises(ClusterError, match=told):
            list(in_turn(client, futures))
        with pytest.raises(ClusterError, match=told):
            wait_for(client, futures, "reading", lambda *told: None)


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


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("keraslm.version:__version__", "has keraslm .*, and this process has 9.9; "),
        ("nowhere.version:__version__", "has no keraslm .*; install the same version"),
    ],
)
def test_workers_with_another_keraslm_or_none(address, monkeypatch, theirs, why):
    monkeypatch.setattr("keraslm.cluster.connection.SAME", {"keraslm": theirs})
    monkeypatch.setattr("keraslm.cluster.connection.ours", lambda place: "9.9")
    with pytest.raises(ClusterError, match=why), connected(address):
        pass


def test_an_address_where_nobody_answers(monkeypatch):
    monkeypatch.setattr("keraslm.cluster.connection.PATIENCE", 0.3)
    why = r"no scheduler answers at 127\.0\.0\.1:9 \(.*\); start one: dask scheduler"
    with pytest.raises(ClusterError, match=why), connected("127.0.0.1:9"):
        pass


def test_a_scheduler_without_workers(monkeypatch):
    monkeypatch.setattr("keraslm.cluster.connection.PATIENCE", 0.3)
    given = {"n_workers": 0, "processes": False, "dashboard_address": LOOPBACK}
    with (
        distributed.LocalCluster(**given) as cluster,
        pytest.raises(ClusterError, match="has no workers; start some: dask worker in"),
        connected(cluster.scheduler_address),
    ):
        pass


@pytest.mark.parametrize(
    "address", ["", "local:0", "local:x", "here", "host:", "host:99999", "host:8786:x"]
)
def test_what_is_no_address(address):
    why = "`cluster` must be local, local:N"
    with pytest.raises(UsageError, match=why), connected(address):
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
def test_what_a_cluster_cannot_do_ends_with_2(tmp_path, arguments, why):
    given = ["train", "village", "--cluster", "local", "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(program, [*given, *arguments])
    assert result.exit_code == 2
    assert why in result.stderr
    assert not (tmp_path / "run").exists()
