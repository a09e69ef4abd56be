"""Files of students, made of the answers: all right ones and mutants of a lesson."""

import ast
import importlib
import pathlib

from keraslm.course.contents import lesson
from keraslm_datasets import village

ANSWERS = pathlib.Path(__file__).parent / "answers"
SENTENCES = list(village.lines("train", 2000))


def answers(name):
    """Give the module of a lesson's answers, and its source."""
    path = ANSWERS / f"{name.replace('-', '_')}.py"
    return importlib.import_module(
        f"tests.course.answers.{path.stem}"
    ), path.read_text()


def mutated(source, function, changes):
    """Change a function's text; each change must be one."""
    (found,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    text = ast.get_source_segment(source, found)
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, (function, old)
        text = text.replace(old, new)
    return text


def variants(name):
    """Give a file with every right and every wrong answer of a lesson.

    Returns its source, and a dict of the exercise and what is expected by function:
    "" for a right one, else what the mutant does.
    """
    module, source = answers(name)
    expected, parts = {}, [source]
    for each in lesson(name).exercises.values():
        expected[each.name] = expected[f"{each.name}_2"] = each, ""
        for number, (does, changes) in enumerate(module.MUTANTS[each.name].items()):
            function = f"{each.name}_wrong_{number}"
            text = mutated(source, each.name, changes)
            parts.append(text.replace(f"def {each.name}(", f"def {function}("))
            expected[function] = each, does
    return "\n\n\n".join(parts), expected
