"""The vessels of the lungs, which taper and fork from the hila outwards, and the bronchi beside them."""

import numpy as np

from clinxai_teach.data._drawing import Drawing, Stack, blur, dots

FAN = np.array([-1.25, -0.75, -0.15, 0.40, 0.85, 1.25], dtype=np.float32)  # directions of a lung's main vessels
SIGN, DIRECTION = np.repeat(np.array([-1, 1], dtype=np.float32), len(FAN)), np.tile(FAN, 2)
FORK = 3  # branches that leave a vessel
MAIN = len(SIGN)
N_BRANCHES = MAIN * (1 + FORK + FORK**2)
TEXTURE = 40  # numbers a side from which the fine pattern of the lung is drawn
WIDTHS = (0.016, 0.009, 0.006)  # how soft the three orders of branches are


def sample_vessels(rng: np.random.Generator, n: int) -> tuple[Drawing, Drawing]:
    """Draw what grows the vessels of n patients `(n, branches, 4)`, and the fine pattern of their lungs."""
    uniform = rng.random((n, N_BRANCHES * 4 + TEXTURE**2), dtype=np.float32)
    branches = uniform[:, : N_BRANCHES * 4].reshape(n, N_BRANCHES, 4)
    texture = (uniform[:, N_BRANCHES * 4 :] - 0.5) * np.float32(np.sqrt(12))
    return branches, texture.reshape(n, TEXTURE, TEXTURE)


def grow(p: Stack, draws: Drawing) -> list[Stack]:
    """Return the tree of vessels of n patients: for each of three orders its branches, with arrays `(n, branches)`.

    A branch starts at `x`, `y`, runs in the direction `angle` (0 = outwards, positive = down), bends by `bend` and
    tapers from `thick` to `thin`; `sign` is its side.
    """
    tree = [leave_hila(p, draws[:, :MAIN])]
    tree.append(fork(tree[0], draws[:, MAIN : MAIN * (1 + FORK)]))
    tree.append(fork(tree[1], draws[:, MAIN * (1 + FORK) :]))
    return tree


def leave_hila(p: Stack, draws: Drawing) -> Stack:
    """Return the main vessels of both lungs. Those that run down are thicker, and the left hilum stands higher."""
    a, b, c, d = np.moveaxis(draws, -1, 0)
    down = DIRECTION > 0
    level = np.float32(0.02) * p.inspiration[:, :, 0]
    hilum_x = SIGN * 0.165 + p.rotation[:, :, 0]
    hilum_y = np.where(SIGN > 0, -0.13, -0.09).astype(np.float32) + level
    main = Stack(
        x=hilum_x + SIGN * 0.02 * a,
        y=hilum_y + 0.10 * np.sin(DIRECTION) + 0.02 * (b - 0.5),
        angle=DIRECTION + 0.35 * (c - 0.5),
        length=(0.24 + 0.12 * d) * np.where(down, 1.1, 0.9).astype(np.float32),
        bend=0.9 * (a - 0.5) - 0.15 * DIRECTION,
        thick=np.where(down, 0.036, 0.028).astype(np.float32) * (0.85 + 0.3 * b),
        sign=np.broadcast_to(SIGN, a.shape),
    )
    main.thin = main.thick * 0.55
    return main


def fork(parents: Stack, draws: Drawing) -> Stack:
    """Return the branches of vessels: two leave each to its sides, alternately up and down, and one goes on."""
    a, b, c, d = np.moveaxis(draws, -1, 0)
    which = np.repeat(np.arange(parents.x.shape[1]), FORK)
    start = np.tile(np.linspace(0.42, 1.0, FORK, dtype=np.float32), parents.x.shape[1])
    parent = parents[:, which]
    x, y, angle = along(parent, start)
    turn = np.where(np.arange(len(which)) % 2 == 0, 1, -1) * (0.25 + 0.55 * a)
    branches = Stack(
        x=x,
        y=y,
        angle=angle + np.where(start == 1, 0.4 * (b - 0.5), turn).astype(np.float32),
        length=parent.length * (0.50 + 0.35 * c),
        bend=1.1 * (d - 0.5),
        thick=(parent.thick + (parent.thin - parent.thick) * start) * (0.60 + 0.25 * b),
        sign=parent.sign,
    )
    branches.thin = branches.thick * 0.45
    return branches


def along(branch: Stack, t: Drawing) -> tuple[Drawing, Drawing, Drawing]:
    """Return x, y and direction at the share t of branches."""
    angle = branch.angle + branch.bend * t
    middle = branch.angle + 0.5 * branch.bend * t
    reach = branch.length * t
    return branch.x + branch.sign * reach * np.cos(middle), branch.y + reach * np.sin(middle), angle


def draw_tubes(tree: list[Stack], size: int, *, narrow: float = 1.0, aside: float = 0.0) -> Drawing:
    """Return the thickness `(n, size, size)` of the tubes along a tree; `aside` moves them a little across."""
    drawn: Drawing = 0
    for order, longest, width in zip(tree, (0.40, 0.30, 0.24), WIDTHS, strict=False):
        count = int(np.ceil(longest * max(256, size) / 2.4))  # dots closer than the narrowest tube is wide
        t = (np.arange(count, dtype=np.float32) + 0.5) / count
        branch = order[..., None]
        x, y, angle = along(branch, t)
        x, y = x - branch.sign * aside * np.sin(angle), y + aside * np.cos(angle)
        radius = (branch.thick + (branch.thin - branch.thick) * t) * narrow
        mass = np.float32(np.pi / count) * radius**2 * branch.length
        x, y, mass = (values.reshape(len(values), -1) for values in (x, y, mass))
        drawn = drawn + blur(dots(x, y, mass, size), narrow * width)
    return drawn
