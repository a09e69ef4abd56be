"""The lab under load: mixed requests of several clients, for a while: `make bench`.

    python tests/benchmarks/bench_lab_load.py 30

asks for 30 minutes what its page asks: every view, texts that are written and some that
are given up, requests that are refused. It prints the latency of each kind, what went
wrong, and how the memory of the lab grew after the first tenth of the time. The models
are small ones of village; the load of the machine is told.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

MINUTES = 0.5
CLIENTS = 4
PAUSE = 0.1  # seconds, up to, between the requests of a client
EVERY = 5.0  # seconds between two looks at the memory
TRAINED = {
    "3-gram": ("--model", "ngram"),
    "lstm": ("--model", "lstm", "--units", "64", "--steps", "60", "--keep-last", "3"),
}
WORDS = (
    "the a young old shy farmer farmers soldier children boy painters that who love "
    "loves sees stroke strokes horse dogs never often . near <script> ☃"
).split()
Ask = tuple[str, dict[str, Any]]


@dataclasses.dataclass
class Lab:
    """A lab that runs: its port, its process and the keys of its models."""

    port: int
    process: int
    keys: dict[str, str]


@contextlib.contextmanager
def lab(folder: pathlib.Path) -> Iterator[Lab]:
    """Train two models, and show them, one as a run that is watched."""
    for name, options in TRAINED.items():
        run = ("train", "village:small", *options, "--out", str(folder / name))
        subprocess.run(keraslm(*run), check=True, capture_output=True)
    runs = [str(folder / name) for name in TRAINED]
    command = keraslm("lab", *runs, "--watch", runs[1], "--port", "0")
    served = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        port = int(served.stdout.readline().split("/")[2].rpartition(":")[2])
        told = json.loads(send(port, "GET", "about")[1])
        keys = {model["name"]: model["key"] for model in told["models"]}
        yield Lab(port, served.pid, keys)
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate()


def keraslm(*arguments: str) -> list[str]:
    """Give a command."""
    return [sys.executable, "-m", "keraslm_cli", *arguments]


def send(
    port: int, method: str, path: str, question: Any = None, read: int | None = None
) -> tuple[int, bytes]:
    """Ask as the page does; of the answer, `read` bytes or all."""
    origin = f"http://127.0.0.1:{port}"
    headers = {"Origin": origin, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        body = None if question is None else json.dumps(question)
        connection.request(method, f"/{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(read)


def questions(shown: Lab) -> dict[str, Callable[[random.Random], Ask]]:
    """Give what is asked, by kind: a path and a question, drawn at random."""
    every = list(shown.keys.values())
    network = next(key for name, key in shown.keys.items() if name.startswith("lstm"))

    def text(draw: random.Random, most: int = 30) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(0, most)))

    def sampling(draw: random.Random) -> dict[str, Any]:
        return {"temperature": draw.random(), "seed": draw.randrange(1000)}

    def force(draw: random.Random) -> dict[str, Any]:
        unit, start = draw.randrange(64), draw.randrange(5)
        return {"layer": 1, "what": "h", "unit": unit, "value": 0, "start": start}

    def asks(path: str, of: str = "models", **given: Callable[..., Any]) -> Any:
        def ask(draw: random.Random) -> Ask:
            named = {"models": every, "network": network, "": None}[of]
            name = {"models": "models", "network": "model", "": ""}[of]
            fields = {key: value(draw) for key, value in given.items()}
            more = sampling(draw) if path in ("next", "learning-next") else {}
            return path, {**({name: named} if name else {}), **fields, **more}

        return ask

    return {
        "next": asks("next", text=text),
        "surprise": asks("surprise", text=lambda d: text(d, 200)),
        "branches": asks("branches", "network", text=text),
        "pair": asks("pair", text=text, other=text),
        "knock-out": asks("knock-out", "network", text=text, token=lambda d: 5),
        "inside": asks("inside", "network", text=text, forces=lambda d: [force(d)]),
        "unit": asks("unit", "network", text=text, unit=lambda d: d.randrange(64)),
        "intervene": asks(
            "intervene", "network", text=text, forces=lambda d: [force(d)]
        ),
        "ablate": asks("ablate", "network", text=text),
        "map": asks("map", text=text),
        "game": asks("game", seed=lambda d: d.randrange(50), guesses=lambda d: ["the"]),
        "learning": asks("learning", "", seen=lambda d: ""),
        "learning-next": asks("learning-next", "", text=text),
    }


class Load:
    """Clients that ask until the time is over, and what they saw."""

    def __init__(self, shown: Lab) -> None:
        self._lab = shown
        self._asks = questions(shown)
        self._lock = threading.Lock()
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def client(self, seed: int, until: float) -> None:
        """Ask at random, one request after another."""
        draw = random.Random(seed)
        acts = [*self._asks, "write", "write, given up", "refused", "page"]
        while time.monotonic() < until:
            kind = draw.choice(acts)
            start = time.perf_counter()
            try:
                problem = self._act(kind, draw)
            except (OSError, http.client.HTTPException) as error:
                problem = f"{type(error).__name__}: {error}"
            with self._lock:
                self.taken[kind].append(1000 * (time.perf_counter() - start))
                if problem:
                    self.errors[f"{kind}: {problem}"] += 1
            time.sleep(draw.uniform(0, PAUSE))

    def _act(self, kind: str, draw: random.Random) -> str:
        """Ask, and say what is wrong with the answer; nothing if it is well."""
        port, wanted, read = self._lab.port, 200, None
        if kind == "page":
            status, body = send(port, "GET", draw.choice(["", "about", "page/main.js"]))
        else:
            path, question = self._question(kind, draw)
            read = 200 if kind == "write, given up" else None
            wanted = 400 if kind == "refused" else 200
            status, body = send(port, "POST", path, question, read)
        if status != wanted or (wanted == 200 and b'"error"' in body):
            return f"{status} {body[:120].decode(errors='replace')}"
        return ""

    def _question(self, kind: str, draw: random.Random) -> Ask:
        if kind == "refused":
            return "next", {"models": ["no such model"], "text": "the"}
        if kind.startswith("write"):
            key = draw.choice(list(self._lab.keys.values()))
            seed = draw.randrange(1000)
            return "write", {"model": key, "text": "the", "length": 200, "seed": seed}
        return self._asks[kind](draw)


def memory(process: int) -> float:
    """Give the resident memory of a process in MB."""
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout) / 1024


def main() -> None:
    """Ask for so many minutes, and print what was seen; fail if anything went wrong."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with tempfile.TemporaryDirectory() as name, lab(pathlib.Path(name)) as shown:
        load, begun = Load(shown), time.monotonic()
        until = begun + 60 * minutes
        clients = [
            threading.Thread(target=load.client, args=(seed, until))
            for seed in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        held = []
        while time.monotonic() < until:
            time.sleep(min(EVERY, max(until - time.monotonic(), 0)))
            held.append(memory(shown.process))
        for client in clients:
            client.join()
    report(load, held, minutes)
    sys.exit(bool(load.errors))


def report(load: Load, held: list[float], minutes: float) -> None:
    """Print latencies, memory and errors."""
    number = sum(map(len, load.taken.values()))
    rate, busy = number / minutes / 60, os.getloadavg()[0]
    print(f"{minutes:g} minutes, {CLIENTS} clients, {number:,} requests, ", end="")
    print(f"{rate:.1f} a second; load {busy:.1f}")
    for kind, taken in sorted(load.taken.items()):
        middle, most = np.percentile(taken, [50, 95])
        print(
            f"  {kind:<18}{len(taken):7,}{middle:9.1f} ms{most:9.1f} ms at 95%", end=""
        )
        print(f"{max(taken):9.1f} ms at most")
    tenths = [held[(len(held) - 1) * k // 10] for k in range(1, 11)]
    print(
        f"  memory in MB, by tenths: {', '.join(f'{mb:.0f}' for mb in tenths)}; ",
        end="",
    )
    print(f"{tenths[-1] - tenths[0]:+.1f} after the first, at most {max(held):.1f}")
    print(f"  errors: {sum(load.errors.values())}")
    for what, times in load.errors.most_common():
        print(f"    {times} times {what}")


if __name__ == "__main__":
    main()
