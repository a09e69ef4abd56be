"""Zip archives that were made to do harm."""

import struct
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import keraslm
from keraslm.errors import ModelFileError
from keraslm.files.members import write_members


def member(name, mode=0o100644):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (member("/etc/passwd"), "not plain and relative"),
        (member("../up"), "not plain and relative"),
        (member("keraslm/../../up"), "not plain and relative"),
        (member("keraslm\\up"), "not plain and relative"),
        (member("C:up"), "not plain and relative"),
        (member("keraslm/folder/"), "not plain and relative"),
        (member("keraslm/link", 0o120777), "is a link"),
        (member("keraslm/pipe", 0o010644), "is a link"),
        (member("assets/vocabulary.txt"), "has no member 'assets/vocabulary.txt'"),
        (member("keraslm/model.json"), "two members of one name"),
    ],
)
def test_a_member_that_is_not_plain(tmp_path, counts, info, words, refused, rewritten):
    path = rewritten(tmp_path / "model.keras", counts)
    with zipfile.ZipFile(path, "a") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *given, **named: None)
        file.writestr(info, b"/etc/passwd")
    refused(path, words)


def test_an_encrypted_member(tmp_path, counts, refused, rewritten):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    refused(path, "is encrypted")


def test_a_member_packed_to_burst(tmp_path, counts, refused, rewritten):
    bomb = b'{"a": "' + b" " * 60_000_000 + b'"}'
    refused(
        rewritten(tmp_path / "model.keras", counts, {"keraslm/model.json": bomb}),
        "packed more than 200 times",
    )


def test_a_size_that_is_not_true(tmp_path, counts, refused, rewritten):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(signature) + place
        data[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(data)
    refused(path, "is damaged at keraslm/model.json|is not JSON")


def test_members_that_overlap(tmp_path, counts, refused, rewritten):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    entries = [i for i in range(len(data)) if data[i : i + 4] == b"PK\1\2"]
    data[entries[2] + 42 : entries[2] + 46] = data[entries[1] + 42 : entries[1] + 46]
    path.write_bytes(data)
    refused(path, "its members overlap")


def test_thousands_of_members(tmp_path, counts, refused, rewritten):
    many = {f"keraslm/{i}": b"" for i in range(1001)}
    refused(rewritten(tmp_path / "model.keras", {**counts, **many}), "more than 1000")
    more = {f"keraslm/{i:0200}": b"" for i in range(5000)}
    refused(rewritten(tmp_path / "model.keras", {**counts, **more}), "not a whole")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a":' * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a": [' + b"{}," * 1_000_001 + b"{}]}", "1,000,000 lists and tables"),
    ],
)
def test_json_that_is_too_much(
    tmp_path, counts, monkeypatch, data, words, refused, rewritten
):
    monkeypatch.setattr("keraslm.files.zip_archive.BEST_PACKED", 10_000)
    path = tmp_path / "model.keras"
    refused(rewritten(path, counts, {"keraslm/model.json": data}), words)


@example({})
@example({"": b"", "\0": b""})
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(max_size=9) | st.sampled_from(["config.json", "keraslm/model.json"]),
        st.binary(max_size=20) | st.sampled_from([b"{}", b'{"format_version": 1}']),
        max_size=4,
    )
)
def test_any_members_are_refused_in_one_line(tmp_path, members):
    with warnings.catch_warnings(action="ignore"):  # of two names that are one to zip
        try:
            write_members(tmp_path / "model.keras", members)
        except ValueError:  # a name that cannot be written
            return
    with pytest.raises(ModelFileError) as caught:
        keraslm.load(tmp_path / "model.keras")
    assert "\n" not in str(caught.value)
