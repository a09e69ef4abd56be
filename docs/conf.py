"""How the site is built from these pages, the docstrings and the command line."""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

from keraslm.version import __version__  # noqa: E402

project = "keraslm"
author = "the keraslm team"
project_copyright = f"{author}, Apache-2.0"
release = version = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_click",
    "sphinx_copybutton",
    "api_pages",
    "docstrings",
    "quiet",
    "source_links",
]
exclude_patterns = ["_build", "extensions", "**/README.md"]

# Markdown
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 4

# Lessons: KERASLM_LESSONS is cache, force or off.
nb_execution_mode = os.environ.get("KERASLM_LESSONS", "cache")
nb_execution_timeout = 900
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_in_temp = True
nb_merge_streams = True
nb_output_stderr = "remove"
nb_ipywidgets_js = {}  # else each page links two hosts

# The page
html_theme = "furo"
html_title = f"keraslm {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
# One file with its own fonts; MathJax 4 fetches its fonts from another host.
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}  # its menu loads more
copybutton_exclude = ".linenos, .gp, .go"
highlight_language = "text"  # commands, and what they print; Python says it is

default_role = "literal"  # `code`, in the help of the commands

# Python. A type such as `bytes` may also be the name of an attribute of ours.
suppress_warnings = ["ref.python"]
if nb_execution_mode == "off":  # what only cells that have run can say
    suppress_warnings += [
        "myst-nb.lexer",
        "mystnb.lexer",
        "myst-nb.glue",
        "mystnb.glue",
    ]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
