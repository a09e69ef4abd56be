"""By which names the lab is reached: what a browser may have in its address line."""

import contextlib
import socket
from collections.abc import Mapping
from typing import Any

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERY = ("0.0.0.0", "::")  # every address of this machine
OUTSIDE = ("192.0.2.1", 9)  # an address of no machine (RFC 5737); nothing is sent


def hosts_of(host: str, port: int) -> frozenset[str]:
    """Give the Host headers that name a lab on this address and port."""
    names = {host.lower()}
    if host in LOOPBACK or host in EVERY:
        names.update(LOOPBACK)
    if host in EVERY:
        own = socket.gethostname().lower()
        names.update((own, f"{own.partition('.')[0]}.local"))
    hosts = {_with_port(name, port) for name in names}
    if port == 80:  # which browsers leave out
        hosts.update(_bracketed(name) for name in names)
    return frozenset(hosts)


def reached(scope: Mapping[str, Any]) -> frozenset[str]:
    """Give the Host headers that name the address to which a request came.

    No other page has this address: a page can make a name point here, but no number.
    """
    address, port = scope.get("server") or ("", None)
    if port is None:
        return frozenset()
    return hosts_of(address.removeprefix("::ffff:"), port)  # IPv4 on a socket of IPv6


def address_of(host: str, port: int) -> str:
    """Give the address for a browser; for every address, one that others can reach."""
    return f"http://{_with_port(_outward() if host in EVERY else host, port)}/"


def _outward() -> str:
    """Give the address with which this machine reaches others; else its name."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
    ):
        asked.connect(OUTSIDE)
        return str(asked.getsockname()[0])
    return socket.gethostname()


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _with_port(name: str, port: int) -> str:
    return f"{_bracketed(name)}:{port}"
