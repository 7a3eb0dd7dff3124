"""Every number of this dossier: `python compute.py` writes numbers.json; then `python ../starter/fill.py .`"""

import json
from pathlib import Path

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata

from clinxai_teach.calibration import InterceptRecalibration, net_benefit
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.data import diabetes_tool
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.trust import subgroup_report

AGE = 40, 65  # whom the tool would be used for: from this age, and the first age that is too old
THRESHOLD = 0.05  # from this risk on, a blood test
ALPHA = 0.10
N_PARTS = 5
FEW = 100  # of fewer ill, or people, the interval alone: the rule of 18.5.2

tool = diabetes_tool()
age = tool.X["age_years"].to_numpy()
in_age = (age >= AGE[0]) & (age < AGE[1])
whom = ~tool.told & in_age
y = tool.y[whom]
sex = np.where(tool.X["male"][whom] == 1, "men", "women")
treated = tool.audit[["takes_diabetes_pills", "takes_insulin"]][whom].eq(1).any(axis="columns").to_numpy()
ancestry = tool.audit["race_ethnicity"][whom].astype(str)

# For each part of the people, repair and sets are learned from the same ages of another part, by a sister tool that
# saw neither.
as_sold, repaired = expit(tool.z[whom]), np.zeros(len(y))
part, learned_ill = tool.part[whom], []
sets, sets_by_class = np.zeros((2, len(y), 2), dtype=bool)
for k in range(N_PARTS):
    judged, learn = part == k, whom & (tool.part == (k + 1) % N_PARTS)
    repair = InterceptRecalibration().fit(tool.z_calib[learn], tool.y[learn])
    chances, kept_chances = (repair.predict_proba(z) for z in (tool.z[whom][judged], tool.z_calib[learn]))
    repaired[judged] = chances[:, 1]
    learned_ill.append(int(tool.y[learn].sum()))
    for into, groups in ((sets, None), (sets_by_class, "class")):
        conformal = SplitConformalClassifier(ALPHA).calibrate(tool.y[learn], kept_chances, groups)
        into[judged] = conformal.predict_set(chances, groups)


def percent(events: int, n: int) -> str:
    low, high = wilson_interval(events, n)
    return f"{events} of {n}{f', {events / n:.0%}' if n >= FEW else ''} ({low:.0%} to {high:.0%})"


def drawn_again(measure, unit=1.0, decimals=2) -> str:
    """A measure of these people, with a 95% interval from 1,000 drawings of the same people with replacement."""
    rows = np.random.default_rng(0).integers(0, len(y), (1000, len(y)))
    low, high = np.quantile([measure(drawn) for drawn in rows], [0.025, 0.975])
    values = (unit * value for value in (measure(np.arange(len(y))), low, high))
    return "{} ({} to {})".format(*(f"{value:.{decimals}f}" for value in values))


def area(y, score):
    """The area under the ROC curve, from ranks: scikit-learn's gives the same, but checks its inputs each time."""
    ill = y == 1
    return (rankdata(score)[ill].mean() - (ill.sum() + 1) / 2) / (~ill).sum()


def auc(score):
    return drawn_again(lambda rows: area(y[rows], score[rows]))


def false_alerts(who) -> str:
    """The healthy of a group who get an alert."""
    healthy = who & (y == 0)
    return percent(int((alert & healthy).sum()), int(healthy.sum()))


def found_in(who) -> str:
    return percent(int(y[alert & who].sum()), int(y[who].sum()))


def benefit_over(other):
    """How many more true positives among 1,000 than with `other` chances, false alerts set off."""
    return drawn_again(
        lambda rows: (net_benefit(y[rows], repaired[rows], THRESHOLD) - net_benefit(y[rows], other[rows], THRESHOLD))[
            0
        ],
        unit=1000,
        decimals=1,
    )


def row_text(table, group, name):
    row = table.loc[group]
    interval = f"{row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f}"
    return f"{row[name]:.2f} ({interval})" if row["events"] >= FEW else interval


def group_lines(table):
    """A line for each group: how many, and observed by expected."""
    for group in table.index[1:]:
        n, ill = int(table.loc[group, "n"]), int(table.loc[group, "events"])
        yield f"| {group} | {n} | {ill} | {row_text(table, group, 'oe')} |"


def coverage_text(table, group):
    return f"{table.loc[group, 'coverage']:.1%} ({table.loc[group, 'ci_low']:.1%} to {table.loc[group, 'ci_high']:.1%})"


inputs = tool.X[whom]
sold = subgroup_report(y, as_sold, sex, threshold=THRESHOLD)
by_sex = subgroup_report(y, repaired, sex, threshold=THRESHOLD)
by_ancestry = subgroup_report(y, repaired, ancestry, threshold=THRESHOLD)
by_part = subgroup_report(y, repaired, part.astype(str), threshold=THRESHOLD).iloc[1:]
with_told = subgroup_report(tool.y[in_age], expit(tool.z[in_age]), np.full(in_age.sum(), "all"), threshold=0.1)
waist = rankdata(inputs["waist_cm"].fillna(inputs["waist_cm"].median()))
asian, black, white = (f"Non-Hispanic {name}" for name in ("Asian", "Black", "White"))
alert = repaired >= THRESHOLD
health = np.where(y == 1, "ill", "well")
one_threshold, two_thresholds = (coverage_by_group(y, each, health) for each in (sets, sets_by_class))
numbers = {
    "n": f"{whom.sum():,}",
    "ill": str(y.sum()),
    "left_out_told": f"{(in_age & tool.told).sum():,}",
    "left_out_age": f"{(~in_age & ~tool.told).sum():,}",
    "left_out_both": f"{(~in_age & tool.told).sum():,}",
    "treated": str(treated.sum()),
    "treated_ill": str(y[treated].sum()),
    "threshold": f"{THRESHOLD:.0%}",
    "auc": auc(repaired),
    "auc_age": auc(age[whom]),
    "auc_waist": auc(waist),
    "auc_over_waist": drawn_again(lambda rows: area(y[rows], repaired[rows]) - area(y[rows], waist[rows])),
    "auc_income": auc(rankdata(-inputs["income_ratio"].fillna(inputs["income_ratio"].median()))),
    "auc_missing": auc(inputs.isna().sum(axis=1).to_numpy()),
    "incomplete": f"{inputs.isna().any(axis=1).sum()}",
    "oe_sold": row_text(sold, "overall", "oe"),
    "expected_sold": f"{as_sold.sum():.0f}",
    "oe_with_told": row_text(with_told, "overall", "oe"),
    "oe": row_text(by_sex, "overall", "oe"),
    "learned_ill": f"{min(learned_ill)} to {max(learned_ill)}",
    "oe_parts": f"{by_part['oe'].min():.2f} to {by_part['oe'].max():.2f}",
    "oe_parts_intervals": f"{by_part['oe_low'].min():.1f} to {by_part['oe_high'].max():.1f}",
    "slope": row_text(by_sex, "overall", "slope"),
    "sexes": "\n".join(group_lines(by_sex)),
    "ancestries": "\n".join(group_lines(by_ancestry)),
    "oe_asian": row_text(by_ancestry, asian, "oe"),
    "oe_white": row_text(by_ancestry, white, "oe"),
    "alerts": percent(int(alert.sum()), len(y)),
    "found": percent(int(y[alert].sum()), int(y.sum())),
    "found_untreated": percent(int(y[alert & ~treated].sum()), int(y[~treated].sum())),
    "found_men": found_in(sex == "men"),
    "found_women": found_in(sex == "women"),
    "found_asian": found_in(ancestry == asian),
    "false": false_alerts(y == y),
    "false_black": false_alerts(ancestry == black),
    "false_white": false_alerts(ancestry == white),
    "false_asian": false_alerts(ancestry == asian),
    "found_black": found_in(ancestry == black),
    "found_white": found_in(ancestry == white),
    "ppv": percent(int(y[alert].sum()), int(alert.sum())),
    "missed": percent(int(y[~alert].sum()), int((~alert).sum())),
    "alerts_sold": percent(int((as_sold >= THRESHOLD).sum()), len(y)),
    "over_all": benefit_over(np.ones(len(y))),
    "over_none": benefit_over(np.zeros(len(y))),
    "coverage": coverage_text(coverage_by_group(y, sets, np.full(len(y), "all")), "all"),
    "coverage_ill": coverage_text(one_threshold, "ill"),
    "coverage_well": coverage_text(one_threshold, "well"),
    "coverage_ill_by_class": coverage_text(two_thresholds, "ill"),
    "both": percent(int((sets_by_class.sum(axis=1) == 2).sum()), len(y)),
    "alpha": f"{1 - ALPHA:.0%}",
}

if __name__ == "__main__":
    Path(__file__).with_name("numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(*(f"{name}: {value}" for name, value in numbers.items()), sep="\n")
