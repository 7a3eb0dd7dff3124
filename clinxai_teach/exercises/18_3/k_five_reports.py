# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Five reports
#
# Five tools come with a report (in brackets: 95% intervals). Give each one its verdict, A to E. Each verdict is used once.
#
# 1. Risk of a fall in hospital. Tested here last year, 240 falls. O/E 1.02 (0.90 to 1.15), slope 0.58 (0.50 to 0.66). In the
#    diagram the low dots lie above the line and the high ones below; each has 300 patients or more.
# 2. Risk of readmission. Tested here last year, 310 readmissions. O/E 0.61 (0.55 to 0.68), intercept -0.55 (-0.68 to
#    -0.42), slope 1.01 (0.90 to 1.12).
# 3. Risk of pressure sores on the ward. Tested on 9,000 patients, among them 700 who had a sore at admission. O/E 0.99 (0.94 to
#    1.04), slope 0.98 (0.93 to 1.03).
# 4. Risk of a rare reaction to a drug. Tested here for three years, 9 reactions. O/E 1.30 (0.60 to 2.30), slope 0.9 (0.3 to
#    1.6). ECE within its null band.
# 5. Risk of an unplanned transfer to intensive care. Tested here last year, 260 transfers. O/E 1.03 (0.91 to 1.16), slope 0.97
#    (0.88 to 1.07); the smooth curve's band holds the diagonal.
#
# Verdicts:
#
# - **A** nothing is shown, in either direction
# - **B** wrong on average: not even *mean* calibration
# - **C** right on average, too extreme: *mean*, not *weak*
# - **D** no fault is shown, up to *moderate*, with enough people of the right kind
# - **E** the wrong people were tested
#
# Replace each `...`, so that the line looks like this, with your own letters, in quotation marks:
# `verdicts = {1: "E", 2: "A", 3: "B", 4: "D", 5: "C"}`

# %% answer points=3 minutes=6 difficulty="medium" coding="none"
verdicts = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
verdicts = {1: "C", 2: "B", 3: "E", 4: "A", 5: "D"}
### END SOLUTION

# %% judge
LABELS = {
    "A": "nothing is shown, in either direction",
    "B": "wrong on average: not even mean calibration",
    "C": "right on average, too extreme: mean, not weak",
    "D": "no fault is shown, up to moderate, with enough people of the right kind",
    "E": "the wrong people were tested",
}
REASONS = {
    1: "O/E is near 1, and the interval of the slope lies far below 1: high risks too high, low risks too low.",
    2: "The slope is 1, and 39% fewer readmissions than predicted: too high on average, for everybody alike.",
    3: "Who has a sore at admission is not at risk of getting one. Good numbers, of the wrong people.",
    4: "Nine reactions: from 40% too much to more than twice too little, all is left open. An ECE within its band adds nothing to that.",
    5: "260 events, right patients, intervals around 1 and a curve that fits: no fault is shown here and now.",
}
EXERCISE = match(
    verdicts,
    LABELS,
    items="reports",
    what="verdict",
    reasons=REASONS,
    expects='a dict from report to verdict, such as {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}',
    also_right=({"1": "c", "2": "b", "3": "e", "4": "a", "5": "d"},),
    mistakes=(
        Mistake(
            "good numbers trusted",
            {**verdicts, 3: "D", 5: "E"},
            "Read report 3 again: who are the 700? Its numbers are good, but these people cannot get what they have.",
        ),
        Mistake(
            "no significant fault taken for no fault",
            {**verdicts, 4: "D", 5: "A"},
            "In report 4 both intervals hold 1 because there are nine reactions. That shows nothing, in either direction.",
        ),
        Mistake(
            "slope and average exchanged",
            {**verdicts, 1: "B", 2: "C"},
            "Reports 1 and 2 are exchanged. O/E speaks of the average, the slope of too extreme or too timid.",
        ),
    ),
    hints=(
        "First count the ill: one report has far too few.",
        "Then ask who was tested: in one report, people had the event before it could be predicted.",
        "Of the other three: is O/E off, or the slope, or neither?",
    ),
    why="Three questions in this order: the right people? enough ill among them? then what do O/E, slope and curve say?",
)
