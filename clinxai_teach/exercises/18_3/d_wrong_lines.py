# %% judge
import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import find_lines

# %% [markdown]
# ## Three wrong lines (for coders)
#
# A colleague sends you her program. It runs without an error message. **Three lines are wrong**: in what they do, or in what
# they conclude. Write the set of their numbers, such as `{1, 2}`.
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium"
wrong_lines = ...
### BEGIN SOLUTION
wrong_lines = {3, 4, 10}
### END SOLUTION

# %% judge
LISTING = {
    1: "X_dev, X_test, y_dev, y_test = train_test_split(X, y, test_size=0.3, stratify=y)",
    2: "X_train, X_calib, y_train, y_calib = train_test_split(X_dev, y_dev, test_size=0.3, stratify=y_dev)",
    3: "model = HistGradientBoostingClassifier(random_state=0).fit(X_dev, y_dev)",
    4: "z_calib = model.predict_proba(X_calib)[:, 1]",
    5: "platt = PlattScaling().fit(z_calib, y_calib)",
    6: "z_test = model.decision_function(X_test)",
    7: "p_test = platt.predict_proba(z_test)[:, 1]",
    8: 'print("ECE, 10 bins:", expected_calibration_error(y_test, p_test, n_bins=10))',
    9: 'print("chance up to:", calibration_null_band(p_test, n_bins=10).high)',
    10: 'print("The groups need no check, because O/E is", observed_expected_ratio(y_test, p_test))',
}
WRONG = {  # line: a clue that does not name it, and the reason
    3: (
        "Follow the calibration people. Is there a line in which somebody meets them too early?",
        "X_dev holds the calibration people. The model must be trained on X_train, or it has seen them.",
    ),
    4: (
        "Compare how the scores of two groups of people are made. Are both on the same scale?",
        "These are probabilities, but line 6 gives logits. Platt scaling needs logits in both places.",
    ),
    10: (
        "Read what is concluded, not only what is computed.",
        "O/E = 1 overall says nothing about the groups. The lesson shows one with 1.8.",
    ),
}
FINE = {
    1: "The test people are set aside first, with the same share of disease. That is right.",
    2: "The rest is split into training and calibration people. That is right.",
    5: "A repair fitted on the calibration people: this line is right. What goes into it is another question.",
    6: "decision_function gives the logits of this model. That is right.",
    7: "Column 1 of predict_proba is the probability of the disease. That is right.",
    8: "The labels come first, and the number of bins is named. That is right.",
    9: "An ECE beside what chance gives: well done. This line is right.",
}

EXERCISE = find_lines(
    wrong_lines,
    LISTING,
    wrong=WRONG,
    fine=FINE,
    expects="the set of the numbers of the wrong lines, such as {1, 2}",
    also_right=([10, 3, 4], {"3", "4", "10"}, np.array([3, 4, 10]), (4, 3, 10)),
    mistakes=(
        Mistake(
            "the conclusion not read",
            {3, 4},
            "Lines 3 and 4 are wrong, right. One more: a number can be computed correctly and used for a wrong "
            "conclusion.",
        ),
        Mistake(
            "the training not looked at",
            {4, 10},
            "Lines 4 and 10 are wrong, right. One more: on whom is the model trained, and who learns the repair?",
        ),
        Mistake(
            "where it shows instead of where it happens",
            {3, 6, 10},
            "Lines 4 and 6 do not fit together: probabilities and logits. Line 6 is what Platt scaling wants. So "
            "which of the two is wrong?",
        ),
        Mistake(
            "column 1 suspected",
            {3, 4, 7, 10},
            "Line 7 is fine: column 1 of predict_proba is the probability of the disease. The other three are right.",
        ),
        Mistake(
            "every line",
            set(LISTING),
            "Not every line is wrong. Three are. Follow the calibration people, then the scale of z, then the "
            "conclusion.",
        ),
    ),
    hints=(
        "Three lines are wrong. Write down who is used for what: training, calibration, test.",
        "z should be a logit wherever it stands. Which line gives something between 0 and 1?",
        "Is each sentence that is printed supported by the number in it?",
    ),
    why="None of the three stops with an error message. Leaks, mixed scales and wrong conclusions all run silently.",
)
