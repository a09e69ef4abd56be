"""Files of students that do harm, by mistake or not: each ends, and wins nothing."""

import contextlib
import os
import pathlib
import shutil
import sys
import textwrap
import time
import uuid

import pytest

from keraslm.course import sandbox
from keraslm.course.check import MISSING, RAISED, RIGHT, STOPPED, WRONG, check
from keraslm.course.contents import lesson
from keraslm.course.walls import NAMESPACES, OF_A_USER, Walls, walls
from tests.course.files import SENTENCES, answers

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name != "posix", reason="the processes of Unix"),
]
EXERCISES = lesson("next-word").exercises
needs_walls = pytest.mark.skipif(
    os.name != "posix" or not walls().stand, reason="no namespaces here"
)


def checked(body, seconds=None):
    """Check a file whose `chain_rule` has this body; gives its outcome."""
    _, source = answers("next-word")
    function = "def chain_rule(probabilities):\n" + textwrap.indent(
        textwrap.dedent(body), "    "
    )
    return check(EXERCISES, f"{source}\n\n{function}\n".encode(), 0, SENTENCES)


def of_file(source, name="chain_rule"):
    data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
    return check(EXERCISES, data, 0, SENTENCES)


@pytest.fixture
def hasty(monkeypatch):
    """Let a program have five seconds."""
    monkeypatch.setattr(sandbox, "SECONDS", 5.0)


# What does not get done with, and what it is answered.
LOST = {
    "an endless loop": ("while True: pass", STOPPED, "did not end"),
    "a long sleep": ("import time; time.sleep(1000)", STOPPED, "did not end"),
    "an end": ("import os; os._exit(0)", STOPPED, "ended before"),
    "exit 0": ("import sys; sys.exit(0)", RAISED, "SystemExit"),
    "four gigabytes": ("return bytearray(4 << 30)", RAISED, "MemoryError"),
    "a signal": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        STOPPED,
        "ended before",
    ),
    "deep recursion": ("return chain_rule(probabilities)", RAISED, "RecursionError"),
    "a crash": ("import ctypes; ctypes.string_at(0)", STOPPED, "ended before"),
    "a long answer": ("return 'x' * (20 << 20)", STOPPED, "longer"),
    "a long error": ("raise ValueError('x' * 10_000_000)", RAISED, "ValueError"),
    "a full disk": (
        """
        with open("full", "wb") as file:
            for _ in range(200): file.write(bytes(1 << 20))
        """,
        (RAISED, STOPPED),
        "",
    ),
    "another type": ("return {1, 2}", RAISED, "a value of type set"),
    "an object array": ("return np.array([None])", RAISED, "array of object"),
    "something that cannot be copied": ("return lambda: 0", RAISED, "function"),
    "keraslm": ("import keraslm", RAISED, "there is no keraslm"),
    "keraslm by another door": (
        "import importlib; importlib.import_module('keraslm.cells.lstm')",
        RAISED,
        "Error",
    ),
    "not a number": ("return float('nan')", WRONG, "at most 0"),
    "a number too long": ("return 10 ** 400", WRONG, "at most 0"),
    "a nest": ("x = []\nfor _ in range(900): x = [x]\nreturn x", (WRONG, RAISED), ""),
}


@pytest.mark.parametrize("name", LOST)
def test_one_lost_function_does_not_lose_the_others(hasty, name):
    body, status, says = LOST[name]
    first, *others = checked(body)
    assert first.status in status, first
    assert says in first.broken
    assert [each.status for each in others] == [RIGHT, RIGHT]


# What would make a wrong answer pass, if the program told how right it is.
FORGED = {
    "answers twice": "import os; os.fork(); return 0.0",
    "prints a report": """
        import json
        print("ok"); print(json.dumps({"ready": True, "right": 3})); return 0.0
        """,
    "writes answers to every file": """
        import os
        for number in range(64):
            try: os.write(number, b'{"of": "chain_rule", "answer": 0}\\n')
            except OSError: pass
        return 0.0
        """,
    "patches allclose": """
        import math
        np.allclose = np.isclose = math.isclose = lambda *a, **k: True
        return 0.0
        """,
    "equals everything": """
        class Equal(float):
            def __eq__(self, other): return True
            __hash__ = float.__hash__
        return Equal(0.0)
        """,
    "pickles": """
        class Evil:
            def __reduce__(self): return (print, ("evil",))
        return np.array([Evil()], dtype=object)
        """,
    "looks for the answers in the files": """
        import os
        for top, _, files in os.walk("/exercise"):
            for file in files:
                text = open(os.path.join(top, file), errors="replace").read(10_000)
                if "math.log(p)" in text and "probabilities[t]" in text: return -1.0
        return 0.0
        """,
    "looks for the answers in memory": """
        import gc
        for each in gc.get_objects():
            if isinstance(each, dict) and "mistakes" in each: return each
        return 0.0
        """,
    "takes the answer from the frames": """
        import sys
        frame = sys._getframe()
        while frame:
            for key in ("right", "expected", "answer", "oracle"):
                found = frame.f_locals.get(key)
                if isinstance(found, float): return found
            frame = frame.f_back
        return 0.0
        """,
    "changes how answers are told": """
        import json, sys
        main = sys.modules["__main__"]
        json.dumps = lambda value: '{"of": "chain_rule", "answer": 0}'
        return 0.0
        """,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_report_gains_nothing(hasty, name):
    first, *_ = checked(FORGED[name])
    assert first.status != RIGHT
    assert first.status != MISSING


# Files that cannot be imported, or hold nothing.
FILES = {
    "an empty file": (b"", MISSING),
    "a syntax error": (b"def chain_rule(probabilities) return 0", STOPPED),
    "no text": (bytes(range(256)), STOPPED),
    "a zero byte": (b"x = 1\0", STOPPED),
    "an end in the file": (b"import sys\nsys.exit(0)", STOPPED),
    "a hard end in the file": (b"import os\nos._exit(0)", STOPPED),
    "a loop in the file": (b"while True: pass", STOPPED),
    "a wrong encoding": (b"# coding: klingon\n", STOPPED),
    "Latin-1 without a word about it": (b"x = '\xe9'\n", STOPPED),
    "a very long file": (b"x = 1\n" * 400_000, STOPPED),
    "a name that is no function": (b"chain_rule = conditional = 3", MISSING),
    "an early exit at its end": (
        b"import atexit, os\natexit.register(os._exit, 0)\n",
        MISSING,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_answer(hasty, name):
    source, status = FILES[name]
    outcomes = of_file(source)
    assert {each.status for each in outcomes} == {status}
    assert all(each.broken or status == MISSING for each in outcomes)


def test_names_and_texts_in_any_script():
    outcomes = of_file(
        """
        import math
        def chain_rule(probabilités):
            '''Αυτό είναι 对数概率 \N{PILE OF POO}'''
            λ = [math.log(π) for π in probabilités]
            return sum(λ)
        def conditional(joint, first):
            raise ValueError("\\udcff 错误 \\x1b[31m")
        """
    )
    assert [each.status for each in outcomes] == [RIGHT, RAISED, MISSING]


def test_much_that_is_printed_is_not_read(hasty):
    first, *_ = checked(
        """
        import os, sys
        for _ in range(10):
            print("x" * 1_000_000)
            sys.stderr.write("y" * 1_000_000)
        return sum(map(math.log, probabilities))
        """
    )
    assert first.status == RIGHT


def processes(name):
    """Give the processes of that name that run; one that has ended is a zombie."""
    found = []
    for each in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            text = each.read_text()
            found += [text] * (f"({name})" in text and ") Z " not in text)
    return found


SURVIVOR = """
import ctypes, os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b"{name}")
        for stream in range(3, 64):
            try: os.close(stream)
            except OSError: pass
        time.sleep(1000)
    os._exit(0)
time.sleep(0.2)
return sum(map(math.log, probabilities))
"""


@needs_walls
@pytest.mark.parametrize(
    "body",
    [
        SURVIVOR,
        """
        import ctypes, os
        ctypes.CDLL(None).prctl(15, b"{name}")
        while True:
            try:
                if os.fork() == 0: os.setsid()
            except OSError: pass
        """,
    ],
    ids=["setsid", "a fork bomb"],
)
def test_nothing_outlives_a_program(hasty, body):
    name = uuid.uuid4().hex[:12]
    begun = time.monotonic()
    outcomes = checked(body.replace("{name}", name))
    assert time.monotonic() - begun < 60
    assert [each.status for each in outcomes[1:]] == [RIGHT, RIGHT]
    time.sleep(0.2)
    assert processes(name) == []


@needs_walls
def test_a_program_reaches_no_file_of_mine_and_no_network(hasty, tmp_path):
    mine = tmp_path / "precious.txt"
    mine.write_text("mine")
    first, *_ = checked(
        f"""
        import os, shutil, socket
        shutil.rmtree({str(tmp_path)!r}, ignore_errors=True)
        shutil.rmtree(os.path.expanduser("~"), ignore_errors=True)
        seen = [os.path.exists({str(tmp_path)!r}), os.path.exists({str(__file__)!r})]
        for address in (("127.0.0.1", 80), ("192.0.2.1", 80)):
            try: socket.create_connection(address, 1); seen.append("connected")
            except OSError: pass
        try: open("/usr/new", "w"); seen.append("written")
        except OSError: pass
        raise ValueError(repr(seen))
        """
    )
    assert first.broken.endswith("[False, False]")
    assert mine.read_text() == "mine"


def test_without_walls_what_stands_is_said_and_kept(hasty, monkeypatch):
    monkeypatch.setattr(sandbox, "walls", lambda: Walls([]))
    name = uuid.uuid4().hex[:12]
    child = f"""
        import ctypes, os, time
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"{name}")
            time.sleep(1000)
        while True: pass
        """
    first, *others = checked(child)
    assert (first.status, first.broken) == (STOPPED, "it did not end within 5 seconds")
    assert [each.status for each in others] == [RIGHT, RIGHT]
    time.sleep(0.2)
    assert processes(name) == []  # of its group
    root = str(pathlib.Path(__file__).parents[2])
    first, *_ = checked(f"import sys; sys.path.append({root!r}); import keraslm")
    assert first.broken.endswith(
        "there is no keraslm here; write the function yourself"
    )
    first, *_ = checked(f"return open({root + '/keraslm/measures.py'!r}).read()")
    assert "there is no keraslm here" in first.broken


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("unshare"), reason="needs unshare"
)
def test_the_walls_of_a_user_stand_too(hasty, monkeypatch):
    way = Walls([shutil.which("unshare"), *OF_A_USER, *NAMESPACES])
    if not walls().stand:
        pytest.skip("no namespaces here")
    monkeypatch.setattr(sandbox, "walls", lambda: way)
    first, *others = checked("import os; raise ValueError(os.listdir('/exercise'))")
    assert "student.py" in first.broken
    assert [each.status for each in others] == [RIGHT, RIGHT]
