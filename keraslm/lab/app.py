"""The lab's answers over HTTP: the page, and JSON for its views."""

import asyncio
import dataclasses
import functools
import importlib.resources
import json
import traceback
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from keraslm.answers.branches import branches
from keraslm.answers.game import Game
from keraslm.answers.learning import Learning
from keraslm.answers.map import token_map
from keraslm.answers.next_tokens import next_tokens
from keraslm.answers.pairs import knock_out, pair
from keraslm.answers.surprise import surprise
from keraslm.errors import KeraslmError, UsageError
from keraslm.lab.guard import Guard
from keraslm.lab.insides import Insides
from keraslm.lab.requests import parsed
from keraslm.lab.scenes import Scene
from keraslm.lab.shelf import Shelf, Shown
from keraslm.lab.writing import FAILED, Writer
from keraslm.sampling.sampler import Sampler

SAMPLING = ("temperature", "top_k", "top_p", "min_p", "seed")
GAME = ("models", "seed", "counts", "played", "guesses", "give_up")
KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
Asking = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Question:
    """What may be asked, by its name and the fields of its request."""

    name: str
    ask: Callable[[Asking], dict[str, Any]]
    fields: tuple[str, ...]
    turn: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)

    async def answer(self, request: Request) -> Response:
        """Answer in a thread, so that others are not kept waiting.

        One of a kind is answered at a time. Who types on has given up the one before,
        which then is not begun.
        """
        asked = parsed(await request.body(), self.fields)
        async with self.turn:
            if await request.is_disconnected():
                return Response(status_code=499)  # as nginx says it; nobody reads it
            return _json(await run_in_threadpool(self.ask, asked))


class Lab:
    """The models on the shelf, a writer for each, and the run that is watched."""

    def __init__(
        self, shelf: Shelf, scenes: list[Scene], watched: Learning | None = None
    ) -> None:
        self.shelf, self.scenes, self._watched = shelf, scenes, watched
        self._game = Game()
        self._writers: dict[str, Writer] = {}

    def about(self) -> dict[str, Any]:
        """Give the models, the scenes and the name of the run that is watched."""
        models = self.shelf.told()
        keys = {model["given"]: model["key"] for model in models}
        scenes = [s for s in self.scenes if self._watched or not s.needs_a_run]
        return {
            "models": models,
            "scenes": [scene.told(keys) for scene in scenes],
            "watch": self._watched.given if self._watched else None,
        }

    def next(self, asked: Asking) -> dict[str, Any]:
        """Give the next tokens of each group of models that share a vocabulary."""
        point = random_point(asked["seed"])
        groups: dict[str, list[Shown]] = {}
        for key in asked["models"]:
            groups.setdefault(self.shelf[key].group, []).append(self.shelf[key])
        told = []
        for shown in groups.values():
            with _held(shown):
                models = [s.asked for s in shown]
                found = next_tokens(models, asked["text"], _sampler(asked), point)
            told.append({"models": [s.key for s in shown], **found})
        return {"point": point, "groups": told}

    def surprise(self, asked: Asking) -> dict[str, Any]:
        """Give the bits of each token for each model."""
        told = {}
        for key in asked["models"]:
            with _held([self.shelf[key]]):
                told[key] = surprise(self.shelf[key].asked, asked["text"])
        return {"models": told}

    def branches(self, asked: Asking) -> dict[str, Any]:
        """Give the tree of one model's continuations."""
        shown = self.shelf[asked["model"]]
        truth = self.shelf.truth_of(shown)
        with _held([shown] if truth in (None, shown) else [shown, truth]):
            given = truth.asked if truth and truth is not shown else None
            return branches(shown.asked, asked["text"], given, asked["nodes"])

    def pair(self, asked: Asking) -> dict[str, Any]:
        """Compare two prompts by each model."""
        told = {}
        for key in asked["models"]:
            with _held([self.shelf[key]]):
                told[key] = pair(self.shelf[key].asked, asked["text"], asked["other"])
        return {"models": told}

    def knock_out(self, asked: Asking) -> dict[str, Any]:
        """Say how much each token of a text helps the next one."""
        shown = self.shelf[asked["model"]]
        with _held([shown]):
            asked["token"] = min(asked["token"], len(shown.asked.vocabulary) - 1)
            change = knock_out(shown.asked, asked["text"], asked["token"])
            ids = shown.asked.encoder.encode_prompt(asked["text"])
        tokens = [shown.asked.vocabulary.token(i) for i in ids[-len(change) :]]
        return {"tokens": tokens, "bits": change}

    @property
    def watched(self) -> Learning:
        """The run that is watched.

        Raises: UsageError if there is none.
        """
        if self._watched is None:
            raise UsageError("no run is watched; start the lab with `watch`")
        return self._watched

    def map(self, asked: Asking) -> dict[str, Any]:
        """Place tokens by the vectors of each model."""
        told = {}
        for key in asked["models"]:
            with _held([self.shelf[key]]):
                told[key] = token_map(self.shelf[key].asked, asked["text"])
        return {"models": told}

    def game(self, asked: Asking) -> dict[str, Any]:
        """Judge the room's guesses of a hidden line, and let the models guess it."""
        first = self.shelf[asked["models"][0]]
        alike = [self.shelf[key] for key in asked["models"]]
        alike = [m for m in alike if m.group == first.group]
        with _held(alike):
            players = {m.key: m.asked for m in alike}
            return self._game.turn(players, asked)

    def learning(self, asked: Asking) -> dict[str, Any]:
        """Give how far the run is, if that has changed."""
        return self.watched.told(asked["seen"])

    def learning_next(self, asked: Asking) -> dict[str, Any]:
        """Give the next tokens by the model of a step of the run."""
        point = random_point(asked["seed"])
        return self.watched.next(asked["text"], asked["step"], _sampler(asked), point)

    def _writer(self, shown: Shown) -> Writer:
        """Give the writer of a model, begun when it is first asked for."""
        if shown.key not in self._writers:
            self._writers[shown.key] = Writer(shown.asked.vocabulary.unknown_id)
        return self._writers[shown.key]

    async def write(self, asked: Asking) -> AsyncIterator[bytes]:
        """Yield lines of JSON, a token each, as the models write them."""
        shown = self.shelf[asked["model"]]
        writer = self._writer(shown)
        place = await run_in_threadpool(_place, shown, asked["text"])
        ids = list(place.ids)
        written = writer.write(place.stream, _sampler(asked), asked["length"])
        try:
            async for token in written:
                piece = shown.asked.piece(ids[-1:], token)
                ids.append(token)
                yield _line({"piece": piece})
                await asyncio.sleep(0)  # others have their turn, and a reader may go
        except KeraslmError as error:  # the answer has begun: it ends with this line
            yield _line({"error": str(error)})


def app(
    shelf: Shelf,
    scenes: list[Scene],
    hosts: frozenset[str],
    password: str | None,
    watched: Learning | None = None,
) -> Guard:
    """Put the lab behind its guard."""
    lab = Lab(shelf, scenes, watched)
    questions = (
        Question("next", lab.next, ("models", "text", *SAMPLING)),
        Question("surprise", lab.surprise, ("models", "text")),
        Question("branches", lab.branches, ("model", "text", "nodes")),
        Question("pair", lab.pair, ("models", "text", "other")),
        Question("knock-out", lab.knock_out, ("model", "text", "token")),
        Question("map", lab.map, ("models", "text")),
        Question("game", lab.game, GAME),
        Question("learning", lab.learning, ("seen",)),
        Question("learning-next", lab.learning_next, ("text", "step", *SAMPLING)),
        *[Question(*asked) for asked in Insides(shelf).questions()],
    )
    routes = [
        Route("/", functools.partial(_file, name="index.html")),
        Route("/about", functools.partial(_about, lab=lab)),
        Route("/write", functools.partial(_write, lab=lab), methods=["POST"]),
        *[Route(f"/{q.name}", q.answer, methods=["POST"]) for q in questions],
        Route("/page/{path:path}", _file),
    ]
    handlers: Any = {KeraslmError: _refuse, Exception: _failed}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), hosts, password)


async def _about(request: Request, lab: Lab) -> Response:
    return _json(lab.about())


async def _write(request: Request, lab: Lab) -> Response:
    asked = parsed(await request.body(), ("model", "text", "length", *SAMPLING))
    _sampler(asked), lab.shelf[asked["model"]]  # refused before the answer begins
    return StreamingResponse(lab.write(asked), media_type="application/x-ndjson")


async def _file(request: Request, name: str = "") -> Response:
    """Give a file of the page, by a name that is in the package."""
    name = name or request.path_params["path"]
    page = importlib.resources.files("keraslm.lab") / "page"
    if name not in _names():
        return PlainTextResponse("there is no such page\n", 404)
    kind = KINDS[name.rpartition(".")[2]]
    return Response(page.joinpath(name).read_bytes(), media_type=kind)


@functools.cache
def _names() -> frozenset[str]:
    """Name the files of the page; no other is given out."""
    page = importlib.resources.files("keraslm.lab") / "page"
    names = {entry.name for entry in page.iterdir()}
    return frozenset(name for name in names if name.rpartition(".")[2] in KINDS)


async def _refuse(request: Request, error: Exception) -> Response:
    return _json({"error": str(error)}, 400)


async def _failed(request: Request, error: Exception) -> Response:
    traceback.print_exception(error)
    return _json({"error": FAILED}, 500)


def random_point(seed: int) -> float:
    """Give the random number in [0, 1) that the first token is drawn with."""
    return float(np.random.default_rng(seed).random())


def _sampler(asked: Asking) -> Sampler:
    return Sampler(**{name: asked[name] for name in SAMPLING})


def _place(shown: Shown, text: str) -> Any:
    with shown.lock:
        return shown.asked.place(text)


class _held:  # noqa: N801
    """Hold the locks of models, always in the same order."""

    def __init__(self, shown: list[Shown]) -> None:
        self._locks = [s.lock for s in sorted(shown, key=lambda s: s.key)]

    def __enter__(self) -> None:
        for lock in self._locks:
            lock.acquire()

    def __exit__(self, *_: object) -> None:
        for lock in self._locks:
            lock.release()


def _json(data: Any, status: int = 200) -> Response:
    return Response(_line(data), status, media_type="application/json")


def _line(data: Any) -> bytes:
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode() + b"\n"
