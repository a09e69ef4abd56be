"""Train a small model on this backend, for the others to evaluate.

KERAS_BACKEND=jax python tests/backends/train_fixture.py

Writes data/jax.keras and, in data/jax.json, the nats a token that the model measured.
"""

import json
import pathlib
import shutil
import tempfile

import keras

from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration
from keraslm.training.run import train

DATA = pathlib.Path(__file__).parent / "data"
TEXT = Text.from_string("abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 6)
SIZES = {"embedding": 6, "units": 8, "layers": 2, "dropout": 0.1, "tied": True}
STEPS = {"batch_size": 4, "time": 8, "steps": 60, "learning_rate": 0.02}


def main() -> None:
    backend = keras.backend.backend()
    with tempfile.TemporaryDirectory() as folder:
        out = str(pathlib.Path(folder) / "run")
        options = Configuration(model="lstm", level="char", out=out, **SIZES, **STEPS)
        run = train(options, Corpus("tiny", TEXT, TEXT, None))
        shutil.copyfile(pathlib.Path(out) / "model.keras", DATA / f"{backend}.keras")
    recorded = json.dumps({"nats": run.model.evaluate(TEXT).nats_per_token})
    (DATA / f"{backend}.json").write_text(recorded + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
