# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The alert in your own hospital
#
# Your hospital buys a newer sepsis model. Suppose that, as it is set, it has sensitivity 60% and specificity 92% in your hospital (made-up
# numbers). Of 20,000 stays a year, 500 have sepsis.
#
# Compute three shares between 0 and 1, to three decimals:
#
# - `ppv`: of the alerts, the share with sepsis,
# - `npv`: of the stays without an alert, the share without sepsis,
# - `alert_rate`: of all stays, the share with an alert.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `sepsis = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}`

# %% answer points=2 minutes=8 difficulty="medium" coding="calculator"
sepsis = {"ppv": ..., "npv": ..., "alert_rate": ...}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.60, 0.92, 500 / 20_000
true_alerts = sensitivity * prevalence  # as shares of all stays
false_alerts = (1 - specificity) * (1 - prevalence)
missed = (1 - sensitivity) * prevalence
rightly_silent = specificity * (1 - prevalence)
sepsis = {
    "ppv": true_alerts / (true_alerts + false_alerts),
    "npv": rightly_silent / (rightly_silent + missed),
    "alert_rate": true_alerts + false_alerts,
}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    sepsis,
    low=0,
    high=1,
    tolerance=0.002,
    expects='a dict with three shares between 0 and 1, such as {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}',
    also_right=(
        {"ppv": 0.161, "npv": 0.989, "alert_rate": 0.093},
        {"npv": np.float64(0.98897), "alert_rate": np.float32(0.093), "ppv": 0.1613},
        pd.Series(sepsis),
        {"ppv": 300 / 1860, "npv": 17940 / 18140, "alert_rate": 1860 / 20_000},
    ),
    mistakes=(
        Mistake(
            "PPV taken for the sensitivity",
            {**sepsis, "ppv": 0.60},
            "0.60 is the sensitivity: of the patients with sepsis, the share with an alert. The PPV looks from the "
            "other side: of the alerts, the share with sepsis.",
        ),
        Mistake(
            "prevalence ignored",
            {**sepsis, "ppv": 0.60 / (0.60 + 0.08)},
            "This PPV holds where every second patient has sepsis. Here only 500 of 20,000 stays have it: weigh the "
            "true alerts by the prevalence, the false ones by 1 minus it.",
        ),
        Mistake(
            "sensitivity and specificity exchanged",
            {**sepsis, "ppv": 0.0557},
            "This PPV comes out when sensitivity and specificity are exchanged. Sensitivity (60%) goes with the sick, "
            "specificity (92%) with the others.",
        ),
        Mistake(
            "share of false alerts",
            {**sepsis, "ppv": 1 - sepsis["ppv"]},
            "This is the share of alerts without sepsis, 1 - PPV. The PPV is the share of alerts that are right.",
        ),
        Mistake(
            "true alerts only",
            {**sepsis, "alert_rate": 0.60 * 500 / 20_000},
            "Your alert rate counts the alerts on patients with sepsis only. The alarm also rings for patients "
            "without it.",
        ),
        Mistake(
            "NPV taken for the specificity",
            {**sepsis, "npv": 0.92},
            "0.92 is the specificity. The NPV looks from the other side: of the stays without an alert, the share "
            "without sepsis.",
        ),
        Mistake(
            "the prevalence of another hospital",
            {"ppv": 0.348, "npv": 0.970, "alert_rate": 0.115},
            "These are the shares of a hospital in which 6.6% of the stays have sepsis. In yours it is 2.5%.",
        ),
    ),
    hints=(
        "Think of 1,000 stays. 25 have sepsis and 975 do not. How many of each get an alert?",
        "Alerts with sepsis: 0.60 x 25. Alerts without: (1 - 0.92) x 975. The PPV is the first divided by both "
        "together.",
        "Stays without an alert: 0.92 x 975 without sepsis and 0.40 x 25 with sepsis. The NPV is the first divided "
        "by both.",
    ),
    why="84 of 100 alerts are false, as sepsis is rare here. This does not make a probability wrong: 16% can be true. And of "
    "500 patients with sepsis, 200 get no alert.",
)
