"""The numbers of the weak example, computed as its authors did: over everybody, as sold, at the usual 0.5."""

import json
from pathlib import Path

from scipy.special import expit
from sklearn.metrics import accuracy_score, roc_auc_score

from clinxai_teach.calibration import observed_expected_ratio
from clinxai_teach.conformal import SplitConformalClassifier, coverage
from clinxai_teach.data import diabetes_tool

tool = diabetes_tool()
risk = expit(tool.z)
half = tool.part < 2
chances = expit(tool.z)[:, None] * [-1, 1] + [1, 0]
sets = SplitConformalClassifier(0.1).calibrate(tool.y[half], chances[half]).predict_set(chances[~half])
numbers = {
    "n": f"{len(tool.y):,}",
    "ill": str(tool.y.sum()),
    "auc": f"{roc_auc_score(tool.y, risk):.2f}",
    "accuracy": f"{accuracy_score(tool.y, risk >= 0.5):.0%}",
    "oe": f"{observed_expected_ratio(tool.y, risk):.2f}",
    "coverage": f"{coverage(tool.y[~half], sets):.0%}",
}

if __name__ == "__main__":
    Path(__file__).with_name("numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(*(f"{name}: {value}" for name, value in numbers.items()), sep="\n")
