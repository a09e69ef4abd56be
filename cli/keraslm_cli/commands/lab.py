"""keraslm lab: the page in the browser."""

import click

from keraslm_cli import completion, console, models


@click.command()
@click.argument(
    "given",
    metavar="MODEL...",
    nargs=-1,
    required=True,
    shell_complete=completion.files,
)
@models.level_option
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8321,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--scenes",
    metavar="FILE.toml",
    help="States of the page to walk through: a file, village or attention.",
)
@click.option(
    "--watch",
    metavar="RUN",
    help="Show how this run learns, also while it is trained or before it begins.",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; another than this machine's own needs a password.",
)
@click.option(
    "--password",
    metavar="WORD",
    help="Ask for this password, with the name lab. Plain HTTP can be overheard.",
)
def command(
    given: tuple[str, ...],
    level: str | None,
    port: int,
    open_page: bool,
    scenes: str | None,
    watch: str | None,
    host: str,
    password: str | None,
) -> None:
    """Show on a page in the browser what models make of a prompt.

    Up to four models, and the truth where village was learnt, stand side by side: the
    next tokens, the surprise of a text, the tree of what may follow, two prompts
    compared; with --watch also how a run learns. MODEL may also be truth:village, or a
    mixture of models, as in mix:runs/lstm=0.7,runs/3-gram=0.3. Nothing is loaded from
    outside; Ctrl-C ends the lab.
    """
    import os

    # Small products: a second thread would wait for the other programs of a laptop.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from keraslm.lab.opening import run_lab

    def ready(address: str) -> None:
        console.say(f"The lab is at {address} until Ctrl-C.")
        if password is not None and host not in ("127.0.0.1", "localhost", "::1"):
            console.note(
                "plain HTTP can be overheard: use it where you trust the network"
            )
        if open_page:
            click.launch(address)

    run_lab(given, level, host, port, scenes, password, ready, watch)
