"""Train each kind of model on one device and on two; print how far losses are apart.

XLA_FLAGS=--xla_force_host_platform_device_count=2 KERAS_BACKEND=jax \\
  python tests/backends/two_devices.py
"""

import json
import pathlib
import sys
import tempfile

from keraslm.history import read_history
from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration
from keraslm.training.run import train
from keraslm.training.several import train_on_several

TEXT = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n"
STEPS = {"batch_size": 4, "time": 8, "steps": 10, "log_steps": 1, "level": "char"}
SMALL = {"embedding": 6, "units": 8}
REGULAR = {"weight_drop": 0.3, "embedding_dropout": 0.2, "average_steps": 3}
KINDS = {
    "gru": {"model": "gru", "dropout": 0.2, **SMALL},
    "rnn": {"model": "rnn", **SMALL},
    "tied": {"layers": 2, "tied": True, "residual": True, **REGULAR, **SMALL},
    "varied": {"vary_time": True, **SMALL},
    "rounded": {"precision": "bfloat16", **SMALL},
    "direct": {"direct_order": 3, "features": "hashed:10", **SMALL},
    "maxent": {"model": "maxent", "features": "hashed:10", "l1": 0.001},
    "sampled": {"softmax": "sampled", "samples": 6, **SMALL},
    "adaptive": {"softmax": "adaptive", **SMALL},
    "classes": {"softmax": "classes", **SMALL},
    "window": {"model": "neural-ngram", "hidden": "8"},
}


def apart(name: str, folder: pathlib.Path) -> float:
    """Give the largest difference of two runs' losses, in nats a token."""
    found = []
    for devices, run in (("one", train), ("two", train_on_several)):
        text, valid = Text.from_string(TEXT * 30), Text.from_string(TEXT * 2)
        out = folder / f"{name}-{devices}"
        c = Configuration(out=str(out), **STEPS, **KINDS[name])
        run(c, corpus=Corpus("tiny", text, valid, None))
        rows = read_history(out / "history.csv")
        found.append([float(row["nats"]) for row in rows])
    return max(abs(a - b) for a, b in zip(*found, strict=True))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        far = {name: apart(name, pathlib.Path(folder)) for name in KINDS}
    sys.stdout.write(json.dumps(far) + "\n")


if __name__ == "__main__":
    main()
