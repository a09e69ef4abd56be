"""Links of the pages to files of the library lead to their highlighted source."""

import pathlib
from typing import Any

from docutils import nodes
from sphinx import addnodes

ROOT = pathlib.Path(__file__).parent.parent.parent
HOMES = (ROOT / "datasets", ROOT / "cli", ROOT)


def module_of(path: pathlib.Path) -> str:
    """Name the module that a file holds, as Python imports it."""
    home = next(home for home in HOMES if path.is_relative_to(home))
    return ".".join(path.relative_to(home).with_suffix("").parts)


def lead_to_source(app: Any, doctree: nodes.document, docname: str) -> None:
    """Replace the download of a file by a link, where its source has a page."""
    if app.builder.format != "html":
        return
    shown = getattr(app.env, "_viewcode_modules", {})
    for link in list(doctree.findall(addnodes.download_reference)):
        path = pathlib.Path(app.env.relfn2path(link["reftarget"], docname)[1])
        if path.suffix == ".py" and shown.get(module := module_of(path.resolve())):
            page = "_modules/" + module.replace(".", "/")
            target = app.builder.get_relative_uri(docname, page)
            text = link.children
            link.replace_self(nodes.reference("", "", *text, refuri=target))


def setup(app: Any) -> dict[str, bool]:
    app.connect("doctree-resolved", lead_to_source)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
