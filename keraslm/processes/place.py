"""Which of several processes this is, and where they meet."""

import dataclasses
import ipaddress
import os
from collections.abc import Mapping

from keraslm.errors import UsageError
from keraslm.processes.environment import PORT, found

LARGEST_PORT = 65535
SECONDS = 300.0  # that a process waits for the others
LONGEST = 1e6  # seconds, eleven days


@dataclasses.dataclass(frozen=True)
class Processes:
    """So many processes, of which this is one; the first listens at HOST:PORT.

    `wait` is how many seconds it waits for the others.

    Raises: UsageError for a `wait` that is no number above 0, or above a million.
    """

    host: str
    port: int
    count: int
    index: int
    wait: float = SECONDS

    def __post_init__(self) -> None:
        if not 0 < self.wait <= LONGEST:
            raise UsageError(
                f"`wait` must be a number of seconds above 0, at most {LONGEST:,.0f}; "
                f"received {self.wait}"
            )

    @property
    def is_first(self) -> bool:
        """Whether this process listens, and writes the run."""
        return self.index == 0

    @property
    def own_host(self) -> str:
        """The address at which the first process listens; "" is all of its machine."""
        return self.host if _is_loopback(self.host) else ""

    def at(self, port: int) -> str:
        """Write where this process finds a port of the first one, as HOST:PORT.

        The first finds it on its own machine, whatever name the others know that by.
        """
        host = self.host
        if self.is_first:
            host = "::1" if ":" in host else "127.0.0.1"
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @classmethod
    def of(
        cls,
        coordinator: str | None = None,
        processes: int | None = None,
        process: int | None = None,
        wait: float | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> "Processes | None":
        """Put together what was given, and what SLURM's or Kubernetes' variables say.

        Gives None where there is one process only.
        Raises: UsageError if something is missing, or does not fit.
        """
        told = found(os.environ if variables is None else variables)
        given = {"coordinator": coordinator, "processes": processes, "process": process}
        known = told | {n: str(v) for n, v in given.items() if v is not None}
        if known.keys() <= {"process"} and process is None:
            return None  # an Indexed Job's number alone makes no several processes
        _check_complete(given, known)
        count = _whole("processes", known["processes"], 1)
        index = _whole("process", known["process"], 0)
        if index >= count:
            raise UsageError(
                f"`process` must be one of 0 to {count - 1}, of {count} `processes`; "
                f"received {index}"
            )
        if count == 1 and coordinator is None:
            return None
        host, port = address(known["coordinator"])
        return cls(host, port, count, index, SECONDS if wait is None else wait)


def _check_complete(given: Mapping[str, object], known: Mapping[str, str]) -> None:
    missing = [f"`{name}`" for name in given if name not in known]
    if missing:
        there = [f"`{name}`" for name in given if name in known]
        raise UsageError(
            "several processes need `coordinator`, `processes` and `process`, or the "
            f"variables of SLURM or Kubernetes; {', '.join(there)} is known, "
            f"{', '.join(missing)} is missing"
        )


def _whole(name: str, value: str, least: int) -> int:
    if not value.strip().isdecimal() or int(value) < least:
        raise UsageError(
            f"`{name}` must be a whole number, {least} or more; received {value!r}"
        )
    return int(value)


def address(coordinator: str) -> tuple[str, int]:
    """Read HOST:PORT, or [HOST]:PORT of IPv6; without a port it is the usual one.

    Raises: UsageError
    """
    host, colon, port = coordinator.rpartition(":")
    if not colon or "]" in port:
        host, port = coordinator, str(PORT)
    host = host.removeprefix("[").removesuffix("]")
    is_port = port.isdecimal() and 0 < int(port) <= LARGEST_PORT
    if not host or not is_port:
        raise UsageError(
            "`coordinator` must be HOST:PORT, of the machine of process 0 and a free "
            f"port there; received {coordinator!r}"
        )
    return host, int(port)


def _is_loopback(host: str) -> bool:
    """Say whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
