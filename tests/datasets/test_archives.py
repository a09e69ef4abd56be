"""Archives that were made by somebody who means no good, or were damaged."""

import gzip
import io
import pathlib
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.errors import DownloadError
from keraslm_datasets.archives import cut, safe_name, unpack

EVIL = ["../evil", "a/../../evil", "/evil", "C:/evil", "..\\evil", "a//evil", "", "a\0"]


def zip_of(path: pathlib.Path, members: dict[str, bytes]) -> pathlib.Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def tar_of(path: pathlib.Path, *members: tarfile.TarInfo) -> pathlib.Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def tar_member(name: str, **attributes: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for attribute, value in attributes.items():
        setattr(member, attribute, value)
    return member


def test_only_the_named_members_are_written(tmp_path):
    archive = zip_of(tmp_path / "a.zip", {"in/a.txt": b"one", "../evil": b"two"})
    out = tmp_path / "deep" / "out"
    assert unpack(archive, {"in/a.txt": "train.txt"}, out) == [out / "train.txt"]
    assert (out / "train.txt").read_bytes() == b"one"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        "a.zip",
        "train.txt",
    ]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    archive = zip_of(tmp_path / "a.zip", {"../evil": b"two", "a": b""})
    with pytest.raises(DownloadError, match="plain relative name"):
        unpack(archive, {name: "train.txt"}, tmp_path / "out")
    with pytest.raises(DownloadError, match="plain relative name"):
        unpack(archive, {"a": name}, tmp_path / "out")


@given(
    st.text(alphabet=st.sampled_from("ab./\\:\0\n \u202e~"), max_size=12) | st.text()
)
def test_a_name_that_is_let_through_stays_in_the_folder(name):
    folder = pathlib.Path("/some/folder")
    try:
        inside = folder / safe_name(name)
    except DownloadError:
        return
    assert ".." not in inside.parts
    assert inside.is_relative_to(folder)
    assert inside != folder


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("train.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DownloadError, match="must be a plain file"):
        unpack(tmp_path / "a.zip", {"train.txt": "train.txt"}, tmp_path / "out")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_in_a_tar_is_refused(tmp_path, kind):
    link = tar_member("train.txt", type=kind, linkname="/etc/passwd")
    archive = tar_of(tmp_path / "a.tgz", link)
    with pytest.raises(DownloadError, match="must be a plain file"):
        unpack(archive, {"train.txt": "train.txt"}, tmp_path / "out")


def test_tgz_and_gz_are_unpacked(tmp_path):
    archive = tar_of(tmp_path / "a.tgz", tar_member("in/a.txt", size=3))
    unpack(archive, {"in/a.txt": "a.txt"}, tmp_path / "out")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"two"))
    unpack(tmp_path / "b.gz", {"b": "b.txt"}, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"xxx"
    assert (tmp_path / "out" / "b.txt").read_bytes() == b"two"


def test_a_bomb_is_stopped_at_the_limit(tmp_path):
    bomb = b"\0" * 5_000_000
    (tmp_path / "b.gz").write_bytes(gzip.compress(bomb))
    archives = [
        zip_of(tmp_path / "b.zip", {"b": bomb}),
        tar_of(tmp_path / "b.tgz", tar_member("b", size=5_000_000)),
        tmp_path / "b.gz",
    ]
    for archive in archives:
        with pytest.raises(DownloadError, match="at most 1,000,000 bytes"):
            unpack(archive, {"b": "b.txt"}, tmp_path / "out", limit=1_000_000)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_tar_that_leads_back_to_its_start_ends(tmp_path):
    """A size below 0 let Python's tarfile read the same member for ever."""
    before = tar_member("c").tobuf(tarfile.GNU_FORMAT)
    data = bytearray(tar_member("a").tobuf(tarfile.GNU_FORMAT))
    data[124:136] = b"\xff" * 10 + (-512 & 0xFFFF).to_bytes(2, "big")  # the size
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data)  # the checksum
    archive = tmp_path / "a.tar"
    archive.write_bytes(before + bytes(data) + bytes(10_240))
    with pytest.raises(DownloadError):
        unpack(archive, {"b": "b.txt"}, tmp_path / "out")


def test_a_missing_member_is_named(tmp_path):
    zipped = zip_of(tmp_path / "a.zip", {"a": b"one"})
    tar = tar_of(tmp_path / "a.tgz", tar_member("a", size=1))
    for archive in (zipped, tar):
        with pytest.raises(DownloadError, match=r"has no member b"):
            unpack(archive, {"b": "b.txt"}, tmp_path / "out")


def test_a_damaged_archive_is_one_clear_error(tmp_path):
    body = bytes(range(256)) * 1000
    whole = zip_of(tmp_path / "a.zip", {"a": body}).read_bytes()
    half = bytearray(whole)
    half[40:60] = b"\xff" * 20
    tgz = tar_of(tmp_path / "whole.tgz", tar_member("a", size=100_000)).read_bytes()
    damaged = {
        "cut.zip": whole[:600],
        "flipped.zip": bytes(half),
        "cut.tgz": tgz[: len(tgz) // 2],
        "cut.gz": gzip.compress(body)[:300],
        "text.zip": b"<html>Not found</html>",
    }
    for name, data in damaged.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DownloadError, match="cannot be unpacked"):
            unpack(tmp_path / name, {"a": "a.txt"}, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_text_is_cut_into_its_splits_at_whole_characters(tmp_path):
    text = "abcdé漢字efgh"  # é has two bytes, each Chinese character three
    whole = tmp_path / "whole.txt"
    whole.write_text(text, encoding="utf-8")
    parts = cut(whole, tmp_path, {"train.txt": 5, "valid.txt": 1, "test.txt": 8})
    texts = [part.read_text(encoding="utf-8") for part in parts]
    assert texts == ["abcdé", "漢", "字efgh"]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.integers(0, 60), st.integers(0, 60))
def test_the_splits_are_the_whole_text_again(tmp_path_factory, text, first, second):
    folder = tmp_path_factory.mktemp("cut")
    (folder / "whole.txt").write_text(text, encoding="utf-8", newline="")
    sizes = {"train.txt": first, "valid.txt": second, "test.txt": 0}
    parts = cut(folder / "whole.txt", folder, sizes)
    assert "".join(part.read_bytes().decode() for part in parts) == text
