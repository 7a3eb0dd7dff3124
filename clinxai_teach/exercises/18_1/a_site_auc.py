# %% judge
import numpy as np
from sklearn.metrics import roc_auc_score

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import one_number

# %% [markdown]
# ## The hospital is a great pneumonia test
#
# Zech and colleagues (2018) had films from two sites:
#
# | Site | Films | With pneumonia |
# |---|---|---|
# | MSH | 42,396 | 34.2% |
# | NIH | 112,120 | 1.2% |
#
# Take the rule "the film comes from MSH" as a test for pneumonia. **Compute its AUC by hand**, from its sensitivity and its
# false positive rate, without scikit-learn. (The paper gives 0.861. That is on its own joint test set; from the totals above
# you get a slightly different number.)
#
# *Needed:* a yes/no test gives a ROC curve with one corner, and the area under it is
# $(1 + \text{sensitivity} - \text{false positive rate}) / 2$.

# %% answer points=2 minutes=10 difficulty="medium" coding="calculator"
site_auc = ...
### BEGIN SOLUTION
msh_sick, nih_sick = 42_396 * 0.342, 112_120 * 0.012  # films
msh_other, nih_other = 42_396 * 0.658, 112_120 * 0.988
# The rule "site = MSH means pneumonia" is a test. Take its sensitivity and its false positive rate.
sensitivity = msh_sick / (msh_sick + nih_sick)
false_positive_rate = msh_other / (msh_other + nih_other)
# A yes/no rule gives a ROC curve with one corner. The area under it is:
site_auc = (1 + sensitivity - false_positive_rate) / 2
### END SOLUTION


# %% judge
def _site_auc_from_counts():
    """The same area, from scikit-learn: four groups of films, weighted by their numbers."""
    pneumonia, is_msh = [1, 0, 1, 0], [1, 1, 0, 0]
    films = [42_396 * 0.342, 42_396 * 0.658, 112_120 * 0.012, 112_120 * 0.988]
    return roc_auc_score(pneumonia, is_msh, sample_weight=films)


EXERCISE = one_number(
    site_auc,
    low=0,
    high=1,
    tolerance=0.002,
    expects="one number between 0 and 1, the AUC",
    also_right=(0.857, np.float32(0.857), np.array(0.8569), _site_auc_from_counts()),
    mistakes=(
        Mistake(
            "direction reversed",
            1 - site_auc,
            "An AUC this far below 0.5 means that the direction is reversed. The rule calls a film from MSH positive.",
        ),
        Mistake(
            "copied the AUC on the joint test set",
            0.861,
            "0.861 is the paper's AUC on its joint test set. From the totals given here you get a little less. If you "
            "rounded to 0.86: keep three decimals.",
        ),
        Mistake(
            "copied the internal AUC of the model",
            0.931,
            "0.931 is the model's AUC at its own hospitals. The question is about the site alone: no model, no film.",
        ),
        Mistake(
            "copied the external AUC of the model",
            0.815,
            "0.815 is the model's AUC at a third hospital. The question is about the site alone: no model, no film.",
        ),
        Mistake(
            "sensitivity alone",
            0.915,
            "This is the sensitivity of the rule alone. The AUC also needs the false positive rate: the share of films "
            "without pneumonia that come from MSH.",
        ),
        Mistake(
            "false positive rate alone",
            0.2012,
            "This is the false positive rate alone: the share of films without pneumonia that come from MSH. The AUC "
            "also needs the sensitivity.",
        ),
        Mistake(
            "accuracy of the rule",
            0.8108,
            "This is the accuracy of the rule: the share of films called correctly. The AUC weighs sensitivity and "
            "specificity equally, however rare the disease is.",
        ),
        Mistake(
            "Youden's index",
            2 * site_auc - 1,
            "This is sensitivity minus false positive rate (Youden's index). The AUC of a rule without value is 0.5, "
            "not 0: rescale.",
        ),
        Mistake(
            "ratio of the two prevalences",
            0.342 / (0.342 + 0.012),
            "This uses the two percentages but not the numbers of films. First compute how many films with and without "
            "pneumonia each site has.",
        ),
    ),
    hints=(
        'Treat "the film comes from MSH" as a positive test. Make the 2 x 2 table: site against pneumonia.',
        "Sensitivity = pneumonia films at MSH / all pneumonia films. False positive rate = other films at MSH / all "
        "other films.",
        "A yes/no test has a ROC curve with one corner. The area under it is "
        "(1 + sensitivity - false positive rate) / 2.",
    ),
    why="91.5% of the films with pneumonia come from MSH, but only 20.1% of the others. To know the site is enough; "
    "nobody has to look at a film.",
)
