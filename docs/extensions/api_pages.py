"""The pages of the API: one for each package, written from what its files hold.

They stand in no toctree, which every page would repeat; `api.md` lists them.
"""

import importlib
import pathlib
from typing import Any

ROOT = pathlib.Path(__file__).parent.parent.parent
HOMES = {"keraslm": ROOT, "keraslm_datasets": ROOT / "datasets"}
# Scripts, and kernels that need another framework than the one installed here.
LEFT_OUT = ("keraslm.export.examples", "keraslm.kernels.jax", "keraslm.kernels.torch")


def packages() -> dict[str, list[str]]:
    """Name every package, and the modules that lie in it."""
    found: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        for path in sorted((home / name).rglob("*.py")):
            parts = path.relative_to(home).with_suffix("").parts
            package = ".".join(parts[:-1])
            if package not in LEFT_OUT and not parts[-1].startswith("__main__"):
                modules = found.setdefault(package, [])
                modules += [] if parts[-1] == "__init__" else [".".join(parts)]
    return found


def page(package: str, modules: list[str]) -> str:
    """Write the page of a package: what it offers, then file by file."""
    lines = [":orphan:", "", package, "=" * len(package), ""]
    lines += [f".. automodule:: {package}", "   :ignore-module-all:", ""]
    offered = offers(package)
    if offered:
        lines += [f"It offers {', '.join(offered)}.", ""]
    for module in modules:
        title = f"{module.rpartition('.')[2]}.py"
        lines += [title, "-" * len(title), "", f".. automodule:: {module}", ""]
    return "\n".join(lines)


def offers(package: str) -> list[str]:
    """Link the names that a package gives at its own door to where they are defined."""
    door = importlib.import_module(package)
    links = []
    for name in sorted(getattr(door, "__all__", ())):
        thing = getattr(door, name)
        home = getattr(thing, "__module__", None)
        name_there = getattr(thing, "__qualname__", None)
        if name_there and home != package and home.startswith("keraslm"):
            target = f"{home}.{name_there}"
            links.append(f":py:obj:`{name} <{target}>`")
    return links


def write(app: Any) -> None:
    """Write the pages that have changed."""
    folder = pathlib.Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    pages = {f"{name}.rst": page(name, m) for name, m in packages().items()}
    links = (f"- :doc:`{name} </api/{name}>`" for name in packages())
    pages["list.inc"] = "\n".join(links) + "\n"
    for old in folder.iterdir():
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
