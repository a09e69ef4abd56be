"""Sizes of memory, as they are written and as the system says them."""

import pytest

from keraslm import memory
from keraslm.errors import UsageError


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("2G", 2 * 1024**3),
        ("500M", 500 * 1024**2),
        ("1.5 GB", 3 * 1024**3 // 2),
        ("64MiB", 64 * 1024**2),
        ("1t", 1024**4),
        ("3k", 3072),
        ("4096", 4096),
    ],
)
def test_a_size_is_a_number_with_a_unit(written, size):
    assert memory.parse_size(written) == size


@pytest.mark.parametrize(
    "written", ["", "0", "-1G", "2X", "G", "1e9", "2 G G", "9999T"]
)
def test_anything_else_is_explained(written):
    with pytest.raises(UsageError, match="such as 500M, 2G") as refused:
        memory.parse_size(written)
    assert repr(written) in str(refused.value)


def test_sizes_are_said_with_their_unit():
    sizes = (0, 1023, 1024, 64 * 1024**2, 1.5 * 1024**3, 1000 * 1024**2, 5 * 1024**4)
    said = [memory.in_words(size) for size in sizes]
    assert said == [
        "0 bytes",
        "1023 bytes",
        "1 KB",
        "64 MB",
        "1.5 GB",
        "1000 MB",
        "5 TB",
    ]


def test_the_least_limit_counts(monkeypatch):
    monkeypatch.setattr(memory, "_free_of_machine", lambda: 8000)
    monkeypatch.setattr(memory, "_free_of_groups", lambda: [5000, 9000])
    monkeypatch.setattr(memory, "_free_addresses", list)
    assert memory.free_memory() == 5000
    monkeypatch.setattr(memory, "_free_addresses", lambda: [1000])
    assert memory.free_memory() == 1000
    assert memory.usual_memory() == 600


@pytest.mark.parametrize(
    ("limit", "used"),
    [
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ],
)
def test_a_group_of_processes_has_its_limit(monkeypatch, tmp_path, limit, used):
    (tmp_path / limit).write_text("1000\n")
    (tmp_path / used).write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\nfile 230\nshmem 30\n")
    monkeypatch.setattr(memory, "_groups", lambda: [tmp_path, tmp_path / "none"])
    # 1000 - 700, and 200 that files take and give up, not those of a tmpfs
    assert memory._free_of_groups() == [500]
    (tmp_path / limit).write_text("max\n")
    assert memory._free_of_groups() == []


def test_the_first_version_counts_the_files_of_the_groups_below(monkeypatch, tmp_path):
    (tmp_path / "memory.limit_in_bytes").write_text("1000\n")
    (tmp_path / "memory.usage_in_bytes").write_text("700\n")
    stat = "cache 5\nshmem 0\ntotal_cache 230\ntotal_shmem 30\n"
    (tmp_path / "memory.stat").write_text(stat)
    monkeypatch.setattr(memory, "_groups", lambda: [tmp_path])
    assert memory._free_of_groups() == [500]


def test_both_versions_may_be_there_at_once(tmp_path):
    told = tmp_path / "cgroup"
    told.write_text("4:memory:/box/inner\n1:cpu:/\n0::/\n", "utf-8")
    first = tmp_path / "memory"
    groups = memory._groups(str(tmp_path), str(told))
    assert groups == [tmp_path, first / "box/inner", first / "box", first]
    told.write_text("0::/box\n", "utf-8")
    groups = memory._groups(str(tmp_path), str(told))
    assert groups == [tmp_path / "box", tmp_path, first]
