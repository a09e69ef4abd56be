"""A file that is written: links are followed, pipes and devices are written to."""

import errno
import os
import pathlib
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from keraslm.errors import KeraslmError, UsageError
from keraslm.files.destinations import check_file, check_folder, make_folder, remove
from keraslm.files.writing import flush_to_disk, leftovers, write_atomically

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NULL, FULL = (1, 3), (1, 7)  # the numbers of Linux's /dev/null and /dev/full


def write(path: str | os.PathLike[str], text: str = "new") -> None:
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@pytest.fixture
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Work in a folder with a file, and check that nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    pathlib.Path("file.csv").write_text("old")
    return tmp_path


@pytest.fixture
def device(here: pathlib.Path) -> Callable[[tuple[int, int]], pathlib.Path]:
    """Make a character device, so that a mistake does not cost the machine's own."""

    def device(numbers: tuple[int, int]) -> pathlib.Path:
        path = here / "device.csv"
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(*numbers))
            path.open("wb").close()
        except OSError as error:
            pytest.skip(f"no device can be made here: {error}")
        return path

    return device


def read_pipe(path: pathlib.Path) -> tuple[threading.Thread, list[bytes]]:
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(path.read_bytes()))
    reader.start()
    return reader, found


def names(folder: pathlib.Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_link_stays_and_the_file_it_leads_to_is_replaced(here):
    pathlib.Path("link.csv").symlink_to("file.csv")
    pathlib.Path("chain.csv").symlink_to(here / "link.csv")
    write("chain.csv")
    assert pathlib.Path("file.csv").read_text() == "new"
    assert pathlib.Path("link.csv").is_symlink()
    assert pathlib.Path("chain.csv").is_symlink()
    assert names(here) == {"file.csv", "link.csv", "chain.csv"}


def test_a_link_that_dangles_writes_what_it_leads_to(here):
    (here / "store").mkdir()
    pathlib.Path("link.csv").symlink_to("store/there")
    write("link.csv")
    assert (here / "store/there").read_text() == "new"
    assert pathlib.Path("link.csv").is_symlink()
    assert names(here / "store") == {"there"}


def test_a_link_leads_on_from_the_folder_that_a_linked_folder_is(here):
    # far is a/b, so that far/out.csv -> ../x.csv means a/x.csv and not x.csv
    (here / "a/b").mkdir(parents=True)
    (here / "far").symlink_to("a/b")
    (here / "a/b/out.csv").symlink_to("../x.csv")
    write("far/out.csv")
    assert (here / "a/x.csv").read_text() == "new"
    assert not (here / "x.csv").exists()


@pytest.mark.parametrize("act", [write, check_file])
def test_links_in_a_circle_are_one_line(here, act):
    pathlib.Path("one").symlink_to("two")
    pathlib.Path("two").symlink_to("one")
    with pytest.raises(UsageError, match=r"^cannot write one: .*in a circle$"):
        act("one")
    assert pathlib.Path("one").is_symlink()


def test_a_pipe_is_written_to(here):
    os.mkfifo("pipe.csv")
    pathlib.Path("link.csv").symlink_to("pipe.csv")
    for name in ("pipe.csv", "link.csv"):
        reader, found = read_pipe(here / "pipe.csv")
        check_file(name)
        write(name, "a\n" * 100_000)
        reader.join(10)
        assert found == [b"a\n" * 100_000]
    assert stat.S_ISFIFO((here / "pipe.csv").stat().st_mode)
    assert names(here) == {"file.csv", "pipe.csv", "link.csv"}


def test_a_device_survives(here, device):
    null = device(NULL)
    pathlib.Path("link.csv").symlink_to(null)
    for name in (null, "link.csv"):
        check_file(name)
        write(name)
    remove(null)
    flush_to_disk(null)
    assert stat.S_ISCHR(null.stat().st_mode)
    assert names(here) == {"file.csv", "device.csv", "link.csv"}


def test_a_device_that_takes_nothing_is_told_by_its_own_name(here, device):
    full = device(FULL)
    with pytest.raises(OSError, match="No space left") as caught:
        write(full)
    assert caught.value.filename == str(full)
    assert stat.S_ISCHR(full.stat().st_mode)


def test_a_pipe_whose_reader_has_gone_is_told_by_its_own_name(here):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with pytest.raises(KeraslmError, match=f"^cannot write /dev/fd/{writer}: "):
            write(f"/dev/fd/{writer}")
    finally:
        os.close(writer)


def test_an_open_file_goes_on_where_it_is(here):
    # as a shell does for >(...) and for > file: what came before stays before
    with (here / "open.txt").open("wb", buffering=0) as file:
        file.write(b"before ")
        write(f"/dev/fd/{file.fileno()}", "written ")
        file.write(b"after")
    assert pathlib.Path("open.txt").read_text() == "before written after"


def test_standard_output_gets_what_was_printed_before_first(here):
    code = (
        "from keraslm.files.writing import write_atomically\n"
        "print('before')\n"
        "with write_atomically('/dev/stdout') as t: t.write_text('written\\n')\n"
        "print('after')"
    )
    path = os.pathsep.join(filter(None, sys.path))
    with (here / "out.txt").open("wb") as out:
        subprocess.run(
            [sys.executable, "-c", code],
            stdout=out,
            env={**os.environ, "PYTHONPATH": path},
            check=True,
        )
    assert pathlib.Path("out.txt").read_text() == "before\nwritten\nafter\n"


def test_what_is_open_to_be_read_only_is_refused(here):
    refused = pytest.raises(UsageError, match="Permission denied")
    with (here / "file.csv").open("rb") as file, refused:
        check_file(f"/dev/fd/{file.fileno()}")
    with pytest.raises(UsageError, match=r"^cannot write /dev/fd/999: Bad file"):
        check_file("/dev/fd/999")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_that_is_replaced_keeps_its_permissions(here, mode):
    file = pathlib.Path("file.csv")
    file.chmod(mode)
    write("file.csv")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_that_the_user_asks_for(here):
    before = os.umask(0o027)
    try:
        write("new.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((here / "new.csv").stat().st_mode) == 0o640  # 666 less 027


@pytest.mark.skipif(not IS_ROOT, reason="only the superuser gives files away")
def test_the_superuser_leaves_a_file_to_its_owner(here):
    os.chown("file.csv", 1234, 4321)
    write("file.csv")
    there = (here / "file.csv").stat()
    assert (there.st_uid, there.st_gid) == (1234, 4321)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/out.csv", "there is no folder 'no' to write out.csv"),
        ("file.csv/out.csv", "there is no folder 'file.csv' to write out.csv"),
        ("folder", "folder is a folder; give the name of a file"),
        ("lost.csv", "there is no folder 'gone' to write x.csv, where lost.csv leads"),
        ("socket", "socket is a socket; give the name of a file or a pipe"),
        ("n" * 300, f"cannot write {'n' * 300}: File name too long; give another"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_by_its_name(here, name, reason):
    import socket

    (here / "folder").mkdir()
    (here / "lost.csv").symlink_to("gone/x.csv")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
        before = names(here)
        with pytest.raises(UsageError, match=f"^{re.escape(reason)}"):
            check_file(name)
    assert names(here) == before


def test_a_name_as_long_as_names_may_be_is_written(here):
    name = "é" * 120 + ".csv"  # 244 bytes; a temporary name must not be longer
    check_file(name)
    write(name)
    assert pathlib.Path(name).read_text() == "new"


@pytest.mark.skipif(IS_ROOT, reason="the superuser may write everywhere")
@pytest.mark.parametrize("name", ["shut/new.csv", "locked.csv"])
def test_what_the_user_may_not_write_is_told_before(here, name):
    (here / "shut").mkdir(mode=0o500)
    pathlib.Path("locked.csv").write_text("old")
    pathlib.Path("locked.csv").chmod(0o400)
    with pytest.raises(UsageError, match=f"^cannot write {name}: Permission denied"):
        check_file(name)


@pytest.mark.skipif(not pathlib.Path("/proc").exists(), reason="there is no /proc")
@pytest.mark.parametrize("check", [check_file, check_folder])
def test_a_folder_in_which_nothing_can_be_made_is_told_before(check):
    with pytest.raises(UsageError, match=r"^cannot write .*/proc/out"):
        check("/proc/out")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_an_error_of_writing_speaks_of_the_file_and_leaves_it(here, number):
    with pytest.raises(OSError) as caught, write_atomically("file.csv") as temporary:
        raise OSError(number, os.strerror(number), str(temporary))
    assert caught.value.filename == "file.csv"
    assert caught.value.errno == number
    assert pathlib.Path("file.csv").read_text() == "old"
    assert names(here) == {"file.csv"}


def test_an_error_of_another_file_speaks_of_that_one(here):
    with pytest.raises(FileNotFoundError) as caught, write_atomically("file.csv"):
        pathlib.Path("other").read_text()
    assert caught.value.filename == "other"


def test_a_folder_is_made_where_a_link_leads(here):
    pathlib.Path("run").symlink_to("store/run")
    check_folder("run")
    make_folder("run")
    assert (here / "store/run").is_dir()
    assert pathlib.Path("run").is_symlink()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file.csv", "file.csv is a file; give the name of a folder"),
        ("file.csv/run", "cannot write to file.csv/run (Not a directory"),
        ("circle", "cannot write circle: its symbolic links lead in a circle"),
    ],
)
def test_a_folder_that_cannot_be_made_is_told_by_its_name(here, name, reason):
    pathlib.Path("circle").symlink_to("circle")
    with pytest.raises(UsageError, match=f"^{re.escape(reason)}"):
        check_folder(name)


def test_removing_leaves_links_and_pipes(here):
    pathlib.Path("link.csv").symlink_to("file.csv")
    os.mkfifo("pipe")
    for name in ("link.csv", "pipe", "nothing"):
        remove(name)
    assert names(here) == {"link.csv", "pipe"}
    write("link.csv")
    assert pathlib.Path("file.csv").read_text() == "new"


def test_what_a_killed_process_left_is_found_where_a_link_leads(here):
    (here / "store").mkdir()
    pathlib.Path("model.keras").symlink_to("store/m")
    with write_atomically("model.keras") as temporary:
        assert temporary.suffix == ".keras"  # writers look at it
        assert [f.absolute() for f in leftovers(here / "model.keras")] == [temporary]
    assert leftovers(pathlib.Path("model.keras")) == []
