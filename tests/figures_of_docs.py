"""Where each figure of the documentation comes from, section by section.

A section that has figures stands here, or says in a line of its own when and on which
machine they were measured: "Measured 2026-11-30 on two cores of an AMD EPYC."
"""

import pathlib
import re
from typing import NamedTuple

from tests.documented import Block, blocks

FIGURE = re.compile(
    r"(?<![\w.,/-])(?:\d{1,3}(?:,\d{3})+|\d+\.\d+"
    r"|\d+(?=%| (?:s|ms|MB|GB|minutes|seconds|times|points)\b))(?![\w.]*\w)"
)
MEASURED = re.compile(r"Measured 20\d\d-\d\d-\d\d\b[^.]* on [^.]*\bcores?\b")


class Run(NamedTuple):
    """The commands of the page print the figures."""

    within: float = 0.0
    """The share by which another machine may differ: of counts nothing."""
    slow: bool = False
    after: str = ""
    """The section whose commands come first."""
    besides: str = ""
    """Figures that are settings, or other people's, with a space between them."""


class Held(NamedTuple):
    """A test holds the figures."""

    by: str
    figures: str


class Settings(NamedTuple):
    """Sizes, limits, versions and other publications' figures: nothing is measured."""

    of: str


HERE = "tests/test_docs_figures.py"
PROBED = Run(within=0.3, slow=True, after="Probes")
SOURCES: dict[tuple[str, str], Run | Held | Settings] = {
    ("README.md", "keraslm"): Settings("Python's version"),
    ("bug-zoo.md", "The bug zoo"): Held(HERE, "0.69"),
    ("counting.md", "Smoothings"): Settings("the factor of stupid backoff"),
    ("decoding.md", "How a token was drawn"): Run(
        slow=True, after="Decoding", besides="90"
    ),
    ("decoding.md", "New or copied"): Run(slow=True, after="Decoding"),
    ("decoding.md", "Beam search"): Run(slow=True, after="Decoding"),
    ("exercises.md", "Exercises"): Held("tests/cli/test_documented_output.py", ""),
    ("exercises.md", "A class"): Held("tests/cli/test_check.py", "1.9867"),
    ("exercises.md", "How a file is run"): Settings("limits of a student's program"),
    ("exporting.md", "A page to take home"): Settings("limits of a page"),
    ("index.md", "keraslm"): Settings("the length of a plan"),
    ("installation.md", "Installation"): Settings("Python's version"),
    ("installation.md", "From a checkout, to look around"): Settings(
        "Python's version"
    ),
    ("installation.md", "Shell completion"): Settings("Bash's version"),
    ("larger.md", "Training on several devices and machines"): Settings(
        "how long processes wait for each other"
    ),
    ("larger.md", "Interruptions"): Settings("when a silent machine counts as gone"),
    ("larger.md", "How it goes"): Settings("the sizes of parts"),
    ("larger.md", "The billion-word systems of the lectures, estimated"): Settings(
        "arithmetic from figures of results.md and of Chelba et al."
    ),
    ("larger.md", "What several machines change"): Settings("arithmetic from the same"),
    ("lab.md", "For a lecture"): Settings("an example of a scene"),
    ("lab.md", "The views"): Settings("limits of a tree"),
    ("lab.md", "Who may look"): Settings("limits of a request"),
    ("ladder.md", "The ladder"): Settings("limits of a rung"),
    ("ladder.md", "The systems of the billion-word benchmark"): Run(
        slow=True,
        besides="0.8 1.1 67.6 79.9 87.9 243.2 127.5 115.4 107.1 101.3 58.3 54.5 51.3",
    ),
    ("ladder.md", "What it costs"): Settings("the sharing of the minutes"),
    ("masked.md", "The models"): Settings("the default share of masks"),
    ("masked.md", "Pseudo-perplexity"): Settings("how much is measured"),
    ("model-files.md", "Model files"): Settings("the limit of an archive"),
    ("model-files.md", "A file from somebody else"): Settings("limits of a file"),
    ("probes.md", "How far back a loss reaches"): PROBED,
    ("probes.md", "Backpropagation through time, step by step"): PROBED,
    ("probes.md", "What a unit holds"): PROBED,
    ("results.md", "Results"): Settings("the clocks of the machines"),
    ("tagging.md", "Starting from vectors of words"): Settings("words that are added"),
    ("tagging.md", "What is possible"): Held(
        "tests/datasets/test_crossroads.py", "84.33 93.38"
    ),
    ("teaching.md", "In class"): Held(HERE, "7.25"),
    ("teaching.md", "Ninety minutes"): Settings("temperatures to try"),
    ("ten-minutes.md", "1. Count"): Run(),
    ("text.md", "Tokens"): Settings("the default size of a vocabulary"),
    ("training.md", "Interruptions"): Settings("how often checkpoints are written"),
    ("training.md", "How a network learns"): Run(within=0.1, slow=True),
    ("training.md", "Words beside characters"): Run(slow=True),
    ("training.md", "The grammar and the entropy"): Held(HERE, "7.25 7.29"),
    ("training.md", "Mixing models"): Run(within=0.03, slow=True),
    ("training.md", "Adam's memory"): Settings("constants of Adam"),
    ("training.md", "Long texts and short ones"): Settings("the limit of a bigram"),
    ("training.md", "Large vocabularies"): Settings("defaults of the softmaxes"),
    ("training.md", "The defaults"): Settings("defaults"),
    ("translating.md", "Dates"): Held(
        "tests/datasets/test_dates.py", "29,201 3,586 3,738"
    ),
    ("translating.md", "The models"): Settings("words that are added, and a limit"),
    ("translating.md", "Translating"): Settings("what is possible"),
    ("translating.md", "What is measured"): Settings("the level of an interval"),
    ("truth.md", "The truth"): Run(slow=True),
    ("truth.md", "Beside a model"): Run(slow=True, after="How far a model is from it"),
    ("vectors.md", "Asking"): Held("tests/test_docs.py", "200,000"),
    ("vectors.md", "Training"): Settings("the methods' constants"),
    ("writing-a-lesson.md", "Numbers"): Settings("an example of a figure"),
    ("writing-a-lesson.md", "Time"): Settings("the limit of a lesson"),
}


def figures(block: Block) -> list[str]:
    """Give the figures of a block; code, links and commands have none."""
    text = re.sub(r"`[^`\n]*`", "", block.text)
    return FIGURE.findall(re.sub(r"\]\([^)]*\)", "]", text))


def figured_sections(page: pathlib.Path) -> dict[str, list[Block]]:
    """Give the blocks of each section that has figures."""
    sections: dict[str, list[Block]] = {}
    for block in blocks(page):
        sections.setdefault(block.section, []).append(block)
    shown = ("printed", "table", "prose")
    return {
        name: found
        for name, found in sections.items()
        if any(figures(b) for b in found if b.kind in shown)
    }


def is_dated(found: list[Block]) -> bool:
    """Say whether a section tells when and where it was measured."""
    prose = " ".join(block.text for block in found if block.kind == "prose")
    return bool(MEASURED.search(" ".join(prose.split())))
