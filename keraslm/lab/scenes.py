"""Scenes: states of the page, with captions, that a presenter walks through.

[[scene]]
caption = "A trigram has forgotten who carried it."
view = "surprise"
text = "alice , who the dogs saw near the lake , is"
"""

import dataclasses
import os
import pathlib
import tomllib
from typing import Any

from keraslm.errors import UsageError, first_line

VIEWS = ("next", "surprise", "branches", "pair", "inside", "learning", "map", "game")
NUMBERS = {"temperature", "top_k", "top_p", "min_p", "seed", "length", "step"}
NUMBERS |= {"layer", "unit", "place", "silent"}
TEXTS = {"caption", "text", "other", "what", "forces", "selected", "rows"}
MOST = 200
HERE = pathlib.Path(__file__).parent
SHIPPED = ("village", "attention")
WATCHING = "learning"  # the view that is there where a run is watched


@dataclasses.dataclass(frozen=True)
class Scene:
    """A state of the page."""

    state: dict[str, Any]

    @property
    def needs_a_run(self) -> bool:
        """Whether it can be shown only where a run is watched."""
        return self.state.get("view") == WATCHING

    def told(self, keys: dict[str, str]) -> dict[str, Any]:
        """Give the state, with the keys of models for their names."""
        models = [keys.get(name, name) for name in self.state.get("models", [])]
        return {**self.state, **({"models": models} if models else {})}


def read_scenes(path: str | os.PathLike[str]) -> list[Scene]:
    """Read a file of scenes, or those that come with keraslm: "village", "attention".

    Raises: UsageError with the number of the scene, for what the page has not.
    """
    shipped = HERE / "tours" / f"{path}.toml"
    is_shipped = str(path) in SHIPPED and not os.path.lexists(path)
    try:
        with (shipped if is_shipped else pathlib.Path(path)).open("rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise UsageError(f"cannot read the scenes {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {first_line(error)}") from error
    scenes = data.get("scene")
    if set(data) != {"scene"} or not isinstance(scenes, list) or not scenes:
        raise UsageError(f"{path} has no scenes; each begins with a line [[scene]]")
    if len(scenes) > MOST:
        raise UsageError(f"{path} has {len(scenes)} scenes; at most {MOST} are shown")
    return [Scene(_checked(path, k, s)) for k, s in enumerate(scenes, start=1)]


def _checked(path: Any, number: int, scene: Any) -> dict[str, Any]:
    where = f"scene {number} of {path}"
    if not isinstance(scene, dict) or not isinstance(scene.get("caption"), str):
        raise UsageError(f"{where} needs a caption, a line of text")
    for name, value in scene.items():
        if name == "view":
            fits, what = value in VIEWS, f"one of {', '.join(VIEWS)}"
        elif name == "models":
            fits = isinstance(value, list) and all(isinstance(m, str) for m in value)
            what = "a list of names, as the lab was given them"
        elif name in TEXTS:
            fits, what = isinstance(value, str), "a text"
        elif name in NUMBERS:
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            what = "a number"
        else:
            raise UsageError(f"{where} has an unknown entry {name!r}")
        if not fits:
            raise UsageError(f"{where}: {name} must be {what}; received {value!r}")
    return scene
