"""The site builds without a warning, and opens without another host or a server."""

import contextlib
import functools
import hashlib
import http.server
import inspect
import os
import pathlib
import runpy
import shutil
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).parent.parent
MATHJAX = ROOT / "docs/_static/mathjax"
TOOLS = ROOT / ".venv-docs/bin/python"  # `make docs` and `make test-long` make it
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = (
    "index",
    "measuring",
    "lessons/00_how_to_run",
    "command-line",
    "api/keraslm.cells",
    "_modules/keraslm/cells/lstm",
    "gallery",
)


def test_mathjax_is_the_file_that_was_released() -> None:
    digest = hashlib.sha256((MATHJAX / "tex-svg.js").read_bytes()).hexdigest()
    assert f"sha256  {digest}  tex-svg.js" in (MATHJAX / "README.md").read_text("utf-8")
    assert "Apache License" in (MATHJAX / "LICENSE").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The site, built anew without running its lessons."""
    python = os.environ.get("KERASLM_DOCS_PYTHON", str(TOOLS))
    if not pathlib.Path(python).exists():
        pytest.skip("`make docs` has not set up .venv-docs")
    built = tmp_path_factory.mktemp("site") / "html"
    environment = os.environ | {"KERASLM_LESSONS": "off"}
    call = [python, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", str(built)]
    run = subprocess.run(
        call,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return built


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the site without a line for each request."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: pathlib.Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def faults_of(browser: Any, start: str) -> list[str]:
    """Open the pages; give what the console complains of, and what is asked outside."""
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []

    def only_inside(route: Any) -> None:
        if route.request.url.startswith((start, "data:")):
            route.continue_()
        else:
            faults.append(route.request.url)
            route.abort()

    page.route("**/*", only_inside)
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name in PAGES:
        page.goto(f"{start}/{name}.html")
        page.wait_for_load_state("networkidle")
        if page.query_selector(".math"):
            page.wait_for_selector("mjx-container svg")
    context.close()
    return faults


@pytest.mark.long
def test_the_site_needs_no_other_host(site: pathlib.Path, browser: Any) -> None:
    with served(site) as address:
        assert faults_of(browser, address) == []


@pytest.mark.long
def test_the_site_opens_from_a_folder(site: pathlib.Path, browser: Any) -> None:
    assert faults_of(browser, site.as_uri()) == []


@pytest.mark.long
def test_formulas_and_docstrings_are_drawn(site: pathlib.Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/measuring.html")
    page.wait_for_selector("mjx-container svg")
    assert page.locator("mjx-container svg").count() >= 3
    page.goto(f"{site.as_uri()}/api/keraslm.cells.html")
    entry = page.locator("dl.class", has_text="Long short-term memory").first
    assert "i = sigmoid(x W_i + b_i + h U_i)" in entry.inner_text()
    assert entry.locator("dt", has_text="Shapes").count()
    assert "Hochreiter & Schmidhuber (1997)" in entry.inner_text()
    page.close()


@pytest.mark.long
def test_every_command_is_on_the_page_of_commands(site: pathlib.Path) -> None:
    from keraslm_cli.main import COMMANDS

    page = (site / "command-line.html").read_text("utf-8")
    assert [name for name in COMMANDS if f'id="keraslm-{name}"' not in page] == []


def test_a_docstring_keeps_its_equations_and_its_signs() -> None:
    render = runpy.run_path(str(ROOT / "docs/extensions/docstrings.py"))["rendered"]
    docstring = """Cost of `y` after h_t * 2.

    Math:   H = -1/N sum_t
                log P(y_t)
    The mean is over `keraslm.text.Text`.

    Shapes: (batch, time) -> ()
    Raises: UsageError if there is no token,
            or `time` < 1.
    """
    assert render(inspect.cleandoc(docstring).split("\n")) == [
        r"Cost of ``y``\  after h\_t \* 2.",
        "",
        ":Math:",
        "",
        "    .. code-block:: none",
        "",
        "        H = -1/N sum_t",
        "            log P(y_t)",
        "",
        r"The mean is over :py:obj:`keraslm.text.Text`\ .",
        "",
        ":Shapes:",
        "",
        "    .. code-block:: none",
        "",
        "        (batch, time) -> ()",
        "",
        ":Raises:",
        "",
        r"    UsageError if there is no token, or ``time``\  < 1.",
        "",
    ]
