# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, entries, number
from clinxai_teach.trust import audit_override_log, make_override_log

# %% [markdown]
# ## What the override log tells
#
# Write `audit_log(log)`. `log` is a DataFrame with the columns `advice` (1 from a risk of 50%), `decision` and `outcome`, each 0 or 1. *Wrong* advice differs
# from the outcome. Return a dict with three shares between 0 and 1:
#
# - `"override rate"`: of all patients, how many decisions differ from the advice,
# - `"override PPV"`: of the overrides, how many were right (the decision equals the outcome),
# - `"agreement when wrong"`: of the wrong advice, how much was followed.


# %% answer points=3 minutes=12 difficulty="hard"
def audit_log(log):
    ### BEGIN SOLUTION
    overridden = log["decision"] != log["advice"]
    advice_wrong = log["advice"] != log["outcome"]
    clinician_right = log["decision"] == log["outcome"]
    return {
        "override rate": overridden.mean(),
        "override PPV": clinician_right[overridden].mean(),
        "agreement when wrong": (~overridden)[advice_wrong].mean(),
    }
    ### END SOLUTION


# %% [markdown]
# Two years of a (synthetic) ward. In the second year only every second override still happens. What does the management see
# first, and what is hidden?

# %%
log = make_override_log(2000, seed=1)
if audit_log(log) is None:
    print("18.5-e is still open.")
else:
    second = log.copy()
    given_up = (second["decision"] != second["advice"]) & (np.arange(len(second)) % 2 == 0)
    second.loc[given_up, "decision"] = second.loc[given_up, "advice"]
    print(pd.DataFrame({"first year": audit_log(log), "second year": audit_log(second)}).round(2).to_string())

# %% [markdown]
# "Fewer overrides: the staff has come to trust the tool." Which line of the table answers this?

# %% judge
AUDIT_KEYS = ("override rate", "override PPV", "agreement when wrong")


def _audit_with_helper(log):
    found = audit_override_log(log)
    return pd.Series([found.override_rate, found.override_ppv, found.agreement_when_wrong], index=AUDIT_KEYS)


def _audit(key, change):
    """Return a variant in which one number is computed in another way, from (overridden, wrong advice, right)."""

    def variant(log):
        overridden = log["decision"] != log["advice"]
        wrong = log["advice"] != log["outcome"]
        right = log["decision"] == log["outcome"]
        return {**audit_log(log), key: change(overridden, wrong, right)}

    return variant


def _log_cases():
    tiny = pd.DataFrame(
        {
            "advice": [1, 1, 0, 1, 0, 0, 1, 0],
            "decision": [1, 0, 0, 1, 0, 1, 1, 0],
            "outcome": [0, 0, 1, 1, 0, 0, 1, 0],
        }
    )
    return (
        Case("eight patients", {"log": tiny}),
        Case("300 patients", {"log": make_override_log(300, seed=5)}),
        Case("a ward where nobody says why", {"log": make_override_log(150, seed=6).assign(reason=None)}),
    )


EXERCISE = function_on_cases(
    audit_log,
    _log_cases(),
    read=lambda output: entries(output, AUDIT_KEYS, number),
    expects="a function audit_log(log) that returns a dict with three shares: override rate, override PPV, agreement "
    "when wrong",
    also_right=(_audit_with_helper, lambda log: {key: round(float(value), 3) for key, value in audit_log(log).items()}),
    mistakes=(
        Mistake(
            "override PPV among all patients",
            _audit("override PPV", lambda overridden, wrong, right: (overridden & right).mean()),
            "Override PPV: you divided by all patients. Of the OVERRIDES, how many were right? Keep these rows first.",
        ),
        Mistake(
            "right decisions among all",
            _audit("override PPV", lambda overridden, wrong, right: right.mean()),
            "Override PPV: this is how often any decision was right. Keep the overrides first: of these, how many were right?",
        ),
        Mistake(
            "number of overrides",
            _audit("override rate", lambda overridden, wrong, right: overridden.sum()),
            "Override rate: this is the number of overrides. Divide by the number of patients, or take the mean.",
        ),
        Mistake(
            "agreement among all patients",
            _audit("agreement when wrong", lambda overridden, wrong, right: (~overridden & wrong).mean()),
            "Agreement when wrong: you divided by all patients. Keep the rows with wrong advice first.",
        ),
        Mistake(
            "agreement among the followed",
            _audit("agreement when wrong", lambda overridden, wrong, right: wrong[~overridden].mean()),
            "Agreement when wrong: this is how often followed advice was wrong. Turn it round: of the WRONG advice, "
            "how much was followed?",
        ),
        Mistake(
            "overall agreement",
            _audit("agreement when wrong", lambda overridden, wrong, right: (~overridden).mean()),
            "Agreement when wrong: you counted agreement with all advice, also with the right one. Right advice should "
            "be followed.",
        ),
        Mistake(
            "overrides of wrong advice",
            _audit("agreement when wrong", lambda overridden, wrong, right: overridden[wrong].mean()),
            "Agreement when wrong: this is the share of wrong advice that was OVERRIDDEN. Asked is the other share: "
            "one minus this.",
        ),
        Mistake(
            "rate of errors instead of overrides",
            _audit("override rate", lambda overridden, wrong, right: wrong.mean()),
            "Override rate: you compared the advice with the outcome. An override is a decision that differs from the "
            "advice.",
        ),
    ),
    hints=(
        'An override: log["decision"] != log["advice"]. Wrong advice: log["advice"] != log["outcome"].',
        "The mean of True and False is a share. Choose the rows first: right[overridden].mean().",
        "Agreement when wrong: among the rows with wrong advice, the mean of 'not overridden'.",
    ),
    why="A low override rate can mean good advice, or clinicians who no longer look. Agreement with wrong advice shows where to "
    "look, and needs outcomes. It is not yet automation bias: for that one needs such cases without the output.",
    tolerance=6e-4,
)
