"""The library's errors speak of Python, the command line's of flags."""

import ast
import pathlib
import re

import pytest

import keraslm
import keraslm_datasets
from keraslm.errors import CorpusError, UsageError
from keraslm.text import open_corpus
from keraslm.training import Configuration, train
from keraslm_cli.flags import in_flags


@pytest.mark.parametrize(
    ("python", "flags"),
    [
        ("a lower `learning_rate`", "a lower --learning-rate"),
        ("give `level='char'`", "give --level char"),
        ("or `overwrite=True`", "or --overwrite"),
        ("`tokenize=False` leaves", "--no-tokenize leaves"),
        ("`l1=0.5` alone", "--l1 0.5 alone"),
        ("a file `My File`", "a file `My File`"),
        ("name by name", "name by name"),
    ],
)
def test_an_argument_becomes_a_flag(python, flags):
    assert in_flags(python) == flags


@pytest.mark.parametrize(
    ("options", "in_python", "on_the_command_line"),
    [
        ({"learning_rate": -1.0}, "`learning_rate` must be", "--learning-rate must be"),
        ({"tokenize": True, "level": "char"}, "`level='word'`", "--level word"),
        ({"weight_decay": 0.1, "optimizer": "sgd"}, "'adamw'`", "--optimizer adamw"),
        ({"vocabulary_size": 2}, "`vocabulary_size` must", "--vocabulary-size must"),
    ],
)
def test_the_same_mistake_in_python_and_on_the_command_line(
    keraslm, refused, text, options, in_python, on_the_command_line
):
    with pytest.raises(UsageError, match=re.escape(in_python)):
        train(Configuration(**options), open_corpus(text))
    flags = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        flags += [flag] if value is True else [flag, value]
    result = keraslm("train", text, *flags)
    refused(result, 2, on_the_command_line)
    assert "`" not in result.stderr


def test_a_text_that_is_too_short_says_how_to_split_it(keraslm, refused, text):
    text.write_text("a b\n")
    with pytest.raises(CorpusError, match="or `split='100'`"):
        open_corpus(text)
    refused(keraslm("train", text), 1, "or --split 100")


@pytest.mark.parametrize("package", [keraslm, keraslm_datasets])
def test_no_message_of_the_library_names_a_flag(package):
    """Each string that is not a docstring; those of other programs may."""
    for path in pathlib.Path(package.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        said = {
            node.value: node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        documented = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        }
        for text in said.keys() - documented:
            flag = re.search(r"(?<![\w-])--(?!xla_|text=yes|kill-child)([a-z]|$)", text)
            assert flag is None, (path, said[text], text)
