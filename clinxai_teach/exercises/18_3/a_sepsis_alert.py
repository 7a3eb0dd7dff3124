# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The sepsis alert, from four published numbers
#
# Wong and colleagues (2021): 38,455 hospital stays, 2,552 of them with sepsis. The alert had a sensitivity of 33% and a
# specificity of 83%.
#
# Compute three shares between 0 and 1, to three decimals:
#
# - `ppv`: of the alerts, the share with sepsis,
# - `npv`: of the stays without an alert, the share without sepsis,
# - `alert_rate`: of all stays, the share with an alert.

# %% answer points=2 minutes=8 coding="calculator"
sepsis = {"ppv": ..., "npv": ..., "alert_rate": ...}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.33, 0.83, 2552 / 38455
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
        {"ppv": 0.121, "npv": 0.946, "alert_rate": 0.181},
        {"npv": np.float64(0.9457), "alert_rate": np.float32(0.1806), "ppv": 0.1212},
        pd.Series(sepsis),
        {"ppv": 842.16 / 6945.67, "npv": 29799.49 / 31509.33, "alert_rate": 6945.67 / 38455},
    ),
    mistakes=(
        Mistake(
            "PPV taken for the sensitivity",
            {**sepsis, "ppv": 0.33},
            "0.33 is the sensitivity: of the patients with sepsis, the share with an alert. The PPV looks from the "
            "other side: of the alerts, the share with sepsis.",
        ),
        Mistake(
            "prevalence ignored",
            {**sepsis, "ppv": 0.33 / (0.33 + 0.17)},
            "This PPV holds where every second patient has sepsis. Here only 2,552 of 38,455 stays have it: weigh the "
            "true alerts by the prevalence, the false ones by 1 minus it.",
        ),
        Mistake(
            "sensitivity and specificity exchanged",
            {**sepsis, "ppv": 0.0811},
            "This PPV comes out when sensitivity and specificity are exchanged. Sensitivity (33%) goes with the sick, "
            "specificity (83%) with the others.",
        ),
        Mistake(
            "share of false alerts",
            {**sepsis, "ppv": 1 - sepsis["ppv"]},
            "This is the share of alerts without sepsis, 1 - PPV. The PPV is the share of alerts that are right.",
        ),
        Mistake(
            "true alerts only",
            {**sepsis, "alert_rate": 0.33 * 2552 / 38455},
            "Your alert rate counts the alerts on patients with sepsis only. The alarm also rings for patients "
            "without it.",
        ),
        Mistake(
            "NPV taken for the specificity",
            {**sepsis, "npv": 0.83},
            "0.83 is the specificity. The NPV looks from the other side: of the stays without an alert, the share "
            "without sepsis.",
        ),
        Mistake(
            "rounded as in the paper",
            {"ppv": 0.12, "npv": 0.95, "alert_rate": 0.18},
            "These are the paper's rounded numbers. Compute them from the four inputs, and keep three decimals.",
        ),
    ),
    hints=(
        "Think of 1,000 stays. About 66 have sepsis and 934 do not. How many of each get an alert?",
        "Alerts with sepsis: 0.33 x 66. Alerts without: (1 - 0.83) x 934. The PPV is the first divided by both "
        "together.",
        "Stays without an alert: 0.83 x 934 without sepsis and 0.67 x 66 with sepsis. The NPV is the first divided "
        "by both.",
    ),
    why="88 of 100 alerts are false, as sepsis is rare. This does not make a probability wrong: 12% can be true. "
    "The worse news is in the sensitivity: two of three patients with sepsis get no alert.",
)
