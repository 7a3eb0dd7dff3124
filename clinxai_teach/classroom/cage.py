"""The cage: answers run in it without a network, without your files, and with limits of everything.

bubblewrap (`bwrap`) shuts a process into its own view of the machine: the system and Python read-only, the course
package without its exercises, an empty scratch folder in memory, no network, no other process in sight. This side holds
the other end of one pipe, and believes nothing that comes through it.
"""

import json
import os
import platform
import re
import secrets
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from clinxai_teach.classroom.values import Unreadable, clean, line, pack, unpack

PACKAGE = Path(__file__).resolve().parents[1]
MEGABYTE = 1 << 20
LONGEST_REPLY = 4 * MEGABYTE
CELL_SECONDS = 20.0
GRACE = 4.0  # an answer that swallows its alarm gets no more than this
BUDGET = 180.0  # for all that one person handed in
MEMORY = 3000 * MEGABYTE
PROCESSES = 32
CONTAINER = "deploy/class/Containerfile"


class Died(BaseException):
    """The cage is gone, or was closed because of what came out of it. Its text says why, in plain words.

    No `except Exception` on the way stops it: the judge decides what becomes of the other answers.
    """


@cache
def why_not() -> str | None:
    """Return why this machine cannot have a cage, as a sentence for the teacher; None where it can."""
    advice = f"Marks are given only in the cage. Use a Linux machine, or the container in {CONTAINER} (docs/class.md)."
    if sys.platform != "linux":
        return f"The cage needs Linux, and this is {sys.platform}. {advice}"
    if shutil.which("bwrap") is None:
        return f"The program bwrap is missing (Debian and Ubuntu: apt install bubblewrap). {advice}"
    tried = subprocess.run([*_wall(), "/usr/bin/env", "true"], capture_output=True, text=True, timeout=30, check=False)
    if tried.returncode:
        return f"bwrap cannot shut a process in here ({tried.stderr.strip()[:200]}). {advice}"
    return None


def _wall() -> list[str]:
    """Return the command line of bwrap: what the cage has, and nothing else."""
    prefix = Path(sys.prefix)
    base = Path(sys.base_prefix).resolve()
    command = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    if os.getuid() == 0:  # root needs no name space of users; `inside` then becomes somebody without rights
        command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-all"]
    for folder in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime"):
        command += ["--ro-bind-try", file, file]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(16 * MEGABYTE), "--perms", "1777"]
    command += ["--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    command += ["--size", str(128 * MEGABYTE), "--perms", "1777", "--tmpfs", "/tmp"]
    shown = {base: base} if not base.is_relative_to("/usr") else {}
    if not prefix.is_relative_to("/usr") and prefix.resolve() != base:
        shown[prefix] = prefix.resolve()
    if not PACKAGE.is_relative_to(prefix):  # installed from a clone: the package alone, not what lies beside it
        shown[PACKAGE] = PACKAGE
    for path, source in shown.items():
        for parent in reversed(path.parents[:-1]):  # bwrap would close these to everybody but root
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(source), str(path)]
    command += ["--tmpfs", str(PACKAGE / "exercises"), "--remount-ro", str(PACKAGE / "exercises")]
    for name, value in {
        "PATH": f"{prefix / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/tmp",
        "IPYTHONDIR": "/tmp/.ipython",
        "MPLCONFIGDIR": "/tmp/.matplotlib",
        "MPLBACKEND": "Agg",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }.items():
        command += ["--setenv", name, value]
    return [*command, "--chdir", "/tmp"]


class Cage:
    """One process in a cage, and this side of its pipe. Make it with `caged`."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._process = subprocess.Popen(
            [*_wall(), sys.executable, "-P", "-s", "-m", "clinxai_teach.classroom.inside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin"},
            close_fds=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        os.set_blocking(self._from.fileno(), False)
        os.set_blocking(self._to.fileno(), False)
        self._rest = b""
        limits = {
            "uid": 61_000 + os.getpid() % 4_000,
            "AS": 2 * MEMORY,  # addresses; what is really used is counted in `_watch`
            "NPROC": PROCESSES if os.getuid() == 0 or _counts_in_the_cage() else 1 << 20,
            "FSIZE": 64 * MEGABYTE,
            "NOFILE": 256,
            "CPU": int(BUDGET) + 60,
            "CORE": 0,
        }
        self._talk(limits, 60.0)

    def run(self, source: str) -> str | None:
        """Execute a cell; return its error as one sentence, or None. Raises Died."""
        return _error(self._ask(do="run", source=source))

    def value(self, name: str) -> Any:
        """Return what a name holds, as plain values; Ellipsis where there is no such name. Raises Died."""
        return self._value(self._ask(do="value", name=name))

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Call a function in the cage. Raises RuntimeError with its error in words, and Died."""
        reply = self._ask(do="call", name=name, arguments=[pack(argument) for argument in arguments])
        if error := _error(reply):
            raise RuntimeError(error)
        return self._value(reply)

    def close(self) -> None:
        """End every process of the cage."""
        self._process.kill()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
        self._process.wait()

    def _value(self, reply: dict[str, Any]) -> Any:
        if "missing" in reply:
            return Ellipsis
        if error := _error(reply):
            return Unreadable(f"a value that stopped with {error}")
        return unpack(reply.get("value"))

    def _ask(self, **request: Any) -> dict[str, Any]:
        ticket = secrets.token_hex(8)  # so that no reply can be written before it was asked for
        seconds = min(CELL_SECONDS, self.deadline - time.monotonic())
        if seconds <= 0:
            raise Died(f"the time for one person ({BUDGET:.0f} s) was used up")
        reply = self._talk({"id": ticket, "seconds": seconds, **request}, seconds + GRACE)
        if reply.get("id") != ticket:
            raise Died("the answer wrote into the marker's own pipe")
        return reply

    def _talk(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a message and return the reply: one line, not too long, in time. Anything else is Died."""
        until = time.monotonic() + seconds
        rest = memoryview(line(message))
        with selectors.DefaultSelector() as ready:
            ready.register(self._to, selectors.EVENT_WRITE)
            ready.register(self._from, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                self._watch(until)
                for key, _ in ready.select(0.2):
                    try:
                        if key.fileobj is self._to:
                            rest = rest[os.write(self._to.fileno(), rest[:65536]) :]
                            if not rest:
                                ready.unregister(self._to)
                        else:
                            came = os.read(self._from.fileno(), 65536)
                            if not came:
                                raise Died("it stopped (killed itself, or ran out of memory)")
                            self._rest += came
                    except (BrokenPipeError, ConnectionError):
                        raise Died("it stopped (killed itself, or ran out of memory)") from None
                if len(self._rest) > LONGEST_REPLY:
                    raise Died("more came out than an answer can hold")
        reply, _, self._rest = self._rest.partition(b"\n")
        try:
            found = json.loads(reply)
        except (ValueError, RecursionError):
            raise Died("what came out could not be read") from None
        if not isinstance(found, dict):
            raise Died("what came out could not be read")
        return found

    def _watch(self, until: float) -> None:
        """Raise Died where time, memory or processes are used up."""
        if time.monotonic() > until:
            raise Died(f"an answer did not stop within {CELL_SECONDS:.0f} s")
        pages, processes = _used(self._process.pid)
        if pages > MEMORY:
            raise Died(f"it took more than {MEMORY // MEGABYTE} MB of memory")
        if processes > 2 * PROCESSES:
            raise Died("it started too many processes")


def _counts_in_the_cage() -> bool:
    """Say whether this kernel counts the processes of a cage apart from the user's others; Linux does since 5.14."""
    return tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2]) >= (5, 14)


def _used(pid: int) -> tuple[int, int]:
    """Return the memory in bytes and the number of all processes that stem from one."""
    memory, count, waiting = 0, 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            folder = f"/proc/{one}"
            with open(f"{folder}/statm", encoding="utf-8") as file:
                memory += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in os.listdir(f"{folder}/task"):
                with open(f"{folder}/task/{task}/children", encoding="utf-8") as file:
                    waiting += [int(child) for child in file.read().split()]
            count += 1
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
    return memory, count


def _error(reply: dict[str, Any]) -> str | None:
    """Return an error from the cage as one sentence."""
    if not isinstance(kind := reply.get("error"), str):
        return None
    if kind == "TimeIsUp":
        return f"it took longer than {CELL_SECONDS:.0f} s"
    text = clean(" ".join(str(reply.get("text", "")).split())[:200])
    text = re.sub(r"\(<[^<>]*>, (line \d+)\)", r"(\1)", text)  # the cell's name says nothing, and a web page hides it
    return f"{clean(kind[:80])}: {text}" if text else clean(kind[:80])


@contextmanager
def caged(deadline: float) -> Iterator[Cage]:
    """Open a cage until the context ends or `deadline` (of time.monotonic) has passed."""
    cage = Cage(deadline)
    try:
        yield cage
    finally:
        cage.close()


__all__ = ["Cage", "Died", "Unreadable", "caged", "why_not"]
