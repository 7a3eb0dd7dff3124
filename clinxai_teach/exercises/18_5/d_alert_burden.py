# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## What a good tool does to a ward
#
# A tool for a ward: sensitivity 80%, specificity 90%. On this ward **4 of 100** patients have the disease. Compute four
# numbers, to one decimal.

# %% answer points=2 minutes=8 difficulty="medium" coding="calculator"
burden = {
    "alerts per 100": ...,
    "false alarms per 100": ...,
    "missed per 100": ...,
    "alerts per sick patient found": ...,
}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.80, 0.90, 0.04
true_alerts = sensitivity * prevalence  # as shares of all patients: 80% of the 4%
false_alerts = (1 - specificity) * (1 - prevalence)  # 10% of the other 96%
burden = {
    "alerts per 100": 100 * (true_alerts + false_alerts),
    "false alarms per 100": 100 * false_alerts,
    "missed per 100": 100 * (1 - sensitivity) * prevalence,
    "alerts per sick patient found": (true_alerts + false_alerts) / true_alerts,
}
### END SOLUTION

# %% [markdown]
# On paper, without a check: one missed case = 16 needless tests. What do this tool, and testing nobody, cost per 100?
#
# The first tool of the section on all its test people, of whom one in five has diabetes, known or not: more alerts, and fewer of them
# in vain. Among the people of its intended use it was one in twelve.

# %%
for threshold in (0.1, 0.2, 0.3):
    found = alert_burden(y_test, p_test, threshold=threshold)
    print(
        f"at {threshold:.0%}: {found.alerts:.0f} alerts per 100, {1 / found.ppv:.1f} alerts per person found, "
        f"{found.missed:.1f} missed"
    )

# %% judge
EXERCISE = numbers(
    burden,
    tolerance=0.06,
    expects="a dict with four numbers: alerts, false alarms and missed per 100, alerts per sick patient found",
    also_right=({key: round(value, 1) for key, value in burden.items()}, pd.Series(burden)),
    mistakes=(
        Mistake(
            "false alarms among all patients",
            {
                **burden,
                "alerts per 100": 13.2,
                "false alarms per 100": 10.0,
                "alerts per sick patient found": 4.125,
            },
            "The false alarm rate (10%) holds for the patients WITHOUT the disease: 96 of 100, not 100.",
        ),
        Mistake(
            "prevalence of 50%",
            {
                "alerts per 100": 45.0,
                "false alarms per 100": 5.0,
                "missed per 100": 10.0,
                "alerts per sick patient found": 1.125,
            },
            "You counted as many sick as healthy patients. Here 4 of 100 are sick.",
        ),
        Mistake(
            "missed among the sick",
            {**burden, "missed per 100": 20.0},
            "20 of 100 SICK patients are missed. Asked is: of 100 patients on the ward, of whom 4 are sick.",
        ),
        Mistake(
            "false alarms per sick patient found",
            {**burden, "alerts per sick patient found": 3.0},
            "This counts the false alarms only. The alert that finds the patient is one to look at, too.",
        ),
    ),
    hints=(
        "Take 1,000 patients: 40 are sick, 960 are not. Make the 2 x 2 table.",
        "True alerts: 80% of 40. False alarms: 10% of 960. Missed: 20% of 40. Divide by 10: per 100.",
        "Alerts per sick patient found = all alerts / true alerts.",
    ),
    why="Sensitivity 80% and specificity 90% sound good. Yet three of four alerts are false, because the disease is "
    "rare. With one missed case = 16 needless tests: 9.6 + 16 x 0.8 = 22.4 per 100; testing nobody: 16 x 4 = 64.",
)
