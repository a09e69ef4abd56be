"""An exercise: a function to write, the answers, and what is known of mistakes."""

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

Case = tuple[Any, ...]
Cases = Iterator[Case]
Function = Callable[..., Any]
RAISED_ERROR = object()
"""What stands for the value where there is none."""


@dataclasses.dataclass(frozen=True)
class Draw:
    """What inputs are drawn from: random numbers, and sentences of village."""

    rng: np.random.Generator
    sentences: Sequence[str]

    def few_sentences(self, number: int) -> list[list[str]]:
        """Draw sentences, each a list of words."""
        chosen = self.rng.choice(len(self.sentences), number)
        return [self.sentences[i].split() for i in chosen]

    def distribution(self, size: int) -> np.ndarray:
        """Draw a probability distribution; shapes: -> (size,)."""
        return self.rng.dirichlet(np.ones(size))

    def normal(self, *shape: int) -> np.ndarray:
        """Draw an array of the standard normal distribution."""
        return self.rng.normal(size=shape)


@dataclasses.dataclass(frozen=True)
class Exercise:
    """A function to write.

    `answer` computes the right value; its name, arguments and docstring are what the
    student is given. `cases` yields the arguments of each call. `hints` are three: the
    property, the place, a question. `mistakes` has what is often written instead, by
    what it does. `properties` has tests of a value alone, as `test(value, *arguments)`,
    by what they say.
    """

    answer: Function
    cases: Callable[[Draw], Cases]
    hints: tuple[str, str, str]
    mistakes: Mapping[str, Function]
    properties: Mapping[str, Callable[..., bool]]

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.answer.__name__

    @property
    def arguments(self) -> list[str]:
        """The names of its arguments."""
        return list(inspect.signature(self.answer).parameters)

    def mistaken(self, says: str, case: Case) -> Any:
        """Give what a program with a known mistake answers."""
        with np.errstate(all="ignore"):
            try:
                return self.mistakes[says](*case)
            except (ArithmeticError, ValueError, LookupError):
                return RAISED_ERROR

    def stub(self) -> str:
        """Give the function without its body, which raises NotImplementedError."""
        source = textwrap.dedent(inspect.getsource(self.answer))
        lines = source.splitlines()
        (function,) = ast.parse(source).body
        if not isinstance(function, ast.FunctionDef):
            raise TypeError(f"{self.name} is no function")
        docstring = function.body[0]
        kept = lines[function.lineno - 1 : docstring.end_lineno]
        return "\n".join([*kept, "    raise NotImplementedError", ""])


class Lesson:
    """A lesson: its number, name and title, and its exercises in their order."""

    def __init__(self, number: int, name: str, title: str) -> None:
        self.number = number
        self.name = name
        self.title = title
        self.exercises: dict[str, Exercise] = {}

    def exercise(
        self,
        cases: Callable[[Draw], Cases],
        hints: tuple[str, str, str],
        mistakes: Mapping[str, Function],
        properties: Mapping[str, Callable[..., bool]] | None = None,
    ) -> Callable[[Function], Function]:
        """Make a function the answer to an exercise of this lesson; see `Exercise`."""

        def add(answer: Function) -> Function:
            made = Exercise(answer, cases, hints, mistakes, properties or {})
            self.exercises[made.name] = made
            return answer

        return add

    def stub(self) -> str:
        """Give the file that a student starts from."""
        head = (
            f'"""Lesson {self.number}: {self.title}.\n\n'
            "Write each function, and check them all by\n\n"
            f'    keraslm check {self.name} FILE\n"""\n\nimport numpy as np\n'
        )
        return "\n\n".join([head, *(e.stub() for e in self.exercises.values())])
