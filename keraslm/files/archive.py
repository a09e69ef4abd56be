"""One file is one model: a zip archive that says what it holds.

    keraslm/model.json            what it is: kind, name, encoder, metadata
    keraslm/arrays/NAME.npy       a count model's arrays, which are used where they lie
    assets/keraslm.json           what a Keras model is; it was keraslm/model.json
                                  before version 2
    config.json, model.weights.h5 a Keras model's own members, as Keras wrote them

None is read with pickle: a file from anywhere may be opened.
"""

import contextlib
import json
import os
import pathlib
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import zip_archive as safe
from keraslm.files.members import Blocks, add_aligned, add_members, write_members
from keraslm.files.npy import array_of
from keraslm.files.writing import write_atomically
from keraslm.unicode import NOT_UNICODE, is_unicode

FORMAT_VERSION = 3
NETWORKS = 2
"""The version of what is no count model, the same since."""
READ = (1, 2, 3)
TASKS = TAGGER, CLASSIFIER, TRANSLATOR = ("tagger", "classifier", "translator")
COMMANDS = {TAGGER: "tag", CLASSIFIER: "classify", TRANSLATOR: "translate"}
MASKED = "masked"
KINDS = ("counts", "keras", MASKED, *TASKS)
DESCRIPTION = "keraslm/model.json"
ASSET = "keraslm.json"
NETWORK = "network"
DESCRIPTIONS = (DESCRIPTION, f"assets/{ASSET}")
ARRAYS = "keraslm/arrays/"
CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
MODEL_IN_RUN = "model.keras"
LARGEST_DESCRIPTION = 64 * 2**20  # bytes

_HDF5_SIGNATURE = b"\x89HDF"
_HELD = {"name": str, "encoder": dict, "metadata": dict}
_JSON = {str: "text", dict: "table"}
_OF_KERAS = ("metadata.json", CONFIG, WEIGHTS, DESCRIPTIONS[1])


def write_model(
    path: str | os.PathLike[str],
    description: dict[str, Any],
    arrays: Mapping[str, np.ndarray | Blocks],
) -> None:
    """Write a description and its arrays as one file, atomically.

    An array that does not fit into memory is given as `Blocks`: its type, its length
    and an iterable of its pieces, which is read once, when its turn comes:

        blocks = Blocks(np.dtype(np.float64), 10**9, pieces())
        write_model("model.keras", description, {"log-p-5": blocks})

    Nothing larger than a piece is held; checksums are made on the way; members are
    stored as they are, aligned, and may be larger than 4 GB. After an error, of the
    disk or of `pieces`, the file is what it was.
    Raises: UsageError if it would hold more than what is read again; ValueError if
        blocks hold more numbers than they say, or fewer.
    """
    members = {DESCRIPTION: describe(description), **array_members(arrays)}
    if len(members) > safe.MOST_MEMBERS:
        raise UsageError(
            f"a model of {len(arrays)} arrays has no file, which holds "
            f"{safe.MOST_MEMBERS} members at most; give a lower order"
        )
    with write_atomically(path) as temporary:
        write_members(temporary, members)


def array_members(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Name arrays as members of an archive."""
    return {f"{ARRAYS}{name}.npy": array for name, array in arrays.items()}


def describe(description: dict[str, Any]) -> bytes:
    """Give the bytes of `keraslm/model.json`, the format's version added.

    Raises: UsageError if it would be larger than what is read again, or holds a text
        that cannot be written.
    """
    is_counts = description.get("kind") == "counts"
    version = FORMAT_VERSION if is_counts else NETWORKS
    stamped = {"format_version": version, **description}
    text = json.dumps(stamped, ensure_ascii=False)
    if not is_unicode(text):
        raise UsageError(f"what a model file would say of its model is {NOT_UNICODE}")
    data = text.encode()
    if len(data) > LARGEST_DESCRIPTION or safe.is_too_much(data):
        raise UsageError(
            "the vocabulary is too large for a model file, which holds about four "
            "million words; give a `vocabulary_size` or a `min_count`"
        )
    return data


def add_description(path: str | os.PathLike[str], description: dict[str, Any]) -> None:
    """Say in a file that Keras has just written what it is.

    Raises: UsageError if the description cannot be written.
    """
    data = describe(description)
    with zipfile.ZipFile(path, "a") as archive:
        add_members(archive, {DESCRIPTIONS[1]: data})


def save_network(
    network: Any,
    path: str | os.PathLike[str],
    kind: str,
    name: str,
    encoder: Any,
    shape: Any,
    metadata: dict[str, Any],
) -> None:
    """Write a Keras network and what it is as one file, atomically.

    `encoder.to_dict()` says its tokens, and `shape.to_dict()` what it looks like.
    Raises: UsageError if the description cannot be written.
    """
    described = {
        "kind": kind,
        "name": name,
        "encoder": encoder.to_dict(),
        "metadata": metadata,
        NETWORK: shape.to_dict(),
    }
    with write_atomically(path) as temporary:
        network.save(temporary)
        add_description(temporary, described)


def redescribe(path: str | os.PathLike[str], metadata: dict[str, Any]) -> None:
    """Write other metadata into a model file, atomically; all else stays as it is.

    Raises: as `read_description`; UsageError if the metadata cannot be written.
    """
    file = model_path(path)
    description = {**read_description(file), "metadata": metadata}
    with (
        write_atomically(file) as temporary,
        opened(file) as archive,
        zipfile.ZipFile(temporary, "w") as written,
    ):
        for info in archive.infolist():
            if info.filename in DESCRIPTIONS:
                add_members(written, {info.filename: describe(description)})
                continue
            pieces = safe.blocks(file, archive, info)
            add_aligned(written, _unplaced(info), pieces, info.file_size)


def _unplaced(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Describe the same member for another archive."""
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.external_attr, fresh.compress_type = info.external_attr, info.compress_type
    return fresh


def read_description(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what a model file says it is; of a folder RUN, of RUN/model.keras.

    Raises: UsageError if there is no such file; ModelFileError if it is damaged, an
        HDF5 file, a Keras file without vocabulary, or of an unknown format or kind.
    """
    file = model_path(path)
    with opened(file) as archive:
        if reason := _not_ours(archive):
            raise ModelFileError(f"{file} {reason}")
        names = archive.namelist()
        member = next(name for name in DESCRIPTIONS if name in names)
        found = _described(file, archive, member)
    if reason := _fault(found):
        raise ModelFileError(f"{file} {reason}")
    return found


def refuse_masked(path: pathlib.Path, description: dict[str, Any]) -> None:
    """Refuse a masked model where a causal one is needed.

    Raises: UsageError
    """
    if description["kind"] == MASKED:
        raise UsageError(
            f"{path} is a masked language model: it sees both sides of a token, so it "
            "predicts no next word and has no perplexity; use keraslm fill or keraslm "
            "evaluate, or keraslm.load in Python"
        )


def read_json(path: str | os.PathLike[str], member: str) -> dict[str, Any]:
    """Read the member of an archive that says what it holds, in this format.

    Raises: as read_description, whatever the kind.
    """
    file = model_path(path)
    with opened(file) as archive:
        if member not in archive.namelist():
            raise ModelFileError(f"{file} holds no {member}")
        return _described(file, archive, member)


def _described(
    file: pathlib.Path, archive: zipfile.ZipFile, member: str
) -> dict[str, Any]:
    found = safe.read_json(file, archive, member, LARGEST_DESCRIPTION)
    version = found.get("format_version")
    if type(version) is not int or version not in READ:
        raise ModelFileError(
            f"{file} has format version {version!r:.60}; this keraslm reads versions "
            f"{READ[0]} to {READ[-1]}: install the keraslm that wrote it, or train it "
            "again"
        )
    return found


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Read a count model's arrays, by name; they cannot be written to.

    Raises: as read_description.
    """
    file = model_path(path)
    with opened(file) as archive:
        names = [name for name in archive.namelist() if name.startswith(ARRAYS)]
        arrays = {name: safe.read(file, archive, name) for name in names}
    return {
        pathlib.PurePosixPath(name).stem: array_of(file, name, data)
        for name, data in arrays.items()
    }


def model_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """Find the model file: the path itself, or RUN/model.keras of a folder RUN.

    Raises: UsageError if there is none.
    """
    if not os.fspath(path):
        raise UsageError("the name of a model is empty; give a file or a folder")
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


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[zipfile.ZipFile]:
    """Open a model file, of which no member can be more than it seems.

    Raises: UsageError if there is no such file; ModelFileError if it is an HDF5 file,
        or as `zip_archive.opened`.
    """
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
    with safe.opened(file) as archive:
        yield archive


def _not_ours(archive: zipfile.ZipFile) -> str | None:
    """Say why the members are not those of a model file."""
    names = archive.namelist()
    described = not set(DESCRIPTIONS).isdisjoint(names)
    if not described and CONFIG in names:
        return (
            "is a Keras file without a vocabulary, so its ids have no words; "
            "give it one by keraslm adopt, or by keraslm.CausalLM(model, tokens)"
        )
    if not described:
        return f"is a zip archive without a model; a model file holds {DESCRIPTION}"
    for name in names:
        if name not in _OF_KERAS and not name.startswith("keraslm/"):
            return f"is refused: a model file has no member {name[:60]!r}"
    return None


def _fault(description: dict[str, Any]) -> str | None:
    """Say what is wrong with a description."""
    kind = description.get("kind")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        return f"holds a model of unknown kind {kind!r:.60}; known: {known}"
    for key, wanted in _HELD.items():
        if key not in description:
            return f"is damaged: {DESCRIPTION} lacks {key!r}"
        if not isinstance(description[key], wanted):
            return f"is damaged: {key!r} in {DESCRIPTION} is no {_JSON[wanted]}"
    for key in ("configuration", "card", "texts"):
        if not isinstance(description["metadata"].get(key, {}), dict):
            return f"is damaged: {key!r} in {DESCRIPTION} is no table"
    parts = description["metadata"].get("texts", {}).values()
    if not all(isinstance(part, str) for part in parts):
        return f"is damaged: a part of 'texts' in {DESCRIPTION} is no text"
    if not description["name"].isprintable():
        return f"is damaged: 'name' in {DESCRIPTION} is no plain text"
    return None
