# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, is_stub, mapping, number

# %% [markdown]
# ## Two trees: which importance can be trusted?
#
# The example is from Lundberg, Erion and Lee (2018). Two trees predict a severity from fever and cough. There are four kinds of
# patients, all equally frequent:

# %%
pd.DataFrame(TREES).rename_axis("patient").add_prefix("tree ")

# %% [markdown]
# Tree A asks for *fever* first and then for *cough*. Tree B asks for *cough* first and then for *fever*. Tree B adds 10 for a
# cough, so it relies **more** on cough than tree A.
#
# Fill in six numbers:
#
# - `gain ... cough`: the **share of cough in the total gain**, in percent. The gain of a split is by how much it lowers the mean
#   squared distance of the outputs from their mean. Take it at the top of the tree (all four patients). After the
#   second split each patient has an output of its own, so nothing is left.
# - `SHAP ... fever` and `SHAP ... cough` for the patient with **fever and cough**: the mean gain over the two orders of joining,
#   where an unknown feature is averaged over the four patients.

# %% answer points=3 minutes=10 coding="calculator"
tree_answers = {
    "gain A cough": ...,
    "gain B cough": ...,
    "SHAP A fever": ...,
    "SHAP A cough": ...,
    "SHAP B fever": ...,
    "SHAP B cough": ...,
}
### BEGIN SOLUTION
tree_answers = {
    "gain A cough": 100 * 800 / 1200,
    "gain B cough": 100 * 625 / 1425,
    "SHAP A fever": ((40 - 20) + (80 - 40)) / 2,
    "SHAP A cough": ((40 - 20) + (80 - 40)) / 2,
    "SHAP B fever": ((45 - 25) + (90 - 50)) / 2,
    "SHAP B cough": ((50 - 25) + (90 - 45)) / 2,
}
### END SOLUTION

# %% [markdown]
# Tree B relies more on cough. What happens to the gain share of cough from A to B, and what to its SHAP value? Which of the two
# would you print in a report?

# %% judge
# The two trees of Lundberg, Erion and Lee 2018 (arXiv:1802.03888): fever and cough, four patients, equally many.
TREES = {
    "A": {"no fever, no cough": 0, "no fever, cough": 0, "fever, no cough": 0, "fever, cough": 80},
    "B": {"no fever, no cough": 0, "no fever, cough": 10, "fever, no cough": 0, "fever, cough": 90},
}


def _spread(values):
    """Return the mean squared distance from the mean."""
    return float(np.var(values))


def two_trees():
    answer = {}
    for tree, first in (("A", "fever"), ("B", "cough")):  # the feature at the top of each tree
        nn, nc, fn, fc = TREES[tree].values()  # n: none, c: cough, f: fever
        all_four = [nn, nc, fn, fc]
        halves = ([nn, nc], [fn, fc]) if first == "fever" else ([nn, fn], [nc, fc])
        left_over = np.mean([_spread(half) for half in halves])
        gain = {first: _spread(all_four) - left_over}
        gain["cough" if first == "fever" else "fever"] = left_over  # the second split leaves no spread
        answer[f"gain {tree} cough"] = 100 * gain["cough"] / sum(gain.values())
        base, with_fever, with_cough = np.mean(all_four), np.mean([fn, fc]), np.mean([nc, fc])
        answer[f"SHAP {tree} fever"] = ((with_fever - base) + (fc - with_cough)) / 2
        answer[f"SHAP {tree} cough"] = ((with_cough - base) + (fc - with_fever)) / 2
    return answer


def _tree_numbers(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    return mapping(answer, lambda value: number(value, low=-200, high=200))


def _changed(changes):
    """Return the right answers with some of them replaced."""
    return {**two_trees(), **changes}


def _explain_trees(got, right):
    """Name the first wrong number without giving it away."""
    missing = [key for key in right if key not in got]
    if missing:
        return f"there is no number yet for: {', '.join(missing)}."
    extra = [str(key) for key in got if key not in right]
    if extra:
        return f"these names do not belong there: {', '.join(extra)}. Use the six names of the stub."
    wrong = [key for key in right if abs(got[key] - right[key]) > 0.5]
    shapley = all(key.startswith("SHAP") for key in wrong)
    total = (
        "The SHAP values of a tree add up to its prediction for fever and cough, minus its mean over the four patients."
    )
    spread = (
        "A split's gain is by how much it lowers the mean squared distance from the mean. Both gains of a tree make "
        "100%."
    )
    return f"not right yet: {', '.join(wrong)}. {total if shapley else spread}"


EXERCISE = Exercise(
    expects="a dict with six numbers: the gain shares of cough in percent, and four SHAP values",
    evaluate=_tree_numbers,
    right=two_trees(),
    also_right=(
        {key: round(value, 1) for key, value in two_trees().items()},
        {key: round(value) for key, value in two_trees().items()},
        pd.Series(two_trees()),
    ),
    mistakes=(
        Mistake(
            "gain shares of fever",
            _changed({key: 100 - two_trees()[key] for key in ("gain A cough", "gain B cough")}),
            "Your gain shares are those of fever. Asked is cough.",
        ),
        Mistake(
            "gain as a fraction",
            _changed({key: two_trees()[key] / 100 for key in ("gain A cough", "gain B cough")}),
            "Give the gain shares in percent: 50, not 0.5.",
        ),
        Mistake(
            "one order: fever first",
            _changed({"SHAP A fever": 20, "SHAP A cough": 40, "SHAP B fever": 20, "SHAP B cough": 45}),
            "This is one order only: fever joins first, then cough. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "one order: cough first",
            _changed({"SHAP A fever": 40, "SHAP A cough": 20, "SHAP B fever": 40, "SHAP B cough": 25}),
            "This is one order only: cough joins first, then fever. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "no base value",
            _changed({"SHAP A fever": 40, "SHAP A cough": 40, "SHAP B fever": 42.5, "SHAP B cough": 47.5}),
            "You shared out the whole prediction. SHAP shares out the prediction minus the mean prediction of all four "
            "patients.",
        ),
    ),
    hints=(
        "Tree A asks for fever first, tree B for cough. The first gain: mean squared distance before the split, minus "
        "the mean of the two halves after it.",
        "After the second split nothing is left, so the second gain is what the first one left over.",
        "SHAP of fever: half of (mean with fever - mean of all) plus half of (fever and cough - mean with cough).",
    ),
    why="Tree B relies more on cough than tree A, and its SHAP value rises from 30 to 35. The gain share falls from "
    "67% to 44%. Gain is not consistent; SHAP is.",
    tolerance=0.5,
    explain=_explain_trees,
)
