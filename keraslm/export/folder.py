"""A folder with the model, its description, and a program that writes text with it.

savedmodel  saved_model.pb and its variables    TensorFlow
onnx        step.onnx, sequence.onnx            ONNX Runtime and others
litert      model.tflite                        LiteRT
all         model.json, generate.py
"""

import contextlib
import importlib.resources
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

import keras

from keraslm.errors import UsageError
from keraslm.export import description
from keraslm.export.installed import check_installed
from keraslm.files.destinations import check_folder, destination, make_folder
from keraslm.files.marker import EXPORT, MARK, make_marked
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.models.architecture import kind_of
from keraslm.models.causal import CausalModel

FORMATS = ("savedmodel", "onnx", "litert")
EXPORTED = ("recurrent", "window", "transformer")
DESCRIPTION = "model.json"
EXAMPLE = "generate.py"
NAMES = {
    *("saved_model.pb", "fingerprint.pb", "variables", "assets"),
    *("step.onnx", "sequence.onnx", "model.tflite", DESCRIPTION, EXAMPLE, MARK),
}


def export_folder(
    language_model: NetworkLanguageModel, out: pathlib.Path, file_format: str
) -> list[pathlib.Path]:
    """Write a model as `savedmodel`, `onnx` or `litert`.

    Gives the paths of what the folder holds. An earlier export is replaced; any other
    folder or file is not.
    Raises: UsageError if the place is taken, the format unknown, the backend is not
        TensorFlow, or keraslm did not write the model's layers; MissingExtra.
    """
    out = pathlib.Path(out)
    check_installed(file_format)
    _check_model(language_model, file_format)
    check_place(out)
    with _new_folder(out) as folder:
        _write(language_model.keras_model, folder, file_format)
        batch = 1 if file_format == "litert" else "batch"
        table = description.of_step(language_model, batch)
        description.write(table, folder / DESCRIPTION)
        examples = importlib.resources.files("keraslm.export.examples")
        example = (examples / f"{file_format}.py").read_text(encoding="utf-8")
        (folder / EXAMPLE).write_text(example, encoding="utf-8")
    names = sorted({path.name for path in out.iterdir()} - {MARK})
    return [out / name for name in names]


def check_place(out: pathlib.Path) -> None:
    """Refuse to replace what is not an earlier export.

    Raises: UsageError
    """
    check_folder(out)
    if not out.exists():
        return
    others = sorted({path.name for path in out.iterdir()} - NAMES)
    if others or not description.is_one(out / DESCRIPTION):
        held = f"holds {others[0]!r}" if others else "is no earlier export"
        raise UsageError(f"{out} {held}; give the name of a new folder")


def _check_model(language_model: NetworkLanguageModel, file_format: str) -> None:
    if file_format not in FORMATS:
        raise UsageError(
            f"a format is one of {', '.join(FORMATS)}; received {file_format!r}"
        )
    if kind_of(language_model.keras_model) not in EXPORTED:
        raise UsageError(
            f"{language_model.name} is not of keraslm's own layers, so it has no known "
            "states; export it with Keras itself: model.keras_model.export"
        )
    for part, option in (("direct", "direct_order"), ("ngrams", "input_order")):
        if getattr(language_model.keras_model, part, None) is not None:
            raise UsageError(
                "an exported step keeps the states of layers only; a model with "
                f"`{option}` also reads its last tokens: train one without"
            )
    if keras.backend.backend() != "tensorflow":
        raise UsageError(
            f"{file_format} is written by TensorFlow; received the backend "
            f"{keras.backend.backend()}: export with KERAS_BACKEND=tensorflow"
        )


def _write(model: CausalModel, folder: pathlib.Path, file_format: str) -> None:
    if file_format == "savedmodel":
        from keraslm.export.saved_model import write
    elif file_format == "onnx":
        from keraslm.export.onnx import write
    else:
        from keraslm.export.litert import write
    write(model, folder)


@contextlib.contextmanager
def _new_folder(place: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a folder that is moved to its place when the block ends without an error.

    After an error the place is what it was; of a link, the folder that it leads to.
    """
    place = destination(place).place
    make_folder(place.parent)
    room = pathlib.Path(tempfile.mkdtemp(prefix=".export-", dir=place.parent))
    folder = room / "new"
    make_marked(folder, EXPORT)
    try:
        yield folder
        if place.exists():
            shutil.copymode(place, folder)
            place.rename(room / "old")
        folder.rename(place)
    finally:
        shutil.rmtree(room)
