# %% judge

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## True or not
#
# Twelve sentences from reports and sales talks. Write the set of the numbers of those that are **true**.
#
# {{material}}
#
# Replace the `...` so that the line looks like this, with your own numbers:
# `true_statements = {3, 5, 9}`

# %% answer points=3 minutes=6 difficulty="easy" coding="none"
true_statements = ...
### BEGIN SOLUTION
true_statements = {1, 4, 7, 8, 11, 12}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: (
        "Platt scaling with a slope above 0 leaves the AUC exactly as it was.",
        "alpha + beta z with beta > 0 keeps the order of all patients, and the AUC sees the order only.",
    ),
    2: (
        "A model with an AUC of 0.95 gives probabilities that can be taken as they are.",
        "The AUC sees the order only. All probabilities could be halved, with the same AUC.",
    ),
    3: (
        "If the overall O/E is 1, the risk is right at every level of risk.",
        "Too low for low risks and too high for high risks can cancel out. Look at the slope and the curve.",
    ),
    4: (
        "A perfectly calibrated model that is tested on 300 patients has an ECE above 0.",
        "Chance moves every dot off the diagonal, and a distance is never negative. Compare with the null band.",
    ),
    5: (
        "Temperature scaling has a number of its own for the average risk.",
        "It has T alone. Platt's alpha is what shifts the average.",
    ),
    6: (
        "After a repair a group with 14 ill has an O/E of 1.6 (95% 0.9 to 2.7). So the tool is right for this group.",
        "1 lies in the interval, and so does 2.7. Not shown to be wrong is not shown to be right: 14 ill are few.",
    ),
    7: (
        "An alert with a PPV of 12% can come from a well calibrated model.",
        "For a rare disease 12% can be the true risk. Whether it is worth an alert depends on the threshold.",
    ),
    8: (
        "From a calibrated model, 20% means: of 100 patients who get this number, about 20 have the disease.",
        "This is the meaning of calibration: a statement about all who get this number.",
    ),
    9: (
        "Of two models, the one with the lower Brier score is the better calibrated one.",
        "It may only sort better. In 18.3-b model B has the lower score and the worse reliability.",
    ),
    10: (
        "Two models with the same AUC have the same net benefit at a threshold of 10%.",
        "The threshold cuts at another place when the probabilities differ. In the lesson one was worse than nothing.",
    ),
    11: (
        "O/E 1.0 for all, 0.5 (95% 0.3 to 0.7) in a group with 45 ill: the tool says too much to this group.",
        "The interval leaves out 1: half as many are ill as expected. The 1.0 for all hides it.",
    ),
    12: (
        "A repair that was learned in one hospital must be checked again in another.",
        "Calibration belongs to a model and a population. In the lesson a temperature did not travel.",
    ),
}


EXERCISE = true_or_not(
    true_statements,
    STATEMENTS,
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Half of them are not true. Ask of each: is it about the order, about the average, or about every level "
            "of risk?",
        ),
        Mistake(
            "the AUC is trusted too much",
            {*true_statements, 2, 10},
            "2 and 10 expect too much of the AUC. It sees the order only; probabilities and thresholds are another "
            "matter.",
        ),
        Mistake(
            "an average, and a wide interval, trusted too much",
            {*true_statements, 3, 6},
            "3 expects too much of an average: errors can cancel out. 6 takes an interval that holds 1 for a proof; it "
            "also holds 2.7.",
        ),
        Mistake(
            "a low PPV taken for wrong probabilities",
            true_statements - {7},
            "One true statement is missing: a low PPV is no proof of wrong probabilities. For a rare disease 12% "
            "can be true.",
        ),
        Mistake(
            "an ECE of 0 expected",
            true_statements - {4},
            "One true statement is missing: chance moves the dots of a perfect model, too. Its ECE is above 0.",
        ),
    ),
    hints=(
        "Six are true.",
        "The AUC sees the order only. O/E sees the average only. The ECE sees distances and chance.",
        "Think of rare diseases, of groups that cancel out, of another hospital.",
    ),
    why="Order, average, every level of risk, each group, the threshold: five questions, and an answer to one is no "
    "answer to the next.",
)
