"""What this system offers to keep a student's program apart, and what it may see.

On Linux `unshare` makes namespaces of the network, the processes and the mounts, for
root and, where the kernel lets them, for users.
"""

import functools
import json
import os
import pathlib
import secrets
import shutil
import site
import subprocess
import sys
import tempfile
from typing import Any, NamedTuple

import numpy as np

from keraslm.course import launcher

NAMESPACES = ["-mnpiuf", "--kill-child"]  # mounts, net, processes, IPC, UTS; fork
OF_A_USER = ["-Ur"]  # a namespace of users, in which this one is root
FIRST_USER, USERS = 100_000_000, 1_000_000  # numbers that no account has
SECONDS = 10  # in which walls stand, or do not
LIMITS = {
    "RLIMIT_CPU": 20,  # seconds
    "RLIMIT_AS": 1 << 30,
    "RLIMIT_FSIZE": 16 << 20,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_NPROC": 8,
    "RLIMIT_CORE": 0,
}
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
LIBRARIES = "LD_LIBRARY_PATH"  # where some find the library of Python itself


class Walls(NamedTuple):
    """The call of `unshare` that makes the namespaces; without any it is empty.

    Root's programs become a user whom nothing belongs to, another one each time: the
    limit of processes counts those of a user.
    """

    call: list[str]
    of_root: bool = False

    @property
    def stand(self) -> bool:
        """Say whether there are any."""
        return bool(self.call)

    def start(self) -> list[str]:
        """Give the words that start the launcher."""
        return [*self.call, _python(), "-I", "-S", launcher.__file__]

    def plan(self, files: dict[str, str], program: list[str]) -> dict[str, Any]:
        """Give what the launcher reads: the files, and the arguments of Python."""
        return {
            "files": files,
            "program": [_python(), "-I", "-S", "-B", *program],
            "environment": environment(),
            "packages": _packages(),
            "limits": LIMITS,
            "walls": self.stand,
            "visible": _visible(),
            "hidden": _hidden(),
            "user": self._user(),
        }

    def _user(self) -> int | None:
        return FIRST_USER + secrets.randbelow(USERS) if self.of_root else None


@functools.cache
def walls() -> Walls:
    """Find the walls that stand here; they are tried."""
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return Walls([])
    ways = [Walls([unshare, *OF_A_USER, *NAMESPACES])]
    if os.geteuid() == 0:
        ways.insert(0, Walls([unshare, *NAMESPACES], of_root=True))
    return next(filter(_hold, ways), Walls([]))


def _hold(way: Walls) -> bool:
    plan = json.dumps(way.plan({}, ["-c", ""])).encode()
    with tempfile.TemporaryDirectory() as folder:
        try:
            tried = subprocess.run(
                way.start(),
                input=plan,
                capture_output=True,
                cwd=folder,
                env=environment(),
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return tried.returncode == 0


def environment() -> dict[str, str]:
    """Give the variables that a program of a student has, besides HOME."""
    libraries = {name: os.environ[name] for name in [LIBRARIES] if name in os.environ}
    return ENVIRONMENT | libraries


def _python() -> str:
    """Give the interpreter itself: that of an environment knows the environment."""
    return os.path.realpath(sys.executable)


def _packages() -> list[str]:
    numpy = pathlib.Path(np.__file__).resolve().parent
    libraries = numpy.with_name("numpy.libs")
    return [str(numpy), *([str(libraries)] if libraries.is_dir() else [])]


def _visible() -> list[str]:
    """Name what Python needs of the file system."""
    places = "/usr /lib /lib64 /etc/ld.so.cache /dev/null /dev/urandom".split()
    base = os.path.realpath(sys.base_prefix)
    if not pathlib.Path(base).is_relative_to("/usr"):
        places.append(base)
    return [place for place in places if pathlib.Path(place).exists()]


def _hidden() -> list[str]:
    """Name the folders of installed packages, and the one that keraslm lies in."""
    prefixes = [os.path.realpath(sys.base_prefix), "/usr", "/usr/local"]
    ours = pathlib.Path(__file__).resolve().parents[2]
    return [
        *site.getsitepackages(prefixes),
        "/usr/lib/python3/dist-packages",
        str(ours),
    ]
