"""The built wheel works by itself, from a folder that is not the checkout."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

from keraslm_cli.main import COMMANDS

ROOT = pathlib.Path(__file__).parent.parent
SOURCES = ("keraslm", "cli", "datasets")


def run(*command: str | pathlib.Path, **settings: object) -> str:
    """Run a command without the checkout on its path; give what it printed."""
    result = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, **settings
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Build the wheel from a copy, so that the checkout stays as it is."""
    source = tmp_path_factory.mktemp("source")
    out = tmp_path_factory.mktemp("wheel")
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, source)
    for folder in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index")
    run(*pip, "--no-build-isolation", "--wheel-dir", out, source)
    return next(out.glob("keraslm-*.whl"))


@pytest.fixture(scope="module")
def installed(
    wheel: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """Give a clean environment with the wheel, and the dependencies of this one.

    The dependencies are found through a path file, which unlike PYTHONPATH does not
    run the path files there: the editable install of the checkout is not seen.
    """
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", place)
    python = place / "bin/python"
    packages = pathlib.Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")[:-1]
    )
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", wheel)
    dependencies = pathlib.Path(pytest.__file__).parent.parent
    (packages / "dependencies.pth").write_text(f"{dependencies}\n", "utf-8")
    return python


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> dict[str, object]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return {"cwd": tmp_path, "env": environment}


def data_files() -> set[str]:
    kinds = ("py.typed", "*.grammar", "*.toml", "*.html", "*.css", "*.js", "*.svg")
    homes = {"keraslm": ROOT, "keraslm_cli": ROOT / "cli"}
    homes["keraslm_datasets"] = ROOT / "datasets"
    return {
        path.relative_to(home).as_posix()
        for package, home in homes.items()
        for kind in ("*.py", *kinds)
        for path in (home / package).rglob(kind)
    }


def test_the_wheel_holds_every_module_and_data_file_and_nothing_else(
    wheel: pathlib.Path,
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    held = {name for name in names if ".dist-info/" not in name}
    assert held == data_files()


def test_the_wheel_says_what_it_is(wheel: pathlib.Path) -> None:
    archive = zipfile.ZipFile(wheel)
    texts = {
        name.split(".dist-info/")[1]: archive.read(name).decode("utf-8")
        for name in archive.namelist()
        if ".dist-info/" in name
    }
    assert "License-Expression: Apache-2.0\n" in texts["METADATA"]
    assert "Requires-Python: >=3.11\n" in texts["METADATA"]
    assert "keraslm = keraslm_cli.main:main\n" in texts["entry_points.txt"]
    assert "Apache License" in texts["licenses/LICENSE"]


def test_the_installed_packages_are_those_of_the_wheel(
    installed: pathlib.Path, settings: dict[str, object]
) -> None:
    code = "import keraslm as k, keraslm_cli as c, keraslm_datasets as d; print("
    code += "*(m.__file__ for m in (k, c, d)), sep='\\n')"
    for file in run(installed, "-c", code, **settings).split():
        assert pathlib.Path(file).is_relative_to(installed.parent.parent)


def test_the_installed_command_gives_its_help(
    installed: pathlib.Path, settings: dict[str, object]
) -> None:
    by_name = run(installed.parent / "keraslm", "--help", **settings)
    assert all(name in by_name for name in COMMANDS)
    assert run(installed, "-m", "keraslm_cli", "--help", **settings) == by_name


def test_the_installed_command_trains(
    installed: pathlib.Path, settings: dict[str, object], tmp_path: pathlib.Path
) -> None:
    options = ("--model", "bigram", "--steps", "20", "--out", "R")
    run(installed.parent / "keraslm", "train", "village", *options, **settings)
    assert (tmp_path / "R/model.keras").stat().st_size > 0
