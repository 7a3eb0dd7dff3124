"""From bars in log-odds to a risk, for a patient of this person's own."""

import numpy as np

from clinxai_teach.classroom.items import Item, codes, numbers

TITLE, POINTS, MINUTES = "From bars to a risk", 3, 8
FEATURES = ("age 71", "BMI 34", "HbA1c 6.3%", "pulse 98", "ex-smoker", "waist 112 cm", "sleeps 5 hours", "pressure 151")


def variant(rng):
    names = [str(name) for name in rng.choice(FEATURES, 4, replace=False)]
    base = round(rng.uniform(-2.2, -0.2), 2)
    bars = rng.choice(np.array([*range(-90, -15), *range(20, 140)]), 4, replace=False) / 100
    asked = int(rng.integers(4))
    bars[asked] = -abs(bars[asked])  # for everybody: the sign is a part of the answer

    def risk(z):
        return float(1 / (1 + np.exp(-z)))

    total = base + bars.sum()
    right = {
        "risk": risk(total),
        "odds_factor": float(np.exp(bars[asked])),
        "points": 100 * (risk(total) - risk(total - bars[asked])),
    }
    lines = "\n".join(f"| {name} | {bar:+.2f} |" for name, bar in zip(names, bars, strict=True))
    return Item(
        text=f"""
A SHAP display of patient {codes(rng, 1)[0]}, in log-odds. The base value is {base:+.2f}.

| feature | bar |
|---|---|
{lines}

Give three numbers:

- `risk`: the model's risk for this patient, as a share, to three decimals,
- `odds_factor`: by what the bar of *{names[asked]}* multiplies the odds, to two decimals,
- `points`: by how many percentage points this bar, added last, changes the risk (with its sign), to one decimal.
""",
        answer="bars",
        stub='bars = {"risk": ..., "odds_factor": ..., "points": ...}',
        judge=numbers(right, {"risk": 0.001, "odds_factor": 0.01, "points": 0.1}),
        why="Log-odds add up; the risk is 1 / (1 + exp(-sum)). The same bar is worth other points at another risk.",
    )
