# %% judge
import pandas as pd
from scipy import stats

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## What one calibration set can promise
#
# Alpha is 0.05. Over all calibration sets the mean coverage is k/(n + 1). But your hospital has *one* calibration set, and its
# coverage is random: it follows the law Beta(k, n + 1 - k), which is `stats.beta(k, n + 1 - k)`.
#
# For **n = 60**: what is `k`? What is the mean coverage? Which coverage do only 5 in 100 calibration sets stay below? And for
# **n = 200**: what is the chance of a calibration set with a coverage below 0.93? Give at least three decimals.

# %% answer points=2 minutes=8 difficulty="medium"
coverage_numbers = {
    "k": ...,
    "mean coverage": ...,
    "5 in 100 sets below": ...,
    "chance below 0.93 with n = 200": ...,
}
### BEGIN SOLUTION
coverage_numbers = {
    "k": 58,  # ceil(61 * 0.95) = ceil(57.95)
    "mean coverage": 58 / 61,
    # the coverage of one calibration set, before you know which one you have, follows Beta(k, n + 1 - k)
    "5 in 100 sets below": stats.beta(58, 3).ppf(0.05),
    "chance below 0.93 with n = 200": stats.beta(191, 10).cdf(0.93),  # k = ceil(201 * 0.95) = 191
}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    coverage_numbers,
    tolerance={  # k is exact, and a mean of 0.951 must differ from 0.950
        "k": 0.0002,
        "mean coverage": 0.0005,
        "5 in 100 sets below": 0.002,
        "chance below 0.93 with n = 200": 0.002,
    },
    advice={
        "k": "k = ceil((n + 1)(1 - alpha)) with n = 60.",
        "mean coverage": "The mean over calibration sets is k / (n + 1).",
        "5 in 100 sets below": "It is the 5% point of Beta(k, n + 1 - k): scipy.stats.beta(k, n + 1 - k).ppf(0.05).",
        "chance below 0.93 with n = 200": "Take k for n = 200, then scipy.stats.beta(k, n + 1 - k).cdf(0.93).",
    },
    expects="a dict with four numbers: k, the mean coverage, a 5% point, and a chance",
    also_right=({key: round(value, 3) for key, value in coverage_numbers.items()}, pd.Series(coverage_numbers)),
    mistakes=(
        Mistake(
            "k without the new patient",
            {**coverage_numbers, "k": 57},
            "k = 57 counts the calibration patients only. The new patient makes it ceil(61 * 0.95).",
        ),
        Mistake(
            "mean coverage exactly 0.95",
            {**coverage_numbers, "mean coverage": 0.95},
            "The mean coverage is a little more than 0.95, because k is rounded up: k / (n + 1).",
        ),
        Mistake(
            "95% taken as a promise for each set",
            {**coverage_numbers, "5 in 100 sets below": 0.95},
            "0.95 holds on average over calibration sets. A single set can lie lower: its coverage follows Beta(k, n + "
            "1 - k).",
        ),
        Mistake(
            "binomial with fixed coverage",
            {**coverage_numbers, "chance below 0.93 with n = 200": stats.binom(200, 0.95).cdf(185)},
            "This is the chance to count few hits in 200 patients. Asked is the chance that the calibration set itself "
            "gives a coverage below 0.93: the Beta law.",
        ),
        Mistake(
            "the Beta law of n = 60",
            {**coverage_numbers, "chance below 0.93 with n = 200": stats.beta(58, 3).cdf(0.93)},
            "The last number is for n = 200. You used n = 60. With more patients the chance is smaller.",
        ),
    ),
    hints=(
        "k = ceil((n + 1)(1 - alpha)). On average the coverage is k / (n + 1).",
        "The coverage of one calibration set is random: scipy.stats.beta(k, n + 1 - k).",
        "Its .ppf(0.05) is the value that 5 in 100 sets stay below. Its .cdf(0.93) is the chance of less than 0.93.",
    ),
    why="The guarantee is an average over calibration sets. With 60 patients, one hospital in 20 gets a set with less than 90% "
    "coverage where 95% was promised. More patients make it narrower.",
)
