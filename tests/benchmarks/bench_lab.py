"""How fast the lab answers on loopback, with LSTMs of 2 x 256: `make bench`.

The networks are untrained: their distributions are flat, which is the most work for a
tree. The time from a key to painted bars is that of Debian's Chromium, where it and
Playwright are there. On a busy machine all of it is slower: the load is told.
"""

import asyncio
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import keras
import numpy as np

import keraslm
from keraslm.text import TextEncoder, Vocabulary, tokenizer_named

SIZES = {"33 characters": 33, "10,000 words": 10_000, "50,000 words": 50_000}
ASKED = 60  # prompts, each a token longer
STREAMS = 50
LENGTH = 300  # tokens of a stream
KEYS = 40
CHROMIUM = shutil.which("chromium")


def model(path: pathlib.Path, size: int) -> list[str]:
    """Save an untrained LSTM; give its tokens, beside <unk> and </s>."""
    keras.utils.set_random_seed(0)
    is_words = size > 100
    tokens = [f"w{i}" if is_words else chr(97 + i) for i in range(size - 2)]
    level = "word" if is_words else "char"
    vocabulary = Vocabulary(["<unk>", "</s>" if is_words else "\n", *tokens])
    encoder = TextEncoder(tokenizer_named(level), vocabulary)
    made = keraslm.models.lstm(encoder, embedding=256, units=256, layers=2)
    made.save(path)
    return [f"{token} " if is_words else token for token in tokens]


@contextlib.contextmanager
def lab(path: pathlib.Path) -> Iterator[tuple[int, float]]:
    """Start the command; give its port, and the seconds until it answered."""
    command = [sys.executable, "-m", "keraslm_cli", "lab", str(path), "--port", "0"]
    start = time.perf_counter()
    served = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        port = int(served.stdout.readline().split("/")[2].rpartition(":")[2])
        ask(port, "about")
        yield port, time.perf_counter() - start
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate()


def ask(port: int, path: str, **question: Any) -> Any:
    """Ask as the page does; without a question by GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    with contextlib.closing(connection):
        method, body = ("POST", json.dumps(question)) if question else ("GET", None)
        connection.request(method, f"/{path}", body, headers(port))
        answer = connection.getresponse()
        told = json.loads(answer.read())
    if answer.status != 200:
        raise SystemExit(told["error"])
    return told


def headers(port: int) -> dict[str, str]:
    """Give what a browser sends."""
    origin = f"http://127.0.0.1:{port}"
    return {"Origin": origin, "Content-Type": "application/json"}


def milliseconds(work: Callable[[int], object], rounds: int) -> list[float]:
    """Give how long each round took."""
    taken = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


async def stream(port: int, question: dict[str, Any]) -> tuple[float, float]:
    """Read a text; give the milliseconds to the first token and to the last."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps(question)
    sent = {"Host": f"127.0.0.1:{port}", "Content-Length": len(body), **headers(port)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"POST /write HTTP/1.1\r\n{lines}\r\n{body}".encode())
    await reader.readuntil(b"piece")
    first = time.perf_counter()
    await reader.readuntil(b"\r\n0\r\n\r\n")
    last = time.perf_counter()
    writer.close()
    return 1000 * (first - start), 1000 * (last - start)


async def together(asked: list[Awaitable[tuple[float, float]]]) -> Any:
    """Wait for all streams."""
    return await asyncio.gather(*asked)


def typed(port: int, tokens: list[str]) -> list[float]:
    """Type into the page; give the milliseconds from each key to its painted bars."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("body[data-state=drawn]")
        page.evaluate(WATCH)
        page.focus("#text")
        pressed = 0
        for number in range(KEYS):
            for key in tokens[number % 20]:
                pressed += 1
                page.keyboard.type(key)
                page.wait_for_selector(f'body[data-painted="{pressed}"]')
        taken: list[float] = page.evaluate("window.taken")
        browser.close()
    return taken[5:]  # the first ones warm up


# From the event of a key to the frame in which the bars stand.
WATCH = """
() => {
  window.taken = [];
  let pressed = 0;
  document.getElementById("text").addEventListener("input", () => {
    pressed = performance.now();
  }, true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    window.taken.push(performance.now() - pressed);
    document.body.dataset.painted = window.taken.length;
  }))).observe(document.body, { attributeFilter: ["data-took"] });
}
"""


def report(what: str, taken: list[float], goal: str = "") -> None:
    """Print the median and the 95th percentile."""
    middle, most = np.percentile(taken, [50, 95])
    print(f"  {what:<28}{middle:8.1f} ms {most:8.1f} ms at 95%  {goal}", flush=True)


def measure(port: int, tokens: list[str]) -> None:
    """Ask for each view, write, and type."""
    key = ask(port, "about")["models"][0]["key"]
    text = "".join(tokens[i % 20] for i in range(ASKED))
    ends = [len("".join(tokens[i % 20] for i in range(k))) for k in range(ASKED)]

    def next_tokens(number: int) -> object:
        return ask(port, "next", models=[key], text=text[: ends[number]])

    def tree(number: int) -> object:
        return ask(port, "branches", model=key, text=text[: ends[number]])

    report("next tokens", milliseconds(next_tokens, ASKED))
    report("tree of 400 nodes", milliseconds(tree, 9), "under 150")
    asked = {"model": key, "text": "", "length": LENGTH}
    streams = [stream(port, {**asked, "seed": seed}) for seed in range(STREAMS)]
    taken = asyncio.run(together(list(streams)))
    first, last = ([pair[k] for pair in taken] for k in (0, 1))
    report(f"first token of {STREAMS} texts", first, "under 150 at 95%")
    report(f"{LENGTH} tokens of {STREAMS} texts", last)
    print(f"  slowest / fastest text {max(last) / min(last):13.2f}  under 1.2")
    if CHROMIUM:
        with contextlib.suppress(ImportError):
            report("key to painted bars", typed(port, tokens), "under 50 at 95%")


def main() -> None:
    """Print a block a vocabulary."""
    with tempfile.TemporaryDirectory() as folder:
        for name, size in SIZES.items():
            path = pathlib.Path(folder) / f"{size}.keras"
            tokens = model(path, size)
            with lab(path) as (port, ready):
                load = os.getloadavg()[0]
                print(f"{name}: page ready after {ready:.2f} s; load {load:.1f}")
                measure(port, tokens)


if __name__ == "__main__":
    main()
