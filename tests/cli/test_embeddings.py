"""keraslm embeddings, as it is typed."""

import zipfile

import pytest

from keraslm.models import ngram
from keraslm.text import TextEncoder, tokenizer_named

TEXT = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"
NUMBERS = {
    "man": (3, 0, 4),
    "woman": (0, 3, 4),
    "king": (3, 0, -4),
    "queen": (0, 3, -4),
    "prince": (3, 1, -4),
}


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT * 5)
    return path


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    rows = [f"{word} {x} {y} {z}\n" for word, (x, y, z) in NUMBERS.items()]
    path.write_text("5 3\n" + "".join(rows))
    return path


@pytest.mark.parametrize("method", ["glove", "cbow", "skip-gram"])
def test_vectors_are_trained_and_asked(keraslm, corpus, tmp_path, method):
    out = tmp_path / "v.txt"
    options = ("--method", method, "--width", 7, "--epochs", 1)
    result = keraslm("embeddings", "train", corpus, "--out", out, *options)
    # 7 words; 20 lines of 3, 3, 3 and 5 words and their ends: 90 tokens
    assert result.stdout.startswith(f"{out}: 7 words, 7 numbers each, by {method} in 1")
    assert "90 tokens" in result.stdout
    first, *lines = out.read_text().splitlines()
    assert first == "7 7"
    assert lines[0].startswith("the ")
    lines = keraslm("embeddings", "neighbours", out, "dog").stdout.splitlines()
    assert lines[0].split() == ["word", "neighbour", "cosine"]
    assert len(lines) == 7


def test_training_says_what_it_did_in_json(keraslm_json, corpus, tmp_path):
    out = str(tmp_path / "v.txt")
    done = keraslm_json("embeddings", "train", corpus, "--out", out, "--min-count", 10)
    # the, dog, cat and sleeps occur 10 times or more; the rest is <unk>
    assert (done["out"], done["words"], done["epochs"]) == (out, 5, 5)


def test_a_seed_gives_the_same_file(keraslm, corpus, tmp_path):
    files = []
    for name in ("a", "b"):
        files.append(tmp_path / name)
        keraslm("embeddings", "train", corpus, "--out", files[-1], "--seed", 3)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_neighbours_of_several_words(keraslm_json, vectors):
    words = ("man", "king", "--number", 1)
    found = keraslm_json("embeddings", "neighbours", vectors, *words)
    # man . woman = 16 of 25; king . prince = 25 of 5 sqrt(26)
    assert found["man"] == [{"word": "woman", "cosine": pytest.approx(16 / 25)}]
    expected = {"word": "prince", "cosine": pytest.approx(5 / 26**0.5)}
    assert found["king"] == [expected]


def test_an_analogy_is_answered(keraslm, vectors):
    result = keraslm("embeddings", "analogy", vectors, "man", "woman", "king")
    assert result.stdout.splitlines()[1].split() == ["queen", "1.000"]


def test_the_odd_one_out_is_first(keraslm, keraslm_json, vectors):
    words = (vectors, "king", "queen", "prince", "woman")
    result = keraslm("embeddings", "odd-one-out", *words)
    assert result.stdout.splitlines()[1].split()[0] == "woman"
    assert len(keraslm_json("embeddings", "odd-one-out", *words)) == 4


def test_a_picture_and_files_for_the_projector(keraslm, vectors, tmp_path):
    picture, folder = tmp_path / "v.png", tmp_path / "projector"
    keraslm("embeddings", "plot", vectors, "--out", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    printed = keraslm("embeddings", "projector", vectors, "--out", folder).stdout
    assert printed.split() == [f"{folder}/vectors.tsv", f"{folder}/metadata.tsv"]
    assert (folder / "metadata.tsv").read_text().split() == [*NUMBERS]


def test_a_model_s_embedding_is_asked(keraslm_json, tmp_path):
    encoder, _ = TextEncoder.learn(tokenizer_named("word"), TEXT)
    network = ngram(encoder, context=2, embedding=4, hidden=(3,))
    table = network.embed.get_weights()[0]
    table[encoder.vocabulary["dog"]] = 2 * table[encoder.vocabulary["cat"]]
    network.embed.set_weights([table])
    path = tmp_path / "m.keras"
    network.save(path)
    near = keraslm_json("embeddings", "neighbours", path, "dog")["dog"]
    assert near[0] == {"word": "cat", "cosine": pytest.approx(1)}
    assert len(near) == len(encoder.vocabulary) - 1


def test_a_count_model_has_no_vectors(keraslm, refused, model):
    result = keraslm("embeddings", "neighbours", model, "dog")
    refused(result, 2, "no neural model", "has no vectors")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["neighbours", "vectors.txt", "kin"], "spelt like it: king"),
        (
            ["neighbours", "vectors.txt", "man", "--number", "0"],
            "0 is not in the range x>=1",
        ),
        (["neighbours", "none.txt", "dog"], "no file of vectors"),
        (["analogy", "vectors.txt", "man", "xxx", "king"], "no vector of 'xxx'"),
        (["odd-one-out", "vectors.txt", "man", "king"], "three different words"),
        (["plot", "vectors.txt", "--out", "v.txt"], "a picture's name ends with"),
        (["plot", "vectors.txt", "man", "--out", "v.png"], "2 vectors or more"),
        (
            ["projector", "vectors.txt", "--out", "text.txt"],
            "give the name of a folder",
        ),
        (["train", "text.txt", "--out", "vectors.txt"], "vectors.txt exists"),
        (["train", "text.txt", "--out", "no/v.txt"], "there is no folder 'no'"),
        (
            ["train", "text.txt", "--out", "v", "--width", "0"],
            "must be 1 or more",
        ),
        (
            ["train", "text.txt", "--out", "v", "--softmax", "x"],
            "must be one of",
        ),
        (["train", "none", "--out", "v"], "none"),
    ],
)
def test_a_mistake_is_one_line(
    keraslm, refused, corpus, vectors, tmp_path, monkeypatch, arguments, reason
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    refused(keraslm("embeddings", *arguments), 2, reason)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("option", ["--softmax=full", "--negatives=3", "--subsample=0"])
def test_what_glove_does_not_know_is_refused(keraslm, corpus, tmp_path, option):
    options = ("--method", "glove", "--out", tmp_path / "v.txt", option)
    result = keraslm("embeddings", "train", corpus, *options)
    assert result.exit_code == 2
    assert "option of skip-gram and cbow; received it for glove" in result.stderr


def test_any_format_of_vectors_is_asked(keraslm, vectors, tmp_path):
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(vectors, "glove.3d.txt")
    found = keraslm("embeddings", "neighbours", f"{packed}:glove.3d.txt", "king")
    assert found.stdout == keraslm("embeddings", "neighbours", vectors, "king").stdout


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"dog 1 2\ncat 1\n", "line 2"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"", "empty"),
    ],
)
def test_a_broken_file_of_vectors_is_one_line(keraslm, tmp_path, content, reason):
    path = tmp_path / "broken"
    path.write_bytes(content)
    result = keraslm("embeddings", "neighbours", path, "dog")
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_malformed_lines_of_a_file_are_left_out_when_asked(keraslm, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("man 3 0\nking 4\nwoman 2 0\n")
    result = keraslm("embeddings", "neighbours", path, "man")
    assert "line 2: a word and 2 numbers" in result.stderr
    assert "--skip-bad-lines leaves" in result.stderr
    result = keraslm("embeddings", "neighbours", path, "man", "--skip-bad-lines")
    assert "woman" in result.stdout
    assert "bad lines left out: 1 (line 2" in result.stderr


def test_the_words_that_are_drawn_by_default_are_telling(
    keraslm, monkeypatch, tmp_path
):
    # 100 words, so that the first 2 x 10 are left out, and with 90 to draw the first 10
    numbers = [f"{i}" for i in range(5)]
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(100)]
    lines = [f"{word} {i} {i * i}" for i, word in enumerate([*numbers, *words])]
    file = tmp_path / "v.txt"
    file.write_text("\n".join(["105 2", *lines]) + "\n")
    drawn = []
    monkeypatch.setattr(
        "keraslm.figures.vectors.draw_vectors",
        lambda v, chosen, *_: drawn.append(chosen),
    )
    for number in (30, 90):
        keraslm(
            "embeddings", "plot", file, "--out", tmp_path / "v.png", "--number", number
        )
    assert drawn[0] == tuple(words[20:50])
    assert drawn[1] == tuple(words[10:])
