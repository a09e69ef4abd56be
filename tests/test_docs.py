"""The examples of the documentation run, and its links lead somewhere."""

import ast
import pathlib
import re
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_examples_of_the_python_page_run(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = {}
    for block in _python_blocks(ROOT / "docs/python.md"):
        shown |= _run(block, names)
    assert shown["round(probabilities.sum(), 6)"] == 1.0
    assert shown["float(np.max(np.abs(plain(ids) - logits))) < 1e-05"] is True
    assert shown["run.card.perplexity"] > 1
    mixed = "mixture.evaluate(corpus.valid).perplexity <= run.card.perplexity"
    assert shown[mixed]


def _python_blocks(page: pathlib.Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def _run(block: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run a block; give the value of each line that is an expression."""
    shown = {}
    for statement in ast.parse(block).body:
        if isinstance(statement, ast.Expr):
            source = ast.unparse(statement)
            shown[source] = eval(source, names)
        else:
            exec(ast.unparse(statement), names)
    return shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: pathlib.Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [t for t in local if not (page.parent / t).exists()] == []
