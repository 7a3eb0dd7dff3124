# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, entries, number

# %% [markdown]
# ## What deferral does to the sick
#
# A tool decides with the threshold 0.5 and sends the most uncertain patients to a doctor. Write
# `after_deferral(y_true, y_prob, uncertainty, fraction)`. The first three are arrays `(n,)`: label, probability of disease,
# uncertainty. Defer the `round(fraction * n)` patients with the highest uncertainty. Return a dict:
#
# - `"accuracy"` of the patients that are kept,
# - `"sensitivity"` among the sick that are kept,
# - `"sick deferred"`: which share of *all sick* is deferred.


# %% answer points=3 minutes=12
def after_deferral(y_true, y_prob, uncertainty, fraction):
    ### BEGIN SOLUTION
    n_deferred = round(fraction * len(y_true))
    kept = np.argsort(uncertainty, kind="stable")[: len(y_true) - n_deferred]  # the least uncertain stay
    called = y_prob[kept] >= 0.5
    sick = y_true[kept] == 1
    return {
        "accuracy": (called == sick).mean(),
        "sensitivity": called[sick].mean(),
        "sick deferred": 1 - sick.sum() / y_true.sum(),
    }
    ### END SOLUTION


# %% [markdown]
# On NHANES, with closeness to 0.5 as the uncertainty. Predict first: which way will accuracy and sensitivity go?

# %%
rows = {f"{f:.0%}": after_deferral(y, y_prob[:, 1], -np.abs(y_prob[:, 1] - 0.5), f) for f in (0, 0.1, 0.2, 0.3)}
if None in rows.values():
    print("18.4-f is still open.")
else:
    print(pd.DataFrame(rows).T.rename_axis("deferred").round(2).to_string())

# %% [markdown]
# The accuracy rises. Would you call the tool safer? Who sees the deferred patients, and how fast?


# %% judge
def _deferral_with_pandas(y_true, y_prob, uncertainty, fraction):
    table = pd.DataFrame({"y": y_true, "p": y_prob, "u": uncertainty}).sort_values("u", kind="stable")
    kept = table.iloc[: len(table) - round(fraction * len(table))]
    found = (kept.p >= 0.5) & (kept.y == 1)
    return pd.Series(
        {
            "accuracy": ((kept.p >= 0.5) == (kept.y == 1)).mean(),
            "sensitivity": found.sum() / (kept.y == 1).sum(),
            "sick deferred": 1 - kept.y.sum() / table.y.sum(),
        }
    )


def _deferral(change):
    """Return a variant that changes the three numbers, given also the inputs."""

    def variant(y_true, y_prob, uncertainty, fraction):
        return change(after_deferral(y_true, y_prob, uncertainty, fraction), y_true, y_prob, uncertainty, fraction)

    return variant


def _sensitivity_of_all(result, y_true, y_prob, uncertainty, fraction):
    kept_sick = (1 - result["sick deferred"]) * y_true.sum()
    return {**result, "sensitivity": result["sensitivity"] * kept_sick / y_true.sum()}


def _precision(result, y_true, y_prob, uncertainty, fraction):
    kept = np.argsort(uncertainty, kind="stable")[: len(y_true) - round(fraction * len(y_true))]
    return {**result, "sensitivity": (y_true[kept][y_prob[kept] >= 0.5] == 1).mean()}


def _share_of_deferred(result, y_true, y_prob, uncertainty, fraction):
    deferred = np.argsort(uncertainty, kind="stable")[len(y_true) - round(fraction * len(y_true)) :]
    return {**result, "sick deferred": y_true[deferred].mean()}


def _deferral_cases():
    rng = np.random.default_rng(1846)
    y = rng.binomial(1, 0.25, size=200)
    p = (1 / (1 + np.exp(-(1.6 * y - 1.6 + rng.normal(0, 1.1, size=200))))).round(3)
    u = (-np.abs(p - 0.5)).round(3) + np.arange(200) * 1e-6  # no two are equal

    def case(label, y_true, y_prob, uncertainty, fraction):
        given = {"y_true": y_true, "y_prob": y_prob, "uncertainty": uncertainty, "fraction": fraction}
        return Case(label, {k: np.array(v) if isinstance(v, list) else v for k, v in given.items()})

    return (
        case(
            "ten patients, two deferred",
            [1, 0, 1, 0, 0, 1, 0, 0, 1, 0],
            [0.9, 0.1, 0.45, 0.55, 0.2, 0.6, 0.3, 0.05, 0.2, 0.7],
            [0.1, 0.1001, 0.9, 0.8, 0.3, 0.5, 0.35, 0.05, 0.31, 0.6],
            0.2,
        ),
        case(
            "nobody deferred",
            [1, 0, 1, 0, 1],
            [0.9, 0.1, 0.4, 0.6, 0.5],
            [0.1, 0.2, 0.3, 0.4, 0.5],
            0.0,
        ),
        case("200 patients, 30% deferred", y, p, u, 0.3),
    )


EXERCISE = function_on_cases(
    after_deferral,
    _deferral_cases(),
    read=lambda output: entries(output, ("accuracy", "sensitivity", "sick deferred"), number),
    expects='a function after_deferral(y_true, y_prob, uncertainty, fraction) that returns a dict with "accuracy", '
    '"sensitivity" and "sick deferred"',
    also_right=(_deferral_with_pandas,),
    mistakes=(
        Mistake(
            "the certain deferred",
            lambda y, p, u, f: after_deferral(y, p, -u, f),
            "You deferred the patients with the LEAST uncertainty. Keep these, and send the uncertain ones to a "
            "doctor.",
        ),
        Mistake(
            "sensitivity against all sick",
            _deferral(_sensitivity_of_all),
            "Your sensitivity counts deferred sick patients as missed. Asked is the sensitivity among those the tool "
            "still decides.",
        ),
        Mistake(
            "precision instead of sensitivity",
            _deferral(_precision),
            "This is the share of sick among those called sick (PPV). Sensitivity: the share called sick among the "
            "sick.",
        ),
        Mistake(
            "share of the deferred who are sick",
            _deferral(_share_of_deferred),
            '"sick deferred" is the share of ALL SICK who are deferred, not the share of the deferred who are sick.',
        ),
        Mistake(
            "fraction kept instead of deferred",
            lambda y, p, u, f: after_deferral(y, p, u, 1 - f) if f > 0 else after_deferral(y, p, u, f),
            "You kept the fraction that should be deferred. Keep 1 - fraction.",
        ),
        Mistake(
            "no deferral at all",
            lambda y, p, u, f: after_deferral(y, p, u, 0.0),
            "Nobody is deferred here: fraction is not used. Leave out the most uncertain patients first.",
        ),
    ),
    hints=(
        "np.argsort(uncertainty) gives the patients, the most certain first. Keep the first n - round(fraction * n).",
        "Among the kept: called = y_prob >= 0.5. Sensitivity = called[sick].mean().",
        "sick deferred = 1 - (sick among the kept) / (all sick).",
    ),
    why="Those near the threshold are often the sick. Deferring them makes the rest look better (accuracy), while the "
    "tool alone finds fewer of the sick it keeps.",
    tolerance=1e-9,
)
