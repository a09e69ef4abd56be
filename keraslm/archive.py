"""One file is one model: a zip archive that says what it holds, without pickle.

    keraslm/model.json            what it is: kind, name, encoder, metadata
    keraslm/arrays/NAME.npy       a count model's arrays
    config.json, model.weights.h5 a Keras model's own members, as Keras wrote them

A Keras archive with `keraslm/model.json` added stays one that plain Keras opens.
"""

import io
import json
import os
import pathlib
import zipfile
import zlib
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import write_atomically

FORMAT_VERSION = 1
KINDS = ("counts", "keras")
DESCRIPTION = "keraslm/model.json"
ARRAYS = "keraslm/arrays/"
MODEL_IN_RUN = "model.keras"
LARGEST_DESCRIPTION = 64 * 2**20  # bytes

_HDF5_SIGNATURE = b"\x89HDF"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,  # an offset before the start of the file
    ValueError,
)


def write_model(
    path: str | os.PathLike[str],
    description: dict[str, Any],
    arrays: dict[str, np.ndarray],
) -> None:
    """Write a description and its arrays as one file, atomically."""
    members = {DESCRIPTION: describe(description), **array_members(arrays)}
    with write_atomically(path) as temporary:
        write_members(temporary, members)


def array_members(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    """Give arrays as members of an archive."""
    return {f"{ARRAYS}{name}.npy": to_npy(array) for name, array in arrays.items()}


def describe(description: dict[str, Any]) -> bytes:
    """Give the bytes of `keraslm/model.json`, the format's version added."""
    stamped = {"format_version": FORMAT_VERSION, **description}
    return json.dumps(stamped, ensure_ascii=False).encode()


def write_members(path: str | os.PathLike[str], members: dict[str, bytes]) -> None:
    """Create an archive; the same members always give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, members)


def append_members(path: str | os.PathLike[str], members: dict[str, bytes]) -> None:
    """Add members to an archive, in place: write to a temporary file, then move it.

    Raises: ModelFileError if there is no whole archive at `path`.
    """
    with _opened(path):
        pass
    with zipfile.ZipFile(path, "a") as archive:
        _add(archive, members)


def read_description(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what a model file says it is; of a folder RUN, of RUN/model.keras.

    Raises: UsageError if there is no such file; ModelFileError if it is damaged, an
        HDF5 file, a Keras file without vocabulary, or of an unknown format or kind.
    """
    return _checked(path, read_json(path, DESCRIPTION))


def read_json(path: str | os.PathLike[str], member: str) -> dict[str, Any]:
    """Read the member of an archive that says what it holds, in this format.

    Raises: as read_description, whatever the kind.
    """
    with _opened(path) as archive:
        if member not in archive.namelist():
            raise ModelFileError(_not_ours(path, archive))
        data = _read(path, archive, archive.getinfo(member), LARGEST_DESCRIPTION)
    try:
        description = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path} is damaged: {member} is not JSON ({error})"
        ) from error
    if not isinstance(description, dict):
        raise ModelFileError(f"{path} is damaged: {member} is not a JSON object")
    version = description.get("format_version")
    if version != FORMAT_VERSION:
        raise ModelFileError(
            f"{path} has format version {version!r}; this keraslm reads version "
            f"{FORMAT_VERSION}: install the keraslm that wrote it, or train it again"
        )
    return description


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Read a count model's arrays, by name; they cannot be written to.

    Arrays are stored as they are, so one that claims to be larger than the file is
    refused before it is read.

    Raises: as read_description.
    """
    with _opened(path) as archive:
        largest = sum(info.compress_size for info in archive.infolist())
        return {
            pathlib.PurePosixPath(info.filename).stem: _from_npy(
                path, _read(path, archive, info, largest)
            )
            for info in archive.infolist()
            if info.filename.startswith(ARRAYS)
        }


def model_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """Find the model file: the path itself, or RUN/model.keras of a folder RUN.

    Raises: UsageError if there is none.
    """
    file = pathlib.Path(path)
    if file.is_dir():
        if not (file / MODEL_IN_RUN).is_file():
            raise UsageError(
                f"a model is a file, or a folder with {MODEL_IN_RUN}; {path} has none"
            )
        return file / MODEL_IN_RUN
    if not file.is_file():
        raise UsageError(f"there is no model file {path}; check the path")
    return file


def to_npy(array: np.ndarray) -> bytes:
    """Give an array as the bytes of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    for name, data in members.items():
        info = zipfile.ZipInfo(name)  # dated 1980: the same model, the same bytes
        info.external_attr = 0o644 << 16
        is_text = name.endswith(".json")
        info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
        archive.writestr(info, data)


def _opened(path: str | os.PathLike[str]) -> zipfile.ZipFile:
    file = model_path(path)
    try:
        with file.open("rb") as start:
            is_hdf5 = start.read(4) == _HDF5_SIGNATURE
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    if is_hdf5 or file.suffix.lower() in (".h5", ".hdf5"):
        raise ModelFileError(
            f"{file} is an HDF5 file, which can hold pickled Python code and has no "
            "vocabulary, so it is refused; save it as .keras, or train it again"
        )
    try:
        return zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise ModelFileError(
            f"{file} is not a whole model file (it may be cut short): a model is a zip "
            "archive written by keraslm; copy or train it again"
        ) from error


def _read(
    path: str | os.PathLike[str],
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    largest: int,
) -> bytes:
    if info.file_size > largest:
        raise ModelFileError(
            f"{path} is refused: {info.filename} claims {info.file_size} bytes, "
            f"more than the {largest} that a model file may hold"
        )
    try:
        return archive.read(info)
    except _DAMAGED as error:
        raise ModelFileError(
            f"{path} is damaged at {info.filename} ({error}); copy or train it again"
        ) from error


def _from_npy(path: str | os.PathLike[str], data: bytes) -> np.ndarray:
    """Read an array of numbers; its size is what is there, not what its head says."""
    buffer = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(buffer) != (1, 0):
            raise ValueError("an unknown version of the .npy format")
        shape, _, dtype = np.lib.format.read_array_header_1_0(buffer)
        if dtype.kind not in "iufb":
            raise ValueError(f"an array of {dtype}, not of numbers")
        return np.frombuffer(data, dtype, offset=buffer.tell()).reshape(shape)
    except (ValueError, TypeError) as error:
        raise ModelFileError(f"{path} holds a damaged array: {error}") from error


def _not_ours(path: str | os.PathLike[str], archive: zipfile.ZipFile) -> str:
    if "config.json" in archive.namelist():
        return (
            f"{path} is a Keras file without a vocabulary, so its ids have no words; "
            "open it with keras.saving.load_model, or train it with keraslm"
        )
    return f"{path} is a zip archive without a model; a model file holds {DESCRIPTION}"


def _checked(
    path: str | os.PathLike[str], description: dict[str, Any]
) -> dict[str, Any]:
    kind = description.get("kind")
    if kind not in KINDS:
        raise ModelFileError(
            f"{path} holds a model of unknown kind {kind!r}; known: {', '.join(KINDS)}"
        )
    missing = [key for key in ("name", "encoder", "metadata") if key not in description]
    if missing:
        raise ModelFileError(f"{path} is damaged: {DESCRIPTION} lacks {missing[0]!r}")
    return description
