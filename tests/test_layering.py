"""Lower layers know nothing of higher ones: an import that climbs fails here.

Every import counts, also one inside a function or for type checkers only.
"""

import ast
import graphlib
import pathlib
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = {
    "keraslm": ROOT / "keraslm",
    "keraslm_cli": ROOT / "cli/keraslm_cli",
    "keraslm_datasets": ROOT / "datasets/keraslm_datasets",
}
# From the ground up; a layer may import itself and what stands before it.
LAYERS = (
    "version",
    "processor",
    "quiet",
    "errors",
    "memory",
    "unicode",
    "suggestions",
    "time_left",
    "named_texts",
    "files",
    "backend",
    "processes",
    "checkpoints",
    "text",
    "measures",
    "history",
    "card",
    "ranking",
    "sampling",
    "word_tree",
    "truth_stream",
    "floor",
    "spelling",
    "expectation_maximisation",
    "score",
    "writing",
    "language_model",
    "novelty",
    "mixture",
    "mixture_name",
    "truth",
    "blanks",
    "divergence",
    "audit",
    "vectors",
    "counts",
    "cluster",
    "classes",
    "cells",
    "outputs",
    "inference",
    "accuracy",
    "continuations",
    "minimal_pairs",
    "agreement",
    "surprisal",
    "kernels",
    "layers",
    "losses",
    "metrics",
    "initializers",
    "windows",
    "models",
    "callbacks",
    "adoption",
    "loading",
    "registration",
    "export",
    "probes",
    "figures",
    "training",
    "tasks",
    "masked",
    "opening",
    "ladder",
    "answers",
    "lab",
    "course",
    "lesson",
)
BELOW_THE_DATASETS = (
    "version",
    "errors",
    "unicode",
    "files",
    "text",
)
# Slow to import, so kept where they are used.
HOMES = {
    "matplotlib": ("figures",),
    "tensorflow": ("kernels", "models", "adoption", "export", "probes", "training"),
    "keras": (
        "kernels",
        "layers",
        "losses",
        "metrics",
        "initializers",
        "windows",
        "models",
        "callbacks",
        "adoption",
        "export",
        "probes",
        "training",
        "tasks",
        "masked",
        "course",
    ),
    "distributed": ("cluster",),
    "jax": ("kernels", "probes"),
    "torch": ("kernels", "probes"),
}


def imports(source: str, module: str, is_package: bool) -> Iterator[tuple[str, int]]:
    """Yield the dotted names that a source imports, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(node, module, is_package)
            yield from ((f"{origin}.{alias.name}", node.lineno) for alias in node.names)


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """Name the origin of a `from ... import`, also of a relative one."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    steps = node.level - is_package
    parents = parts[: len(parts) - steps]
    return ".".join([*parents, *([node.module] if node.module else [])])


def layer(name: str) -> str:
    """Tell the layer of `keraslm.<layer>...`; "" for the package itself."""
    second = [*name.split("."), ""][1]
    return second if second in LAYERS else ""


def complaint(module: str, imported: str) -> str | None:
    """Say what is wrong with an import, or None where it may stand."""
    package, target = module.split(".")[0], imported.split(".")[0]
    if target in HOMES and layer(module) not in HOMES[target]:
        return f"{target} is imported only in {', '.join(HOMES[target])}"
    if target == "keraslm_cli" and package != "keraslm_cli":
        return "nobody imports the command line"
    if target == "keraslm_datasets" and package == "keraslm":
        return "the library does not know the datasets"
    if target != "keraslm" or package == "keraslm_cli":
        return None
    if not layer(imported):
        return "the package itself stands above all its layers"
    if package == "keraslm_datasets":
        allowed = layer(imported) in BELOW_THE_DATASETS
        return None if allowed else f"datasets use only {', '.join(BELOW_THE_DATASETS)}"
    if LAYERS.index(layer(imported)) > LAYERS.index(layer(module)):
        return f"{layer(module)} lies below {layer(imported)}"
    return None


def complaints(source: str, module: str, is_package: bool = False) -> list[str]:
    if module == "keraslm":  # the door: it opens to every room
        return []
    if module.startswith("keraslm.") and not layer(module):
        return [f"{module}: give it a place in LAYERS"]
    found = (
        (line, imported, complaint(module, imported))
        for imported, line in imports(source, module, is_package)
    )
    return [f"{module}:{line} {name}: {why}" for line, name, why in found if why]


def modules() -> Iterator[tuple[str, pathlib.Path]]:
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            yield ".".join([package, *(p for p in parts if p != "__init__")]), path


def test_no_import_climbs() -> None:
    found = [
        line
        for module, path in modules()
        for line in complaints(
            path.read_text("utf-8"), module, path.name == "__init__.py"
        )
    ]
    assert not found, "\n".join(found)


def test_no_file_imports_itself_in_a_circle() -> None:
    """Not by way of other files either, and not within a function."""
    files = {name: path for name, path in modules() if path.name != "__init__.py"}
    graph = {
        name: {
            found
            for imported, _ in imports(path.read_text("utf-8"), name, False)
            for found in (imported, imported.rpartition(".")[0])
            if found in files
        }
        for name, path in files.items()
    }
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_modules_are_found() -> None:
    names = [name for name, _ in modules()]
    assert {"keraslm", "keraslm.text", "keraslm.errors", "keraslm_cli.main"} <= {*names}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("keraslm.text.corpus", "from keraslm.models import lstm"),
        ("keraslm.text.corpus", "import keraslm.models.lstm"),
        ("keraslm.text.corpus", "from keraslm import measures"),
        ("keraslm.text.corpus", "def f():\n    from keraslm.models import lstm"),
        ("keraslm.text.corpus", "from ..measures import perplexity"),
        ("keraslm.text.corpus", "from .. import measures"),
        ("keraslm.counts.model", "import keraslm"),
        ("keraslm.counts.model", "from keraslm import load"),
        ("keraslm.counts.model", "import tensorflow as tf"),
        ("keraslm.counts.model", "from keras import ops"),
        ("keraslm.counts.model", "import keraslm_datasets"),
        ("keraslm.training.run", "import matplotlib.pyplot as plt"),
        ("keraslm.training.run", "from keraslm_cli.main import main"),
        ("keraslm.nowhere", "import numpy"),
        ("keraslm_datasets.village", "from keraslm.measures import perplexity"),
        ("keraslm_datasets.village", "import keraslm"),
        ("keraslm_cli.commands.train", "def f():\n    import tensorflow"),
    ],
)
def test_a_climbing_arrow_is_caught(module: str, source: str) -> None:
    assert complaints(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("keraslm", "from keraslm.language_model import LanguageModel"),
        ("keraslm.models.lstm", "import keras\nfrom keraslm.text import batches"),
        ("keraslm.text.corpus", "from keraslm.text.split import cut"),
        ("keraslm.text.corpus", "from . import split"),
        ("keraslm.counts.model", "from keraslm import measures"),
        ("keraslm_datasets.village", "from keraslm.errors import UsageError"),
        ("keraslm_cli.commands.train", "def f():\n    import keraslm"),
    ],
)
def test_an_arrow_down_may_stand(module: str, source: str) -> None:
    assert complaints(source, module) == []


def test_a_package_resolves_its_relative_imports_from_itself() -> None:
    assert complaints("from . import corpus", "keraslm.text", is_package=True) == []
    assert complaints("from .. import models", "keraslm.text", is_package=True)
