"""What the tests of commands share: small count models on disk, and a way to run."""

import contextlib
import json
import os
import re
import struct
import threading

import pytest
from click.testing import CliRunner

from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm_cli.main import program

SENTENCES = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
POEM = "春眠不觉晓\n处处闻啼鸟\n夜来风雨声\n花落知多少\n"


@pytest.fixture
def keraslm():
    """Run `keraslm ...`; gives the result of the process, output and status."""

    def run(*arguments, stdin=None):
        return CliRunner().invoke(program, [str(a) for a in arguments], input=stdin)

    return run


@pytest.fixture
def keraslm_json(keraslm):
    """Run `keraslm ... --json` and read what it prints; NaN is not JSON."""

    def run(*arguments, stdin=None):
        result = keraslm(*arguments, "--json", stdin=stdin)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout, parse_constant=_refuse)

    return run


def _refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


@pytest.fixture
def text(tmp_path):
    """A file of a few sentences to train on."""
    path = tmp_path / "sentences.txt"
    path.write_text(SENTENCES * 3)
    return path


@pytest.fixture
def train(tmp_path):
    """Count a text's n-grams and save the model; gives its path."""

    def train(name="m.keras", text=SENTENCES, level="word", order=2, delta=0.1):
        tokenizer = tokenizer_named(level)
        vocabulary = Vocabulary.build(tokenizer.count([text]), level)
        encoder = TextEncoder(tokenizer, vocabulary)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ids = encoder.encode(text)
        NgramModel.train(encoder, ids, order, Additive(delta)).save(path)
        return path

    return train


@pytest.fixture
def model(train):
    """A bigram of a few English words."""
    return train()


@pytest.fixture
def chinese(train):
    """A trigram of Chinese characters."""
    return train("zh.keras", POEM, "char", order=3)


@pytest.fixture
def refused():
    """Check that a command failed with one clear line and nothing else."""

    def check(result, status, *words):
        assert result.exit_code == status, result.output
        lines = result.stderr.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("Error: ")
        assert [word for word in words if word not in lines[0]] == []
        assert result.stdout == ""

    return check


class Screen:
    """A real terminal of so many columns, and what was written to it."""

    def __init__(self, columns):
        import fcntl
        import pty
        import termios

        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", 24, columns, 0, 0)  # as `stty cols` does
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.stream = os.fdopen(slave, "w", encoding="utf-8", errors="replace")
        self._bytes = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        with contextlib.suppress(OSError):  # the end, on Linux
            while some := os.read(self._master, 1 << 16):
                self._bytes += some

    def close(self):
        """Close it, and give what stood on its lines at any time, without colours."""
        self.stream.close()
        self._reader.join()
        os.close(self._master)
        shown = STEERING.sub("", self._bytes.decode("utf-8"))
        return re.split(r"[\r\n]+", shown.strip("\r\n"))


@pytest.fixture
def open_screen():
    """Give `Screen`, where there are pseudo-terminals."""
    pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    return Screen


@pytest.fixture
def terminal(monkeypatch, open_screen):
    """Run `keraslm ...` in a terminal of so many columns; gives the lines it shows."""

    def run(columns, *arguments):
        screen = open_screen(columns)
        with monkeypatch.context() as patched, contextlib.suppress(SystemExit):
            patched.delenv("COLUMNS", raising=False)
            patched.setenv("TERM", "xterm-256color")
            patched.setattr("sys.stdout", screen.stream)
            patched.setattr("sys.stderr", screen.stream)
            program([str(a) for a in arguments])
        return screen.close()

    return run
