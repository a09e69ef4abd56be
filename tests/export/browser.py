"""Chromium, driven through the two pipes of its DevTools protocol."""

import contextlib
import json
import os
import select
import subprocess
import sys

FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run "
    "--disable-background-networking --remote-debugging-pipe"
).split()
# The browser reads commands from descriptor 3 and answers on 4.
AS_THREE_AND_FOUR = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for number, end in enumerate(ends, start=3):
    os.dup2(end, number)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One page in a browser of its own."""

    def __init__(self, program, profile):
        to_it, self._write = os.pipe()
        self._read, from_it = os.pipe()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", AS_THREE_AND_FOUR, str(to_it), str(from_it)),
                *(program, *FLAGS, f"--user-data-dir={profile}"),
            ],
            pass_fds=(to_it, from_it),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        self._rest, self._number, self._session = b"", 0, None
        self.requests, self.complaints, self.opened = [], [], 0
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        """Send a command; give its result, and keep what happened meanwhile."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, address, width, height, dark=False):
        """Show a page of so many pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.ask("Emulation.setDeviceMetricsOverride", **size, mobile=width < 500)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=address)
        self.opened += 1
        self.until("document.readyState === 'complete'")

    def value(self, script):
        """Evaluate a script, also one that promises its value."""
        found = self.ask(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script):
        """Wait until a script is true, ten seconds at most."""
        waiting = (
            "new Promise((done) => { const end = Date.now() + 1e4; const look = () => "
            f"({script}) || Date.now() > end ? done({script}) : setTimeout(look, 20); "
            "look(); })"
        )
        assert self.value(waiting), script

    def press(self, key, code=None, modifiers=0):
        """Press and release a key."""
        given = {"key": key, "code": code or key, "modifiers": modifiers}
        given["windowsVirtualKeyCode"] = KEYS[key]
        text = {"text": "\r"} if key == "Enter" and not modifiers else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **given, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **given)

    def type(self, text):
        """Type a text where the focus is."""
        self.ask("Input.insertText", text=text)

    def close(self):
        """End the browser."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for end in (self._read, self._write):
            os.close(end)

    def _next(self):
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], 60)
            assert ready, "the browser does not answer"
            some = os.read(self._read, 1 << 16)
            assert some, "the browser has ended"
            self._rest += some
        message, _, self._rest = self._rest.partition(b"\0")
        answer = json.loads(message)
        method, given = answer.get("method"), answer.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        if method in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.complaints.append(given)
        return answer


KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}
CONTROL = 2
