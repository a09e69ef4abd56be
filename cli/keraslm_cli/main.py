"""The entry point: `keraslm COMMAND`."""

import functools
import sys
from collections.abc import Callable
from typing import Any

import click

from keraslm.version import __version__
from keraslm_cli.failures import exit_status, warnings_as_notes
from keraslm_cli.lazy import LazyGroup
from keraslm_cli.quiet import set_up_tensorflow
from keraslm_cli.standard_streams import open_what_is_closed, write_any_text

COMMANDS = (
    "demo",
    "train",
    "resume",
    "verify-resume",
    "recipes",
    "evaluate",
    "compare",
    "ladder",
    "score",
    "agreement",
    "next",
    "fill",
    "inside",
    "generate",
    "tag",
    "classify",
    "translate",
    "lab",
    "learning",
    "check",
    "adopt",
    "audit",
    "export",
    "plot",
    "counts",
    "embeddings",
    "classes",
    "datasets",
)


class _Program(LazyGroup):
    """A group whose errors are one line each."""

    def main(self, *args: Any, standalone_mode: bool = True, **settings: Any) -> Any:
        click_main: Callable[..., Any] = super().main
        run = functools.partial(click_main, *args, standalone_mode=False, **settings)
        if not standalone_mode:
            return run()
        sys.exit(exit_status(run))

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; what it returns is not an exit status."""
        super().invoke(ctx)


@click.group(
    cls=_Program,
    package="keraslm_cli.commands",
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, prog_name="keraslm")
def program() -> None:
    """Train, measure and read language models, from counts to LSTMs.

    `keraslm demo` shows all of it in two minutes.
    """


def main() -> None:
    """Run the command line on the arguments of the process."""
    open_what_is_closed()
    write_any_text()
    set_up_tensorflow()
    warnings_as_notes()
    program(prog_name="keraslm")
