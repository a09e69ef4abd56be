"""How fast an exported page writes, its program run by node: `make bench`."""

import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile
from typing import Any

from keraslm import models
from keraslm.export.page.writing import export_page
from keraslm.models import KerasLanguageModel
from keraslm.text import Text, TextEncoder

RUNTIME = pathlib.Path(__file__).parents[1] / "export" / "page_runtime.js"
LENGTH, ROUNDS = 3000, 5  # characters of a text, and texts
JOB: dict[str, Any] = {"job": "text", "prompt": "", "how": {}, "seed": 1}


def main() -> None:
    """Print the characters per second of an LSTM of two layers of 256 units."""
    node = shutil.which("node")
    if node is None:
        print("there is no `node` on the PATH: nothing measured")
        return
    letters = Text.from_string("".join(map(chr, range(32, 127))))
    encoder = TextEncoder.fit(letters, "char")
    network = models.lstm(len(encoder.vocabulary), embedding=64, units=256, layers=2)
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder, "page.html")
        export_page([KerasLanguageModel(network, encoder, "lstm")], page)
        command = [node, str(RUNTIME), str(page)]
        job, seconds = json.dumps(JOB | {"length": LENGTH}), []
        for _ in range(ROUNDS):
            done = subprocess.run(command, input=job, capture_output=True, check=True)
            seconds.append(json.loads(done.stdout)["seconds"])
    pace = LENGTH / statistics.median(seconds)
    print(f"{pace:,.0f} characters per second of the processor, one text")


if __name__ == "__main__":
    main()
