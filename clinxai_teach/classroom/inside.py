"""What runs in the cage: it executes cells and hands out plain values. `cage.py` starts it; the judge never imports it.

The answers run in this process and can change all of it. So nothing here decides anything: it knows no right answer, no
secret and no other person, and whatever it says is only what the learner says.
"""

import json
import os
import resource
import signal
import warnings
from typing import Any

from clinxai_teach.classroom.values import line, pack, unpack


class TimeIsUp(BaseException):
    """A cell or a call took too long. No `except Exception` catches it."""


def _give_up_rights(limits: dict[str, int]) -> None:
    """Take away what an answer does not need, for good: no way leads back without rights that the cage has not."""
    if os.getuid() == 0 and limits.get("uid"):  # started by root: root has no limit of processes
        os.setgroups([])
        os.setgid(limits["uid"])
        os.setuid(limits["uid"])
    for name in ("AS", "NPROC", "FSIZE", "NOFILE", "CPU", "CORE"):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limits[name], limits[name]))


def main() -> None:
    """Answer one request a line until the other side closes."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    limits = json.loads(requests.readline())
    _give_up_rights(limits)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # what an answer prints goes nowhere; input() finds nothing
        os.dup2(nowhere, number)

    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: Any = None) -> None:
            """Let `%matplotlib inline` pass: nothing is shown here."""

    warnings.simplefilter("ignore")
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.colors = "nocolor"
    replies.write(line({"ready": os.getpid()}))
    replies.flush()

    def alarm(*_: Any) -> None:
        raise TimeIsUp

    signal.signal(signal.SIGALRM, alarm)
    for request in iter(requests.readline, b""):
        asked = json.loads(request)
        signal.setitimer(signal.ITIMER_REAL, asked["seconds"])
        try:
            reply = _do(shell, asked)
        except TimeIsUp:
            reply = {"error": "TimeIsUp", "text": ""}
        except BaseException as error:
            reply = {"error": type(error).__name__[:80], "text": str(error)[:300]}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(line({"id": asked["id"], **reply}))
        replies.flush()


def _do(shell: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Run a cell, hand out a value, or call a function."""
    if asked["do"] == "run":
        result = shell.run_cell(asked["source"], store_history=False, silent=True)
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, SystemExit):  # a notebook goes on after sys.exit()
            error = None
        return {"error": type(error).__name__[:80], "text": str(error)[:300]} if error else {"value": None}
    names = shell.user_ns
    if asked["name"] not in names:
        return {"missing": asked["name"]}
    value = names[asked["name"]]
    if asked["do"] == "call":
        value = value(*[unpack(argument) for argument in asked["arguments"]])
    return {"value": pack(value)}


if __name__ == "__main__":
    main()
