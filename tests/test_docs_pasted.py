"""What pages show is pasted, line after line, in one folder, with short trainings.

`make docs-commands` does it with all pages.
"""

import pytest

from tests.docs_shell import Folder
from tests.paste_docs import pages, paste, reason, shortened
from tests.what_readers_bring import bring

# What no other test runs, and the hour that everyone begins with.
PASTED = ("README", "ten-minutes", "vectors", "adopting", "ladder")


@pytest.mark.parametrize(
    ("line", "as_it_is_run"),
    [
        (
            "keraslm train village --model lstm --minutes 2 --out runs/lstm",
            "keraslm train village --model lstm --steps 2 --out runs/lstm",
        ),
        (
            "keraslm train corpus.txt --out runs/a   # a network",
            "keraslm train corpus.txt --out runs/a --steps 2",
        ),
        (
            "keraslm train village --model ngram --out runs/counts",
            "keraslm train village --model ngram --out runs/counts",
        ),
        (
            "keraslm train reviews --task classify --model max-pool --out runs/a",
            "keraslm train reviews:small --task classify --model max-pool --out runs/a"
            " --steps 2",
        ),
        (
            "keraslm lab runs/counts runs/lstm --open     # live",
            "timeout -s INT 12 keraslm lab runs/counts runs/lstm  --port 0",
        ),
        (
            "keraslm ladder village --minutes 8 --out ladders/village   # all kinds",
            "keraslm ladder village --minutes 0.05 --out ladders/village"
            " --rungs uniform,kneser-ney-5",
        ),
    ],
)
def test_a_line_is_shortened_as_the_table_says(line, as_it_is_run):
    assert not reason(line)
    assert shortened(line) == as_it_is_run


def test_a_line_that_is_not_run_has_its_reason():
    assert reason("make docs     # the course as a site") == "sets up a machine"
    assert reason("keraslm datasets fetch tiny-shakespeare") == "asks another host"


def test_a_loop_fails_if_one_of_its_turns_does(tmp_path):
    assert Folder(tmp_path).run("for x in 1 2; do test $x = 2; done").status == 1


@pytest.mark.long
def test_pages_pasted_one_after_another_work(tmp_path):
    folder = Folder(tmp_path)
    bring(folder)
    chosen = [page for page in pages() if page.stem in PASTED]
    assert len(chosen) == len(PASTED)
    assert [fault for page in chosen for fault in paste(folder, page)] == []
