# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, is_stub, mapping, number, short

INSUFFICIENT = "insufficient data"


MIN_EVENTS = 100

# %% [markdown]
# ## What a good tool does to a ward
#
# A tool for a ward: sensitivity 80%, specificity 90%. On this ward **4 of 100** patients have the disease. Compute four
# numbers, to one decimal.

# %% answer points=2 minutes=8
burden = {
    "alerts per 100": ...,
    "false alarms per 100": ...,
    "missed per 1,000": ...,
    "alerts per sick patient found": ...,
}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.80, 0.90, 0.04
true_alerts = sensitivity * prevalence
false_alerts = (1 - specificity) * (1 - prevalence)
burden = {
    "alerts per 100": 100 * (true_alerts + false_alerts),
    "false alarms per 100": 100 * false_alerts,
    "missed per 1,000": 1000 * (1 - sensitivity) * prevalence,
    "alerts per sick patient found": (true_alerts + false_alerts) / true_alerts,
}
### END SOLUTION

# %% [markdown]
# The diabetes tool on its test people, where one in five has diabetes: more alerts, and fewer of them in vain.

# %%
for threshold in (0.1, 0.2, 0.3):
    found = alert_burden(y_test, p_test, threshold=threshold)
    print(
        f"at {threshold:.0%}: {found.alerts:.0f} alerts per 100, {1 / found.ppv:.1f} alerts per person found, {found.missed:.1f} missed"
    )

# %% judge
BURDEN_KEYS = ("alerts per 100", "false alarms per 100", "missed per 1,000", "alerts per sick patient found")


def alert_burden():
    sensitivity, specificity, prevalence = 0.80, 0.90, 0.04
    true_alerts = sensitivity * prevalence
    false_alerts = (1 - specificity) * (1 - prevalence)
    return {
        "alerts per 100": 100 * (true_alerts + false_alerts),
        "false alarms per 100": 100 * false_alerts,
        "missed per 1,000": 1000 * (1 - sensitivity) * prevalence,
        "alerts per sick patient found": (true_alerts + false_alerts) / true_alerts,
    }


def _burden(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = mapping(answer, number)
    missing = [key for key in BURDEN_KEYS if key not in given]
    if missing:
        raise WrongKind(f"There is no number yet for: {', '.join(missing)}.")
    return {key: given[key] for key in BURDEN_KEYS}


def _explain_burden(got, right):
    first = next(key for key in right if abs(got[key] - right[key]) > 0.06)
    return f"{first}: {short(got[first])} is too {'low' if got[first] < right[first] else 'high'}."


def _burden_with(**changes):
    """Return the answers that follow from other numbers."""
    values = {"sensitivity": 0.80, "specificity": 0.90, "prevalence": 0.04, **changes}
    true_alerts = values["sensitivity"] * values["prevalence"]
    false_alerts = (1 - values["specificity"]) * (1 - values["prevalence"])
    return dict(
        zip(
            BURDEN_KEYS,
            (
                100 * (true_alerts + false_alerts),
                100 * false_alerts,
                1000 * (1 - values["sensitivity"]) * values["prevalence"],
                (true_alerts + false_alerts) / true_alerts,
            ),
            strict=True,
        )
    )


EXERCISE = Exercise(
    expects="a dict with four numbers: alerts and false alarms per 100, missed per 1,000, alerts per sick patient "
    "found",
    evaluate=_burden,
    right=alert_burden(),
    also_right=({key: round(value, 1) for key, value in alert_burden().items()}, pd.Series(alert_burden())),
    mistakes=(
        Mistake(
            "false alarms among all patients",
            {
                **alert_burden(),
                "false alarms per 100": 10.0,
                "alerts per 100": 13.2,
                "alerts per sick patient found": 4.125,
            },
            "The false alarm rate (10%) holds for the patients WITHOUT the disease: 96 of 100, not 100.",
        ),
        Mistake(
            "prevalence of 50%",
            _burden_with(prevalence=0.5),
            "You counted as many sick as healthy patients. Here 4 of 100 are sick.",
        ),
        Mistake(
            "missed per 100",
            {**alert_burden(), "missed per 1,000": 0.8},
            "Missed patients are asked per 1,000, not per 100.",
        ),
        Mistake(
            "missed among the sick",
            {**alert_burden(), "missed per 1,000": 200.0},
            "200 of 1,000 SICK patients are missed. Asked is: of 1,000 patients on the ward, of whom 40 are sick.",
        ),
        Mistake(
            "false alarms per sick patient found",
            {**alert_burden(), "alerts per sick patient found": 3.0},
            "This counts the false alarms only. The alert that finds the patient is one to look at, too.",
        ),
    ),
    hints=(
        "Take 1,000 patients: 40 are sick, 960 are not. Make the 2 x 2 table.",
        "True alerts: 80% of 40. False alarms: 10% of 960. Missed: 20% of 40.",
        "Alerts per sick patient found = all alerts / true alerts.",
    ),
    why="Sensitivity 80% and specificity 90% sound good. Yet three of four alerts are false, because the disease is "
    "rare. The "
    "ward must know this before the first alert.",
    tolerance=0.06,
    explain=_explain_burden,
)
