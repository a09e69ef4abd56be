"""The files that a command is told to write, checked before any work."""

import contextlib
import pathlib
import sys
from collections.abc import Iterable

import click

from keraslm.errors import UsageError
from keraslm.files.destinations import Name, check_file, destination


def check_output(
    path: Name, overwrite: bool = True, inputs: Iterable[Name] = ()
) -> None:
    """Refuse a file that cannot be written, or that is read.

    Where the file is standard output itself, all else that the command prints goes to
    standard error, so that the file stays whole.

    Raises: UsageError
    """
    found = check_file(path)
    if found.is_file and any(_is_same(path, name) for name in inputs):
        raise UsageError(f"{path} is what is read; give the output another name")
    if found.is_file and not overwrite:
        raise UsageError(f"{path} exists; give another name, or --overwrite it")
    if found.descriptor == 1:
        context = click.get_current_context()
        context.with_resource(contextlib.redirect_stdout(sys.stderr))


def check_picture(path: Name, inputs: Iterable[Name] = ()) -> None:
    """Refuse a picture that cannot be drawn to a path.

    Raises: UsageError
    """
    from keraslm.figures.style import check_picture_path

    check_picture_path(path)
    check_output(path, inputs=inputs)


def check_different(paths: Iterable[Name]) -> None:
    """Refuse a file that would be written twice.

    Raises: UsageError
    """
    seen: set[pathlib.Path] = set()
    for path in paths:
        found = destination(path)
        place = found.place.resolve()
        if place in seen and not found.is_stream:
            raise UsageError(f"{path} is named twice; give each output its own name")
        seen.add(place)


def _is_same(path: Name, name: Name) -> bool:
    file = pathlib.Path(name)
    return file.exists() and file.samefile(path)
