"""The numbers of the sheets for groups without code: `python compute.py` writes numbers.json and sheets.md.

Two intended uses of the course's diabetes tool, each with the same tables. A group gets the sheets of one use.
"""

import json
import re
from pathlib import Path

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata

from clinxai_teach.calibration import InterceptRecalibration, calibration_slope_intercept, net_benefit
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.data import diabetes_tool
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.trust import subgroup_report

USES = {"work": (20, 65), "old": (65, 200)}  # from this age, and the first age that is too old
THRESHOLDS = (0.03, 0.05, 0.10)
ALPHA, N_PARTS, FEW = 0.10, 5, 100  # fewer ill, or of whom a share is counted: the interval alone (18.5.2)
HERE = Path(__file__).parent

tool = diabetes_tool()
age = tool.X["age_years"].to_numpy()


def cell(estimate: str, low: str, high: str, counted: int) -> str:
    return f"{estimate} ({low} to {high})" if counted >= FEW else f"({low} to {high})"


def percent(events: int, n: int) -> str:
    shown = cell(*(f"{share:.0%}" for share in (events / n, *wilson_interval(events, n))), n)
    return f"{events} of {n:,}{', ' if n >= FEW else ' '}{shown}"


def drawn_again(measures, y, decimals: int = 2) -> list[str]:
    """Measures of people, each with a 95% interval from 1,000 drawings of the same people with replacement."""
    n = len(y)
    rows = np.random.default_rng(0).integers(0, n, (1000, n))
    values = np.vstack(
        [measures(np.arange(n)), np.quantile([measures(drawn) for drawn in rows], [0.025, 0.975], axis=0)]
    )
    texts = [[f"{round(value, decimals) + 0.0:.{decimals}f}" for value in each] for each in values.T]
    return [cell(*each, y.sum()) for each in texts]


def auc(y, score) -> float:
    """The area under the ROC curve, from ranks: without scikit-learn's checks, as it is needed 10,000 times."""
    ill = y == 1
    return (rankdata(score)[ill].mean() - (ill.sum() + 1) / 2) / (~ill).sum()


def ratio(table, group) -> str:
    row = table.loc[group]
    return cell(*(f"{row[name]:.2f}" for name in ("oe", "oe_low", "oe_high")), row["events"])


def covered(y, sets, groups, group) -> str:
    row = coverage_by_group(y, sets, groups).loc[group]
    return cell(*(f"{row[name]:.0%}" for name in ("coverage", "ci_low", "ci_high")), (groups == group).sum())


def with_both(sets) -> str:
    """The share of the people whose set holds both answers, with its interval."""
    both, n = int((sets.sum(axis=1) == 2).sum()), len(sets)
    return cell(*(f"{share:.0%}" for share in (both / n, *wilson_interval(both, n))), n)


def covered_ill(y, sets, groups) -> str:
    """A line for each group: the share of its ill people, and of its healthy people, whose set holds the truth."""
    lines = []
    for group in np.unique(groups):
        there = [(y == outcome) & (groups == group) for outcome in (1, 0)]
        texts = [covered(y[each], sets[each], groups[each], group) for each in there]
        lines.append(f"| {group} | {there[0].sum()} | {' | '.join(texts)} | {with_both(sets[groups == group])} |")
    return "\n".join(lines)


def intercept_and_slope(y, chance) -> str:
    """Two cells: the intercept (the slope fixed at 1) and the slope, each with its interval."""
    return " | ".join(drawn_again(lambda rows: calibration_slope_intercept(y[rows], chance[rows])[::-1], y))


def learned(whom):
    """Repaired chances, sets with one threshold, with one for each class, the ill of each repair; of others so old."""
    z, part, ill = tool.z[whom], tool.part[whom], []
    repaired, sets, by_class = np.zeros(len(z)), np.zeros((len(z), 2), bool), np.zeros((len(z), 2), bool)
    for k in range(N_PARTS):
        judged, learn = part == k, whom & (tool.part == (k + 1) % N_PARTS)
        repair = InterceptRecalibration().fit(tool.z_calib[learn], tool.y[learn])
        chances, kept = repair.predict_proba(z[judged]), repair.predict_proba(tool.z_calib[learn])
        repaired[judged] = chances[:, 1]
        ill.append(int(tool.y[learn].sum()))
        for into, groups in ((sets, None), (by_class, "class")):
            into[judged] = (
                SplitConformalClassifier(ALPHA).calibrate(tool.y[learn], kept, groups).predict_set(chances, groups)
            )
    return repaired, sets, by_class, ill


def at_work(y, chance, threshold: float) -> str:
    """A line of the table of thresholds: who gets an alert, and net benefit against all and none among 1,000."""
    alert = chance >= threshold
    everybody, nobody = np.ones(len(y)), np.zeros(len(y))

    def gains(rows):
        ours, *others = (net_benefit(y[rows], p[rows], threshold)[0] for p in (chance, everybody, nobody))
        return [1000 * (ours - other) for other in others]

    counts = (percent(int(a), int(b)) for a, b in (
        (alert.sum(), len(y)), (y[alert].sum(), y.sum()), (y[alert].sum(), alert.sum()),
    ))  # fmt: skip
    return f"| {threshold:.0%} | {' | '.join([*counts, *drawn_again(gains, y, decimals=0)])} |"


def numbers_of(ages: tuple[int, int]) -> dict[str, str]:
    in_age = (age >= ages[0]) & (age < ages[1])
    whom = ~tool.told & in_age
    treated = whom & tool.audit[["takes_diabetes_pills", "takes_insulin"]].eq(1).any(axis="columns").to_numpy()
    y, inputs, as_sold = tool.y[whom], tool.X[whom], expit(tool.z[whom])
    repaired, sets, by_class, learned_ill = learned(whom)
    one_repair = subgroup_report(y, repaired, tool.part[whom].astype(str), threshold=THRESHOLDS[1])["oe"].iloc[1:]
    scores = {
        "the whole tool": tool.z[whom],
        "age": age[whom],
        "waist": rankdata(inputs["waist_cm"].fillna(inputs["waist_cm"].median())),
        "income, low first": rankdata(-inputs["income_ratio"].fillna(inputs["income_ratio"].median())),
        "how many inputs are missing": inputs.isna().sum(axis=1).to_numpy(),
    }
    groups = {
        "men and women": np.where(inputs["male"] == 1, "men", "women"),
        "ancestry": tool.audit["race_ethnicity"][whom].astype(str),
    }
    counted = in_age  # as if those who had been told were wanted, too
    told_too = subgroup_report(tool.y[counted], expit(tool.z[counted]), np.full(counted.sum(), "all"), threshold=0.1)
    lines, health, everyone = [], np.where(y == 1, "ill", "well"), np.full(len(y), "all")
    for group in groups.values():
        before, after = (subgroup_report(y, p, group, threshold=THRESHOLDS[1]) for p in (as_sold, repaired))
        lines += [
            f"| {name} | {before.loc[name, 'n']:.0f} | {before.loc[name, 'events']:.0f} | {ratio(before, name)} | "
            f"{ratio(after, name)} |"
            for name in ([*before.index] if group is groups["men and women"] else before.index[1:])
        ]
    return {
        "n": f"{whom.sum():,}",
        "ill": str(y.sum()),
        "left_out_told": f"{(in_age & tool.told).sum():,}",
        "left_out_age": f"{(~in_age & ~tool.told).sum():,}",
        "left_out_both": f"{(~in_age & tool.told).sum():,}",
        "incomplete": str(inputs.isna().any(axis=1).sum()),
        "treated": str(treated.sum()),
        "treated_ill": str(tool.y[treated].sum()),
        "told_ill": str(tool.y[in_age & tool.told].sum()),
        "told_too": f"{ratio(told_too, 'overall')} in {counted.sum():,} people, {tool.y[counted].sum()} of them ill",
        "slope_as_sold": intercept_and_slope(y, as_sold),
        "slope_repaired": intercept_and_slope(y, repaired),
        "alone": "\n".join(
            f"| {name} | {text} |"
            for name, text in zip(
                scores, drawn_again(lambda rows: [auc(y[rows], s[rows]) for s in scores.values()], y), strict=True
            )
        ),
        "groups": "\n".join(lines),
        "learned_ill": f"{min(learned_ill)} to {max(learned_ill)}",
        "one_repair": f"{one_repair.min():.2f} to {one_repair.max():.2f}",
        "as_sold": "\n".join(at_work(y, as_sold, t) for t in THRESHOLDS),
        "repaired": "\n".join(at_work(y, repaired, t) for t in THRESHOLDS),
        "sets": "\n".join(
            f"| {name} | {covered(y, each, everyone, 'all')} | {covered(y, each, health, 'well')} | "
            f"{covered(y, each, health, 'ill')} | {with_both(each)} |"
            for name, each in (("one threshold for all", sets), ("one for each class", by_class))
        ),
        "sets_by_group": "\n".join(covered_ill(y, by_class, group) for group in groups.values()),
    }


def sheets(numbers: dict[str, dict[str, str]]) -> str:
    """The sheets: the frame of sheets_frame.md once for each use, with its numbers."""
    head, frame = (HERE / "sheets_frame.md").read_text(encoding="utf-8").split("<!-- for each use -->\n")
    uses = (
        re.sub(
            r"\{(\w+)\}",
            lambda found, use=use, of=of: {"use": NAMES[use], "letter": NAMES[use][0], **of}[found[1]],
            frame,
        )
        for use, of in numbers.items()
    )
    return head + "\n".join(uses)


NAMES = {
    "work": "A, adults of 20 to 64, at a check by the employer's doctor",
    "old": "B, adults of 65 and over, in a practice",
}
numbers = {use: numbers_of(ages) for use, ages in USES.items()}

if __name__ == "__main__":
    (HERE / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    (HERE / "sheets.md").write_text(sheets(numbers), encoding="utf-8")
