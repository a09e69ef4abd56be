"""Downloads against a real server on loopback, in good days and bad."""

import pathlib
import socket
import threading

import pytest

from keraslm.errors import DownloadError
from keraslm_datasets.cards import RemoteFile
from keraslm_datasets.download import download

BODY = bytes(range(256)) * 2000  # what the site of conftest.py serves


@pytest.fixture
def target(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "cache" / "corpus.txt"


def left_behind(target: pathlib.Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_file_arrives_whole_with_its_progress(site, target):
    seen = []
    download(site.file(), target, lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == BODY
    assert left_behind(target) == ["corpus.txt"]
    assert seen[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_host_that_refuses_pythons_user_agent_still_gives_the_file(site, target):
    download(site.file(), target)
    assert site.requests[0]["User-Agent"].startswith("keraslm/")


def test_a_wrong_checksum_removes_the_file_and_names_both(site, target):
    wrong = site.file(sha256="0" * 64)
    with pytest.raises(DownloadError, match=f"{'0' * 64}.*{site.sha256}"):
        download(wrong, target)
    assert left_behind(target) == []
    assert len(site.requests) == 1


def test_md5_is_checked_where_no_sha256_is_published(site, target):
    with pytest.raises(DownloadError, match="md5 must be 00"):
        download(site.file(sha256="", md5="00"), target)


def test_without_a_published_checksum_the_file_is_taken(site, target):
    download(site.file(sha256=""), target)
    assert target.read_bytes() == BODY


def test_a_cut_connection_is_an_error_that_keeps_the_part(site, target):
    site.cuts = [100_000]
    with pytest.raises(DownloadError, match="cut after 100000 of 512000 bytes"):
        download(site.file(), target, retry_waits=())
    assert not target.exists()
    assert target.with_name("corpus.txt.part").stat().st_size == 100_000


def test_the_next_call_goes_on_where_the_connection_was_cut(site, target):
    site.cuts = [100_000]
    with pytest.raises(DownloadError):
        download(site.file(), target, retry_waits=())
    seen = []
    download(site.file(), target, lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == BODY
    assert site.requests[1]["Range"] == "bytes=100000-"
    assert seen[0][0] > 100_000
    assert seen[-1] == (len(BODY), len(BODY))
    assert left_behind(target) == ["corpus.txt"]


def test_a_cut_connection_is_tried_again_within_one_call(site, target):
    site.cuts = [100_000, 300_000]
    download(site.file(), target, retry_waits=(0, 0))
    assert target.read_bytes() == BODY
    asked = [request.get("Range") for request in site.requests]
    assert asked == [None, "bytes=100000-", "bytes=300000-"]


def test_an_interrupted_download_is_gone_on_with(site, target):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(site.file(), target, interrupt)
    assert not target.exists()
    download(site.file(), target)
    assert target.read_bytes() == BODY
    assert site.requests[1]["Range"] == "bytes=65536-"


def test_a_server_without_ranges_is_read_from_the_start(site, target):
    site.ranges = False
    site.cuts = [100_000]
    download(site.file(), target, retry_waits=(0,))
    assert target.read_bytes() == BODY


def test_a_file_that_changed_meanwhile_is_read_from_the_start(site, target):
    site.cuts = [100_000]
    with pytest.raises(DownloadError):
        download(site.file(), target, retry_waits=())
    site.body, site.etag = BODY[::-1], '"two"'
    download(site.file(), target, retry_waits=())
    assert target.read_bytes() == BODY[::-1]


def test_a_part_that_is_longer_than_the_file_is_dropped(site, target):
    site.cuts = [100_000]
    with pytest.raises(DownloadError):
        download(site.file(), target, retry_waits=())
    site.body = b"short"
    download(site.file(), target, retry_waits=(0,))
    assert target.read_bytes() == b"short"


def test_a_part_that_was_damaged_is_dropped(site, target):
    site.cuts = [100_000]
    with pytest.raises(DownloadError):
        download(site.file(), target, retry_waits=())
    target.with_name("corpus.txt.part").write_bytes(b"x" * 100_000)
    download(site.file(), target, retry_waits=(0,))
    assert target.read_bytes() == BODY


def test_a_part_from_another_mirror_is_not_gone_on_with(site, target):
    site.cuts = [100_000, 100_000]
    urls = (f"{site.url}/a", f"{site.url}/b")
    with pytest.raises(DownloadError):
        download(site.file(urls=urls), target, retry_waits=())
    assert "Range" not in site.requests[1]


def test_a_passing_fault_is_tried_again(site, target):
    site.statuses = [500, 503]
    download(site.file(), target, retry_waits=(0, 0))
    assert target.read_bytes() == BODY


def test_a_fault_that_stays_ends_the_tries(site, target):
    site.statuses = [500] * 9
    with pytest.raises(DownloadError, match="answered 500"):
        download(site.file(), target, retry_waits=(0, 0))
    assert len(site.requests) == 3
    assert left_behind(target) == []


def test_a_missing_file_is_not_tried_again_but_the_next_mirror_is(site, target):
    site.statuses = [404]
    urls = (f"{site.url}/gone", f"{site.url}/corpus.txt")
    download(site.file(urls=urls), target, retry_waits=(9,))
    assert target.read_bytes() == BODY
    assert len(site.requests) == 2


def test_a_file_that_does_not_end_is_not_waited_for(site, target):
    with pytest.raises(DownloadError, match="more than the 500,000 bytes"):
        download(site.file(bytes=500_000), target)
    assert left_behind(target) == []
    assert len(site.requests) == 1


def test_a_silent_server_is_given_up(site, target, monkeypatch):
    monkeypatch.setattr("keraslm_datasets.download.TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/corpus.txt"
        with pytest.raises(DownloadError, match=r"no answer within 0\.05 seconds"):
            download(site.file(urls=(url,)), target, retry_waits=(0,))


def test_without_a_network_the_error_says_how_to_help_oneself(site, target):
    closed = "http://127.0.0.1:1/corpus.txt"
    with pytest.raises(DownloadError) as caught:
        download(site.file(urls=(closed,)), target)
    assert closed in str(caught.value)
    assert str(target) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_that_is_not_http_is_refused(tmp_path, target):
    secret = tmp_path / "secret"
    secret.write_text("x")
    with pytest.raises(DownloadError, match="not an http address"):
        download(RemoteFile("corpus.txt", (secret.as_uri(),)), target)


def test_a_cache_that_cannot_be_written_is_named(site, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="KERASLM_HOME") as caught:
        download(site.file(), tmp_path / "file" / "cache" / "corpus.txt")
    assert str(tmp_path / "file" / "cache") in str(caught.value)
    assert site.requests == []


def test_two_at_once_do_not_disturb_each_other(site, target):
    errors = []

    def fetch() -> None:
        try:
            download(site.file(), target)
        except Exception as error:  # reported in the main thread
            errors.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert target.read_bytes() == BODY
    assert left_behind(target) == ["corpus.txt"]
