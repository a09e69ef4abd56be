"""Each tool reveals its bug: what is mistaken fails the check, what is right passes."""

import time
import pathlib

import pytest

from keraslm.course.zoo.contents import NAMES, bugs

@pytest.mark.parametrize("name", NAMES)
def test_the_tool_reveals_the_bug(name):
    bug = bugs()[name]
    t = time.time()
    m = bug.check(bug.mistaken)
    r = bug.check(bug.right)
    print(name, m.figure, r.figure, m.limit, time.time() - t)
    assert m.passed is False
    assert r.passed is True
