"""setup.cfg names exactly the packages that the folders hold."""

import configparser
import pathlib

from keraslm_cli.main import COMMANDS

ROOT = pathlib.Path(__file__).parent.parent
HOMES = {
    "keraslm": ROOT,
    "keraslm_cli": ROOT / "cli",
    "keraslm_datasets": ROOT / "datasets",
}
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", "utf-8")


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


def test_the_lock_names_no_machine_and_pins_all_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
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
