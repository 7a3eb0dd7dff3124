"""Print what a hub needs for 30 to 1,000 learners, from what was measured with three: docs/sizing.md.

Every figure is measured (docs/hub.md; the kernel with torch in an earlier trial) or called an assumption.
"""

import math

OWN_MB = {"light": 326, "whole": 890 + 128}  # server and one kernel; `whole`: 0.7 GB of the kernel were not shared
LEARNERS = (30, 100, 300, 1000)
AT_ONCE = 0.6  # assumed: the share of the people who are signed in at the same time
BUSY = 0.2  # assumed: the share of those whose kernel computes at this moment, with one processor each
SPARE = 1.25  # assumed: memory left free, for the system, a second notebook and shared libraries
NODE_GIB, NODE_CPU = 32, 8  # assumed: the size of a node
DISK_GIB = 2  # for each learner, from deploy/z2jh/values.yaml


def row(learners: int, way: str) -> tuple[int, int, int, int, int]:
    """Return people at once, GiB, processors, nodes, and GiB of disk."""
    people = math.ceil(learners * AT_ONCE)
    gib = math.ceil(people * OWN_MB[way] * SPARE * 1e6 / 2**30)
    cpu = max(2, math.ceil(people * BUSY))
    return people, gib, cpu, max(math.ceil(gib / NODE_GIB), math.ceil(cpu / NODE_CPU)), learners * DISK_GIB


def table() -> str:
    """Return the table as Markdown."""
    head = "| learners | way | at once | memory, GiB | processors | nodes | disk, GiB |\n|---|---|---|---|---|---|---|"
    lines = [
        f"| {learners:,} | {way} | " + " | ".join(f"{number:,}" for number in row(learners, way)) + " |"
        for learners in LEARNERS
        for way in OWN_MB
    ]
    gib = ", ".join(f"{way} {megabytes * SPARE * 1e6 / 2**30:.2f} GiB" for way, megabytes in OWN_MB.items())
    return "\n".join([head, *lines, "", f"For one learner and hour: {BUSY:g} processors, and {gib}."])


if __name__ == "__main__":
    print(table())
