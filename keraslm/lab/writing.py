"""Texts that are written live: one thread a model steps all of its texts as rows.

Every text gets one token a round, so none waits for another; a reader that is slow
pauses its own text alone.
"""

import asyncio
import contextlib
import dataclasses
import queue
import threading
import time
import traceback
from collections.abc import AsyncIterator

from keraslm.errors import KeraslmError, UsageError
from keraslm.inference.rows import push_each
from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream

STREAMS = 64  # texts that a model writes at once
AHEAD = 64  # tokens that are written before they are read
PAUSE = 0.005  # seconds, where all readers are slow
FAILED = "the lab failed at this; its terminal says more"


@dataclasses.dataclass
class Text:
    """A text that is being written, token by token."""

    stream: TokenStream
    sampler: Sampler
    left: int
    tokens: asyncio.Queue[int | KeraslmError | None]
    loop: asyncio.AbstractEventLoop
    unread: int = 0
    is_stopped: bool = False

    def give(self, token: int | KeraslmError | None) -> None:
        """Hand a token to the reader; None is the end, and so is an error."""
        self.unread += token is not None
        with contextlib.suppress(RuntimeError):  # the loop has ended with the lab
            self.loop.call_soon_threadsafe(self.tokens.put_nowait, token)

    def fail(self, error: KeraslmError) -> None:
        """End the text, and say why."""
        self.left = 0
        self.give(error)


class Writer:
    """The thread that writes for one model."""

    def __init__(self, forbidden: int) -> None:
        self._forbidden = forbidden
        self._new: queue.SimpleQueue[Text | None] = queue.SimpleQueue()
        self.writing = 0
        threading.Thread(target=self._run, daemon=True, name="keraslm-writer").start()

    async def write(
        self, stream: TokenStream, sampler: Sampler, length: int
    ) -> AsyncIterator[int]:
        """Yield the tokens that follow, each as soon as it is drawn.

        Raises: UsageError if too many texts are being written, or nothing can follow.
        """
        if self.writing >= STREAMS:
            raise UsageError(f"{STREAMS} texts are being written; try again soon")
        text = Text(
            stream=stream,
            sampler=sampler,
            left=length,
            tokens=asyncio.Queue(),
            loop=asyncio.get_running_loop(),
        )
        self.writing += 1
        try:
            self._new.put(text)
            while (token := await text.tokens.get()) is not None:
                if isinstance(token, KeraslmError):
                    raise token
                text.unread -= 1
                yield token
        finally:
            text.is_stopped = True
            self.writing -= 1

    def _run(self) -> None:
        texts: list[Text] = []
        while True:
            texts = [text for text in texts if text.left and not text.is_stopped]
            while not texts or not self._new.empty():
                new = self._new.get()
                if new is None:
                    return
                texts += self._begun(new)
            ready = [text for text in texts if text.unread < AHEAD]
            if not ready:
                time.sleep(PAUSE)
                continue
            try:
                self._round(ready)
            except Exception as error:  # a fault ends these texts, not those to come
                traceback.print_exception(error)
                for text in ready:
                    text.fail(KeraslmError(FAILED))

    def _begun(self, text: Text) -> list[Text]:
        if text.left:
            return [text]
        text.give(None)
        return []

    def _round(self, texts: list[Text]) -> None:
        streams, tokens = [], []
        for text in texts:
            try:
                token = text.stream.draw(text.sampler, self._forbidden)
            except KeraslmError as error:  # a grammar has no text that goes on so
                text.fail(error)
                continue
            text.left -= 1
            text.give(token)
            if text.left:
                streams.append(text.stream)
                tokens.append(token)
            else:
                text.give(None)
        if streams:
            push_each(streams, tokens)

    def close(self) -> None:
        """End the thread when its texts are done."""
        self._new.put(None)
