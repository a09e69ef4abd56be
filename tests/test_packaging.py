"""setup.cfg names exactly the packages that the folders hold."""

import ast
import configparser
import pathlib
import runpy
import sys
from collections.abc import Iterator

import pytest

from keraslm_cli.main import COMMANDS

ROOT = pathlib.Path(__file__).parent.parent
HOMES = {
    "keraslm": ROOT,
    "keraslm_cli": ROOT / "cli",
    "keraslm_datasets": ROOT / "datasets",
}
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", "utf-8")
EXTRAS = CONFIG["options.extras_require"]
MODULES = {"scikit-learn": "sklearn", "ai-edge-litert": "ai_edge_litert.interpreter"}
EXAMPLES = ROOT / "keraslm/export/examples"
FUZZ = ROOT / "tests/fuzz"
# What `make` calls, and nothing imports: the extras are lists of tools.
TOOLS = {"dev", "docs"}


def entries(option: str) -> list[str]:
    return CONFIG["options"][option].split("\n")[1:]


def folders() -> set[str]:
    return {
        ".".join(path.parent.relative_to(home).parts)
        for package, home in HOMES.items()
        for path in (home / package).rglob("__init__.py")
    }


def test_every_package_is_listed_and_every_listed_package_exists() -> None:
    assert set(entries("packages")) == folders()


def test_the_list_is_sorted() -> None:
    assert entries("packages") == sorted(entries("packages"))


def test_every_module_lies_in_a_package() -> None:
    for package, home in HOMES.items():
        for module in (home / package).rglob("*.py"):
            assert (module.parent / "__init__.py").exists(), module


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-docs.lock"])
def test_the_lock_names_no_machine_and_pins_all_by_hash(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    pins = [line for line in lock.split("\n") if "==" in line]
    assert pins
    assert "://" not in lock
    assert "--index-url" not in lock
    assert all(line.endswith("\\") for line in pins)
    assert not [pin for pin in pins if pin.startswith(("torch=", "jax="))]


def test_the_lock_holds_every_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    dev = CONFIG["options.extras_require"]["dev"].split("\n")[1:]
    for requirement in [*entries("install_requires"), *dev]:
        name = requirement.split(">=")[0]
        assert f"\n{name}==" in f"\n{lock}", name


def test_every_command_s_file_is_in_the_table() -> None:
    files = (HOMES["keraslm_cli"] / "keraslm_cli/commands").glob("*.py")
    commands = {name.replace("-", "_") for name in COMMANDS}
    assert {file.stem for file in files} - {"__init__"} == commands


UNASKED = {"threadpoolctl"}
"""What makes something faster where it is there, and is not missed where it is not."""


def needs() -> Iterator[tuple[str, str]]:
    """Yield each extra with each module that it brings."""
    for extra in set(EXTRAS) - TOOLS:
        for requirement in EXTRAS[extra].split("\n")[1:]:
            package = requirement.split(">=")[0]
            if package not in UNASKED:
                yield extra, MODULES.get(package, package)


def guarded_imports(path: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Yield a module that may be missing, with what is done where it is."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Try) and "ImportError" in ast.unparse(node.handlers):
            for each in node.body:
                if isinstance(each, ast.Import | ast.ImportFrom):
                    origin = getattr(each, "module", None) or each.names[0].name
                    yield origin, ast.unparse(node.handlers)


@pytest.mark.parametrize(("extra", "module"), sorted(needs()))
def test_an_extra_is_imported_late_and_named_where_it_is_missing(
    extra: str, module: str
) -> None:
    found = [
        answer
        for folder in (*(home / name for name, home in HOMES.items()), FUZZ)
        for path in folder.rglob("*.py")
        for name, answer in guarded_imports(path)
        if name.split(".")[0] == module.split(".")[0]
    ]
    assert any(extra in answer for answer in found)


@pytest.mark.parametrize(
    ("name", "module"),
    [("onnx", "onnxruntime"), ("litert", "ai_edge_litert.interpreter")],
)
def test_a_program_beside_a_model_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, name: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SystemExit, match=r"^needs .*'keraslm\[export\]'$"):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))


def test_fuzzing_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    harness = runpy.run_path(str(FUZZ / "harness.py"))
    with pytest.raises(SystemExit, match=r"'keraslm\[fuzz\]'$"):
        harness["fuzz"](lambda data: None, [b"seed"])


def test_the_docs_name_every_extra_and_no_other() -> None:
    page = (ROOT / "docs/installation.md").read_text("utf-8")
    table = page.split("| extra | what for |\n|---|---|\n")[1].split("\n\n")[0]
    assert {line.split("`")[1] for line in table.split("\n")} == set(EXTRAS)
    assert "'.[tensorboard,embeddings]'" in page
