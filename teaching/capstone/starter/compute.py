"""The numbers of your dossier: `python compute.py` writes numbers.json. You add to it, part by part.

What is here takes people for whom the course's diabetes tool would be used, and counts them. The rest is yours; each
part below names helpers to begin with. A number in numbers.json is a text, as it will stand in the dossier.
"""

import json
from pathlib import Path

from clinxai_teach.data import diabetes_tool

# ---- yours: whom the tool would be used for, and what is done from which risk on -----
AGE = 20, 200  # from this age, and the first age that is too old
THRESHOLD = 0.10  # write it down, with your limits for a no, before you compute anything else
# --------------------------------------------------------------------------------------

tool = diabetes_tool()  # what it says to people whom it has never seen: the logits z
age = tool.X["age_years"].to_numpy()
in_age = (age >= AGE[0]) & (age < AGE[1])
whom = ~tool.told & in_age  # the tool looks for diabetes that nobody knows of
y = tool.y[whom]

numbers = {
    # Part 1, of whom.
    "n": f"{whom.sum():,}",
    "ill": str(y.sum()),
    "left_out_told": f"{(in_age & tool.told).sum():,}",
    "left_out_age": f"{(~in_age & ~tool.told).sum():,}",
    "left_out_both": f"{(~in_age & tool.told).sum():,}",
    "threshold": f"{THRESHOLD:.0%}",
    # Part 2, shortcuts: what one input alone predicts. sklearn.metrics.roc_auc_score, an interval from resamples.
    # Part 3, calibration, before and after one repair: trust.subgroup_report, calibration.InterceptRecalibration. Learn
    # the repair for part k of the people from those with tool.part == (k + 1) % 5, by tool.z_calib.
    # Part 4, at work: trust.alert_burden(y, p, threshold=THRESHOLD), calibration.net_benefit (all: p = 1, none: p = 0).
    # Intervals of shares: intervals.wilson_interval(events, n).
    # Part 5, doubt: conformal.SplitConformalClassifier, conformal.coverage_by_group.
    # Part 6, report: trust.trust_report.
}

if __name__ == "__main__":
    Path(__file__).with_name("numbers.json").write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    print(*(f"{name}: {value}" for name, value in numbers.items()), sep="\n")
