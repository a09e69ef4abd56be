"""The catalogue: the cards as they are, and a small one for fetching and writing."""

import hashlib
import io
import os
import re
import zipfile

import pytest

from keraslm.errors import DownloadError, UsageError
from keraslm.text.corpus import open_corpus
from keraslm_datasets import cache, catalogue

NAMES = [
    "village",
    "crossroads",
    "reviews",
    "dates",
    "village-translated",
    "tiny-shakespeare",
    "ptb",
    "wikitext-2",
    "text8",
    "enwik8",
    "glove-6b",
]
CARD = """
[{name}]
title = "t"
kind = "{kind}"
level = "word"
licence = "l"
source = "s"
split = "s"
citation = "c"
unit = "words"
{more}
"""
LINES = "".join(f"line {number} of the corpus\n" for number in range(300))


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASLM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def add(monkeypatch, tmp_path):
    """Put a dataset into a catalogue that holds nothing else."""

    def write(name, body, files, kind="text", more=""):
        lines = [CARD.format(name=name, kind=kind, more=more)]
        sha256 = hashlib.sha256(body).hexdigest()
        for entry in files:
            entry = {"sha256": sha256, "urls": ["http://127.0.0.1:1/x"]} | entry
            lines.append(f"[[{name}.file]]")
            for key, value in entry.items():
                if not isinstance(value, dict):
                    lines.append(f"{key} = {value!r}")
            if "members" in entry:
                pairs = (f'"{a}" = "{b}"' for a, b in entry["members"].items())
                lines.append(f"members = {{ {', '.join(pairs)} }}")
        path = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setattr("keraslm_datasets.cards.CATALOGUE_FILE", path)

    return write


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def put(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_the_cards_are_complete():
    assert catalogue.names() == NAMES
    for name in NAMES:
        card = catalogue.card(name)
        for value in (card.title, card.licence, card.source, card.split, card.citation):
            assert value
        for file in card.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert re.fullmatch("([0-9a-f]{32})?", file.md5)
            assert file.checksum
            assert len(file.urls) >= 2
            assert all(re.match("https?://", url) for url in file.urls)


def test_the_sizes_of_the_parts_add_up():
    for name in ("ptb", "text8", "enwik8"):
        card = catalogue.card(name)
        parts = card.cut or [file.bytes for file in card.files]
        assert sum(parts) == card.bytes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("shakespeare", "tiny-shakespeare"), ("PTB", "ptb"), ("wikitext2", "wikitext-2")],
)
def test_an_unknown_name_brings_the_nearest(typed, meant):
    with pytest.raises(UsageError, match=f"did you mean {meant}"):
        catalogue.card(typed)
    with pytest.raises(UsageError, match="The catalogue has: village"):
        catalogue.card("x" * 30)


def test_the_cache_is_where_the_environment_says(monkeypatch, home, tmp_path):
    assert cache.home() == home
    monkeypatch.delenv("KERASLM_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.home() == tmp_path / "xdg" / "keraslm"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.home() == tmp_path / ".cache" / "keraslm"


def test_a_single_file_is_fetched_once(site, add, home):
    add("one", site.body, [{"name": "one.txt", "urls": [site.url]}])
    assert not catalogue.is_present("one")
    assert catalogue.checks("one") == {}
    path = catalogue.fetch("one")
    assert path == home / "datasets" / "one" / "one.txt"
    assert catalogue.is_present("one")
    assert catalogue.fetch("one") == path
    assert len(site.requests) == 1
    assert catalogue.checks("one")["one.txt"].sha256 == site.sha256


def test_a_sum_that_nobody_published_is_computed_and_kept(site, add):
    add("one", site.body, [{"name": "one.txt", "urls": [site.url], "sha256": ""}])
    catalogue.fetch("one")
    found = catalogue.checks("one")["one.txt"]
    assert (found.sha256, found.published) == (site.sha256, "")


def test_the_progress_counts_all_files_of_a_dataset(site, add):
    files = [
        {"name": f"{split}.txt", "urls": [site.url], "bytes": len(site.body)}
        for split in ("train", "valid", "test")
    ]
    add("three", site.body, files)
    seen = []
    folder = catalogue.fetch("three", lambda *counts: seen.append(counts))
    assert sorted(path.name for path in folder.iterdir()) == [
        "test.txt",
        "train.txt",
        "valid.txt",
    ]
    assert seen[-1] == (3 * len(site.body), 3 * len(site.body))
    assert seen == sorted(seen)


def test_a_good_file_that_was_put_by_hand_is_used(add, home):
    add("one", b"text\n", [{"name": "one.txt"}])
    path = put(home / "datasets" / "one" / "one.txt", b"text\n")
    assert catalogue.fetch("one") == path


def test_a_bad_file_that_was_put_by_hand_is_refused_and_left(add, home):
    add("one", b"text\n", [{"name": "one.txt"}])
    path = put(home / "datasets" / "one" / "one.txt", b"another text\n")
    with pytest.raises(DownloadError, match="must have the sha256"):
        catalogue.fetch("one")
    assert path.read_bytes() == b"another text\n"


def test_a_file_that_was_changed_is_checked_again(site, add):
    add("one", site.body, [{"name": "one.txt", "urls": [site.url]}])
    path = catalogue.fetch("one")
    path.write_bytes(site.body[::-1])
    os.utime(path, ns=(1, 1))
    with pytest.raises(DownloadError, match="must have the sha256"):
        catalogue.fetch("one")


def test_without_a_network_the_place_is_named_where_the_file_may_be_put(add, home):
    add("one", b"text\n", [{"name": "one.txt"}])
    with pytest.raises(DownloadError) as caught:
        catalogue.fetch("one")
    assert str(home / "datasets" / "one" / "one.txt") in str(caught.value)


def test_a_cache_that_is_a_file_is_one_clear_error(add, home):
    home.write_text("in the way")
    add("one", b"text\n", [{"name": "one.txt"}])
    with pytest.raises(DownloadError, match="KERASLM_HOME"):
        catalogue.fetch("one")


def test_an_archive_becomes_splits(add, home):
    splits = ("train", "valid", "test")
    body = zipped({f"in/{split}": split for split in splits})
    members = {f"in/{split}": f"{split}.txt" for split in splits}
    add("packed", body, [{"name": "packed.zip", "members": members}])
    put(home / "downloads" / "packed.zip", body)
    folder = catalogue.fetch("packed")
    assert (folder / "valid.txt").read_text() == "valid"
    assert catalogue.is_present("packed")
    (home / "downloads" / "packed.zip").unlink()
    assert catalogue.fetch("packed") == folder  # the texts are all that is needed


def test_one_piece_is_cut_into_its_usual_splits(add, home):
    body = zipped({"piece": "abcdefghij"})
    files = [{"name": "piece.zip", "members": {"piece": "whole.txt"}}]
    add("piece", body, files, more="cut = [8, 1, 1]")
    put(home / "downloads" / "piece.zip", body)
    folder = catalogue.fetch("piece")
    parts = {path.name: path.read_text() for path in folder.iterdir()}
    assert parts == {"train.txt": "abcdefgh", "valid.txt": "i", "test.txt": "j"}


def test_an_export_is_the_corpus_that_is_trained_on(add, home, tmp_path):
    add("one", LINES.encode(), [{"name": "one.txt"}])
    put(home / "datasets" / "one" / "one.txt", LINES.encode())
    written = catalogue.export("one", tmp_path / "new" / "out")
    assert "".join(path.read_text() for path in written) == LINES
    exported, direct = (
        open_corpus(tmp_path / "new" / "out"),
        catalogue.open_dataset("one"),
    )
    for part in ("train", "valid", "test"):
        assert getattr(exported, part).sha256 == getattr(direct, part).sha256


def test_a_dataset_of_one_file_is_cut_where_the_user_says(add, home):
    add("one", LINES.encode(), [{"name": "one.txt"}])
    put(home / "datasets" / "one" / "one.txt", LINES.encode())
    corpus = catalogue.open_dataset("one", split="50/50")
    assert corpus.test is None
    assert corpus.train.sha256 != catalogue.open_dataset("one").train.sha256


def test_an_export_replaces_nothing_unless_told_to(add, home, tmp_path):
    add("one", LINES.encode(), [{"name": "one.txt"}])
    put(home / "datasets" / "one" / "one.txt", LINES.encode())
    put(tmp_path / "test.txt", b"mine")
    with pytest.raises(UsageError, match=r"test.txt exists.*`overwrite=True`"):
        catalogue.export("one", tmp_path)
    assert not (tmp_path / "train.txt").exists()
    catalogue.export("one", tmp_path, overwrite=True)
    assert (tmp_path / "test.txt").read_bytes() != b"mine"


def test_an_export_to_a_place_that_cannot_be_written_is_one_clear_error(tmp_path):
    put(tmp_path / "file", b"")
    with pytest.raises(UsageError, match="cannot write to"):
        catalogue.export("village", tmp_path / "file" / "out", size=1000)


def test_vectors_stay_packed_and_are_exported_as_they_are(add, home, tmp_path):
    body = zipped({"v.50d.txt": "the 0.1\n"})
    files = [{"name": "v.zip", "members": {"v.50d.txt": "v.50d.txt"}}]
    add("vectors", body, files, kind="vectors")
    archive = put(home / "downloads" / "v.zip", body)
    assert catalogue.fetch("vectors") == archive
    assert catalogue.export("vectors", tmp_path) == [tmp_path / "v.50d.txt"]
    assert (tmp_path / "v.50d.txt").read_text() == "the 0.1\n"
    with pytest.raises(UsageError, match="holds word vectors"):
        catalogue.open_dataset("vectors")


def test_only_what_is_drawn_has_sizes():
    with pytest.raises(UsageError, match="one size"):
        catalogue.open_dataset("ptb", size="small")
    for size in ("tiny", "-5", 0, "1e3"):
        with pytest.raises(UsageError, match="small, medium, large or a number"):
            catalogue.open_dataset("village", size=size)


def test_village_needs_no_fetching():
    assert catalogue.is_present("village")
    with pytest.raises(UsageError, match="needs no fetching"):
        catalogue.fetch("village")


def test_village_is_the_same_for_the_same_seed(home, tmp_path):
    first = catalogue.export("village", tmp_path / "a", size=2000, seed=3)
    again = catalogue.export("village", tmp_path / "b", size="2000", seed=3)
    other = catalogue.open_dataset("village", size=2000, seed=4)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert first[0].read_text(encoding="utf-8") != "".join(other.train.chunks())
    tokens = [len(path.read_text().replace("\n", " </s> ").split()) for path in first]
    assert [round(count, -2) for count in tokens] == [2000, 200, 200]
    assert not home.exists()
