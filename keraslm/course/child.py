"""The student's side of a check: a program that calls functions and tells the answers.

It knows no answer, so that nothing is won by changing it. It runs beside the student's
file in a process of its own, on NumPy and the standard library, and writes one line of
JSON an answer. `encode` and `decode` are what both sides agree on; nothing is pickled.
"""

import importlib.util
import json
import os
import pathlib
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

STUDENT = "student.py"
REQUEST = "request.json"
OURS = {"keraslm", "keraslm_cli", "keraslm_datasets"}
LONGEST = 200  # characters of what an error says


def encode(value: Any) -> Any:
    """Turn a value into what JSON can hold: arrays, tuples and dicts keep their kind.

    Raises: TypeError for a value of another type, such as a generator.
    """
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind not in "biuf":
            raise TypeError(f"an array of {value.dtype}; its elements must be numbers")
        if not value.ndim:
            return value.item()
        return {"array": value.tolist(), "shape": value.shape}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [encode(each) for each in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(each)] for key, each in value.items()]}
    raise TypeError(
        f"a value of type {type(value).__name__}; give a number, a text, a list, "
        "a tuple, a dict or an array"
    )


def decode(value: Any) -> Any:
    """Give the value of what `encode` wrote.

    Raises: ValueError, TypeError or KeyError for anything else.
    """
    if isinstance(value, list):
        return [decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        array = np.array(value["array"]).reshape(value["shape"])
        if array.dtype.kind not in "biuf":
            raise ValueError("the elements of an array must be numbers")
        return array
    if "tuple" in value:
        return tuple(decode(each) for each in value["tuple"])
    return {decode(key): decode(each) for key, each in value["dict"]}


def main() -> None:
    """Import the student's file, call what was asked for, tell each answer."""
    folder = pathlib.Path.cwd()
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    tell = _teller()
    tell({"started": True})
    sys.addaudithook(_without_ours)  # which nobody can take away
    try:
        student = _imported(folder / STUDENT)
    except BaseException as error:  # SystemExit is one
        tell({"failed": _said(error)})
        return
    tell({"ready": True})
    for name, cases in request:
        for number, arguments in enumerate(cases):
            answer = _answer(student, name, decode(arguments))
            tell({"of": name, "case": number, **answer})


def _without_ours(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to import keraslm, and to open its files."""
    if event not in ("import", "open"):
        return
    if not OURS.isdisjoint(re.split(r"[/\\.]", str(arguments[0]))):
        raise ImportError("there is no keraslm here; write the function yourself")


def _teller() -> Callable[[dict[str, Any]], None]:
    """Keep standard output for the answers; what the student prints goes nowhere."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    dumps, write = json.dumps, os.write

    def tell(line: dict[str, Any]) -> None:
        data = (dumps(line) + "\n").encode("ascii")
        while data:
            data = data[write(answers, data) :]

    return tell


def _imported(path: pathlib.Path) -> Any:
    spec = importlib.util.spec_from_file_location("student", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules["student"] = module
    spec.loader.exec_module(module)
    return module


def _answer(student: Any, name: str, arguments: Any) -> dict[str, Any]:
    function = getattr(student, name, None)
    if not callable(function):
        return {"missing": True}
    try:
        return {"answer": encode(function(*arguments))}
    except NotImplementedError:
        return {"missing": True}
    except BaseException as error:
        return {"raised": _said(error)}


def _said(error: BaseException) -> str:
    """Name an error, the last line of the student's that it passed, what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename.endswith(STUDENT)]
    if isinstance(error, SyntaxError):
        lines.append(error.lineno)
    where = f" (line {lines[-1]})" if lines and lines[-1] else ""
    says = str(error.msg if isinstance(error, SyntaxError) else error)
    text = " ".join(says.split())[:LONGEST]
    return f"{type(error).__name__}{where}{': ' if text else ''}{text}"


if __name__ == "__main__":
    main()
