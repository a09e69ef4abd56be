"""The files of their own that readers bring to the commands of the documentation."""

import json
import pydoc_data.topics
import zipfile

import numpy as np

from tests.docs_shell import Folder

# A network of somebody else, on characters.
FOREIGN = """
import json, keras
tokens = json.load(open("tokens.json"))
size = len(tokens)
layers = [keras.Input((None,)), keras.layers.Embedding(size, 8)]
layers += [keras.layers.GRU(16, return_sequences=True), keras.layers.Dense(size)]
keras.Sequential(layers).save("foreign.keras")
"""
LETTERS = (
    "keraslm train village:small --model ngram --level char --order 3 --out .letters"
    " && keraslm export .letters letters.arpa --format arpa"
)


def bring(folder: Folder) -> None:
    """Write the files into a folder."""
    text = "\n".join(pydoc_data.topics.topics.values())
    texts = {
        "corpus.txt": text[:80_000],
        "shakespeare.txt": text[:60_000],
        "notes.txt": text[:60_000],
        "peps.train.txt": text[:80_000],
        "peps.valid.txt": text[70_000:80_000],
        "peps.test.txt": text[80_000:90_000],
        "pairs.tsv": "5/23/94\t1994-05-23\nMay 3, 1994\t1994-05-03\n" * 40,
        "tokens.json": json.dumps(["\n", *" .,'?abcdefghijklmnopqrstuvwxyz"]),
    }
    for name, content in texts.items():
        (folder.place / name).write_text(content, encoding="utf-8")
    (folder.place / "my-folder").mkdir()
    (folder.place / "my-folder/part-1.txt").write_text(text[:40_000])
    (folder.place / "submissions").mkdir()
    student = "def ngrams(sentences, n):\n    return []\n"
    (folder.place / "submissions/alice.py").write_text(student)
    _bring_vectors(folder)
    _bring_models(folder)


def _bring_vectors(folder: Folder) -> None:
    words = ["dog", "cat", "the", "a", "of", "to", "is", "and", "in"]
    numbers = np.random.default_rng(0).normal(size=(len(words), 100))
    rows = zip(words, numbers, strict=True)
    lines = [f"{word} {' '.join(f'{x:.4f}' for x in row)}\n" for word, row in rows]
    with zipfile.ZipFile(folder.place / "glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.100d.txt", "".join(lines))


def _bring_models(folder: Folder) -> None:
    (folder.place / "foreign.py").write_text(FOREIGN)
    for line in ("python foreign.py", LETTERS):
        ran = folder.run(line)
        if ran.status:
            raise AssertionError(ran.errors)
