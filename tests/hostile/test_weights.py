"""HDF5 files that are more than arrays of numbers."""

import io

import h5py
import numpy as np
import pytest

from keraslm.files.members import write_members


def with_weights(path, network, change):
    """Change the weights' file by hand."""
    buffer = io.BytesIO(network["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    write_members(path, {**network, "model.weights.h5": buffer.getvalue()})
    return path


KERNEL = "layers/lstm/vars/0"


def replaced(**how):
    def change(file):
        shape = file[KERNEL].shape
        del file[KERNEL]
        file.create_dataset(KERNEL, **{"shape": shape, "dtype": "f4", **how})

    return change


def linked(link):
    def change(file):
        del file[KERNEL]
        file[KERNEL] = link

    return change


def virtual(file):
    shape = file[KERNEL].shape
    layout = h5py.VirtualLayout(shape, "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape)
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def not_a_number(file):
    file[KERNEL][0, 0] = np.nan


def in_circles(file):
    for place in range(10):
        file[f"layers/{place}"] = file["layers"]


def one_array_many_times(file):
    file["bomb"] = np.zeros(5000, "f4")
    for place in range(1000):
        file[f"again/{place}"] = file["bomb"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (not_a_number, "infinite or NaN"),
        (replaced(data=np.full((2, 12), np.inf, "f4"), shape=(2, 12)), "infinite"),
        (replaced(shape=(3, 12), data=np.zeros((3, 12))), "weights"),
        (replaced(shape=(12, 2), data=np.zeros((12, 2), "f4")), "asks for weights"),
        (replaced(external=[("/etc/passwd", 0, 96)]), "reads another file"),
        (replaced(shape=(10**6, 10**6)), "claims numbers that the file does not have"),
        (replaced(shape=(10**5, 10**5), chunks=(100, 100)), "packed or cut"),
        (replaced(data=np.zeros((2, 12)), compression="gzip"), "packed or cut"),
        (replaced(data=np.zeros((2, 12), "i4"), dtype="i4"), "not floating-point"),
        (replaced(dtype=h5py.string_dtype()), "not floating-point|claims numbers"),
        (linked(h5py.ExternalLink("/etc/passwd", "/")), "a link to somewhere else"),
        (linked(h5py.SoftLink("/layers")), "a link to somewhere else"),
        (linked(np.dtype("f4")), "neither a group nor an array"),
        (virtual, "reads another file"),
        (in_circles, "under two names"),
        (one_array_many_times, "under two names"),
        (lambda file: file.pop("layers"), "weights"),
        (lambda file: file.create_dataset("x", data=np.zeros(3)), "weights for"),
    ],
)
def test_weights_that_are_not_plain(tmp_path, network, change, words, refused):
    refused(with_weights(tmp_path / "model.keras", network, change), words)
