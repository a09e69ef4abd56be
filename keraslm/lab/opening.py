"""Starting the lab: models, scenes, a socket, and the page."""

from collections.abc import Callable, Sequence

from keraslm.answers.learning import Learning
from keraslm.errors import MissingExtra, UsageError
from keraslm.lab.hosts import LOOPBACK, address_of, hosts_of
from keraslm.lab.scenes import read_scenes
from keraslm.lab.shelf import Shelf


def run_lab(
    given: Sequence[str],
    level: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8321,
    scenes: str | None = None,
    password: str | None = None,
    ready: Callable[[str], None] = print,
    watch: str | None = None,
) -> None:
    """Serve the page until Ctrl-C; `ready` gets its address.

    `watch` is a folder RUN whose training is shown; it need not have begun.

    Raises: UsageError for models, scenes or an address that cannot be used, or a place
        other than this machine without a `password`; MissingExtra without a server.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise MissingExtra("The lab", "lab") from error
    from keraslm.lab.app import app
    from keraslm.lab.serving import listen, serve

    if host not in LOOPBACK and not password:
        raise UsageError(
            f"{host} can be reached by others; give a `password`, or no `host`"
        )
    if password is not None and not password:
        raise UsageError("an empty `password` protects nothing; give another")
    shown = read_scenes(scenes) if scenes else []
    opened = listen(host, port)
    with opened:
        port = opened.getsockname()[1]
        shelf = Shelf(given, level)
        watched = None if watch is None else Learning(watch)
        guarded = app(shelf, shown, hosts_of(host, port), password, watched)
        serve(guarded, opened, lambda: ready(address_of(host, port)))
