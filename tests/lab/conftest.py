"""A lab that answers on this machine, with small models of each kind."""

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.text.text import Text

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

TEXT = (
    "the dog barks <script>alert(1)</script>\nthe cat \u202esleeps \u4e2d\u6587\n"
    "a dog \U0001f468\u200d\U0001f469\u200d\U0001f467 sleeps\nthe cats sleep\n"
) * 3


class Client:
    """Asks the lab, as its page does unless told otherwise."""

    def __init__(self, address, password=None):
        self.address, self.port = address, int(address.rstrip("/").rpartition(":")[2])
        self.known = {"Host": f"127.0.0.1:{self.port}"}
        if password is not None:
            given = base64.b64encode(f"lab:{password}".encode()).decode()
            self.known["Authorization"] = f"Basic {given}"
        self.models = {m["given"]: m["key"] for m in self.get("/about")["models"]}

    def send(self, method, path, body=None, **headers):
        sent = self.known | headers
        with self.connected() as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def connected(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        return contextlib.closing(connection)

    def get(self, path):
        status, _, body = self.send("GET", path)
        assert status == 200
        return json.loads(body)

    @property
    def ours(self):
        return {
            "Content-Type": "application/json",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        }

    def begin(self, connection, path, question):
        connection.request("POST", path, json.dumps(question), self.known | self.ours)

    def post(self, path, question, **headers):
        body = question if isinstance(question, bytes) else json.dumps(question)
        status, _, answer = self.send("POST", path, body, **(self.ours | headers))
        return status, answer

    def ask(self, path, **question):
        status, answer = self.post(path, question)
        assert status == 200, answer
        return json.loads(answer)


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    keras.utils.set_random_seed(0)
    tokens = keraslm.TextEncoder.fit(Text.from_string(TEXT), level="word")
    NgramModel.train(tokens, tokens.encode(TEXT), 3).save(folder / "counts.keras")
    gru = keraslm.models.gru(tokens, embedding=3, units=5, layers=2)
    gru.save(folder / "gru.keras")
    heads = keraslm.models.transformer(tokens, layers=2, heads=2, units=8, context=4)
    rng = np.random.default_rng(0)
    heads.set_weights([rng.normal(0, 0.7, w.shape) for w in heads.get_weights()])
    heads.save(folder / "transformer.keras")
    letters = keraslm.TextEncoder.fit(Text.from_string(TEXT), level="char")
    keraslm.models.lstm(letters, embedding=3, units=5).save(folder / "lstm.keras")
    return folder


@pytest.fixture(scope="session")
def train_counts(files):
    """A model of counts that knows where its text is."""
    path = files / "barks.txt"
    path.write_text("the dog barks now\nthe cat sleeps now\nthe dog sleeps now\n" * 40)
    tokens = keraslm.TextEncoder.fit(Text.from_string(path.read_text()), level="word")
    model = NgramModel.train(tokens, tokens.encode(path.read_text()), 3)
    model.metadata["configuration"] = {"corpus": str(path)}
    model.save(files / "game.keras")
    return "game.keras"


@pytest.fixture(scope="session")
def start(files):
    """Give a function that starts the command on some models; gives it, its address."""

    def start(*names, **environment):
        given = [
            str(files / name) if name.endswith(".keras") else name for name in names
        ]
        command = [sys.executable, "-m", "keraslm_cli", "lab", *given, "--port", "0"]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        )
        line = process.stdout.readline()
        assert line.startswith("The lab is at http://127.0.0.1:"), process.stderr.read()
        return process, line.split()[4]

    return start


@pytest.fixture(scope="session")
def serve(start):
    """Give a function that starts a lab for all tests; gives its address."""
    running = []

    def serve(*names, **environment):
        process, address = start(*names, **environment)
        running.append(process)
        return address

    yield serve
    for process in running:
        process.send_signal(signal.SIGINT)
    ends = [
        (*process.communicate(timeout=20), process.returncode) for process in running
    ]
    assert ends == [("", "", 0)] * len(running)


@pytest.fixture(scope="session")
def lab(serve):
    return Client(serve("counts.keras", "gru.keras", "lstm.keras"))


@pytest.fixture(scope="session")
def heads_lab(serve):
    return Client(serve("transformer.keras", "gru.keras"))
