"""Starts a student's program behind walls and within limits; is a program itself.

It reads a plan from standard input: files to write, and what the program may use.
Behind walls, which need Linux and that `unshare` has made namespaces, the program sees
a file system in memory that holds its folder, and Python and NumPy, which it cannot
write to. Its network has no way out. The first process of its namespace waits for
it, and when that one ends, the kernel ends all others. It is a guard rail, not a jail.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import signal
import sys
from typing import Any

RECURSIVE_BIND = 4096 | 16384  # MS_BIND | MS_REC
DETACH = 2  # MNT_DETACH
SET_ATTRIBUTES = 442  # the number of mount_setattr, Linux 5.12
CURRENT_FOLDER = -100  # AT_FDCWD
RECURSIVE = 0x8000  # AT_RECURSIVE
READ_ONLY = 1  # MOUNT_ATTR_RDONLY
DROP_CAPABILITY = 24  # PR_CAPBSET_DROP
NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG
CAPABILITIES = 64
DISK = "size=64m,nr_inodes=2000,mode=755"
HOME = "/exercise"


def main() -> None:
    """Write the files, build the walls, set the limits, and become the program."""
    plan = json.load(sys.stdin)
    if not plan["walls"]:
        _write(pathlib.Path.cwd(), plan)
        _link(pathlib.Path.cwd() / "packages", plan["packages"])
        _limit(plan["limits"])
        _become(plan)
    _build(plan)
    child = os.fork()
    if not child:
        _limit(plan["limits"])
        _give_up_rights(plan["user"])
        _become(plan)
    while True:
        ended, status = os.wait()
        if ended == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _write(folder: pathlib.Path, plan: dict[str, Any]) -> None:
    for name, text in plan["files"].items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))


def _link(place: pathlib.Path, packages: list[str]) -> None:
    place.mkdir()
    for package in packages:
        (place / pathlib.Path(package).name).symlink_to(package)


def _limit(limits: dict[str, int]) -> None:
    import resource

    for name, limit in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(kind, (least, least))


def _become(plan: dict[str, Any]) -> None:
    program = plan["program"]
    environment = {**plan["environment"], "HOME": str(pathlib.Path.cwd())}
    os.execve(program[0], program, environment)


def _build(plan: dict[str, Any]) -> None:
    """Make a root of what the program may see, and leave the old one."""
    libc = ctypes.CDLL(None, use_errno=True)
    root = pathlib.Path.cwd() / "root"
    root.mkdir()
    _mount(libc, "none", root, "tmpfs", 0, DISK)
    folder = root / HOME.lstrip("/")
    packages = folder / "packages"
    packages.mkdir(parents=True)
    for place in plan["visible"]:
        _show(libc, place, root / place.lstrip("/"))
    for package in plan["packages"]:
        _show(libc, package, packages / pathlib.Path(package).name)
    for hidden in plan["hidden"]:
        if (root / hidden.lstrip("/")).is_dir():
            _mount(libc, "none", root / hidden.lstrip("/"), "tmpfs", 0, "size=4k")
    _write(folder, plan)
    os.chdir(root)
    _checked(libc.pivot_root(b".", b"."))  # puts the old root above the new one
    _checked(libc.umount2(b".", DETACH))
    os.chdir(HOME)
    pathlib.Path(HOME).chmod(0o777)


def _show(libc: Any, source: str, target: pathlib.Path) -> None:
    """Bind a folder or a file, with what is mounted below it, and lock it."""
    if pathlib.Path(source).is_symlink():
        target.symlink_to(pathlib.Path(source).readlink())  # /lib, to usr/lib
        return
    if pathlib.Path(source).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(libc, source, target, "", RECURSIVE_BIND, "")
    if not source.startswith("/dev/"):
        attributes = (ctypes.c_uint64 * 4)(READ_ONLY, 0, 0, 0)
        path = str(target).encode()
        _checked(
            libc.syscall(
                SET_ATTRIBUTES,
                CURRENT_FOLDER,
                path,
                RECURSIVE,
                attributes,
                ctypes.sizeof(attributes),
            )
        )


def _mount(
    libc: Any, source: str, target: pathlib.Path, kind: str, flags: int, data: str
) -> None:
    words = (source, str(target), kind)
    encoded = [word.encode() for word in words]
    _checked(libc.mount(*encoded, ctypes.c_ulong(flags), data.encode()))


def _give_up_rights(user: int | None) -> None:
    """Keep no capability, and be a user whom nothing belongs to."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(CAPABILITIES):
        libc.prctl(DROP_CAPABILITY, capability, 0, 0, 0)  # fails beyond the last one
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    _checked(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.prctl(END_WITH_PARENT, signal.SIGKILL, 0, 0, 0))


def _checked(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main()
