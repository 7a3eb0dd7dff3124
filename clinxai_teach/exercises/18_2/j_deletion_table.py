# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## Reading a table of deletion curves
#
# Two kinds of maps, M and N, of one tool. (The numbers are invented.) Pixels are removed, the highest of the map first, and the area under the curve
# is measured on 200 films in steps of 0.1%, with its 95% interval. Five random orders stand beside them.
#
# | order of removal | removed = black | removed = the blurred film |
# |---|---|---|
# | map M | 0.18 (0.15 to 0.21) | 0.31 (0.27 to 0.35) |
# | map N | 0.17 (0.14 to 0.20) | 0.52 (0.48 to 0.56) |
# | random, five draws, lowest to highest | 0.16 to 0.19 | 0.49 to 0.54 |
#
# Write the set of the numbers of the statements that are **true**.
#
# {{material}}

# %% answer points=3 minutes=7 difficulty="medium" coding="none"
deletion_truths = ...
### BEGIN SOLUTION
deletion_truths = {2, 4, 6, 8}
### END SOLUTION

# %% judge
DELETION_STATEMENTS = {
    1: ("With black pixels map M is better than chance.", "Its interval holds all five random orders."),
    2: ("With the blurred film map M is better than chance.", "Its whole interval lies far below every random order."),
    3: (
        "Map N is shown to be wrong.",
        "It is no better than random in this test. It may answer another question, such as one with a black baseline.",
    ),
    4: (
        "With black pixels the test says more about how strange the film becomes than about the maps.",
        "A random order does as well as both maps. So it does not matter which pixels go.",
    ),
    5: (
        "The smaller the area, the better the tool finds the disease.",
        "The area is about the order of the pixels for this model. A bad model can have a small area.",
    ),
    6: (
        "Before one praises map M one should ask if it was made with the blurred film as its baseline.",
        "If so, it was asked the question by which it is then judged.",
    ),
    7: (
        "One random order beside the maps would have been enough.",
        "The draws differ by 0.03 to 0.05. One draw could have stood on either side of a map.",
    ),
    8: (
        "To compare M with N, the difference film by film, with its interval, is better than two separate intervals.",
        "Both were measured on the same films. What makes a film easy is the same for both, and cancels out.",
    ),
}

EXERCISE = true_or_not(
    deletion_truths,
    DELETION_STATEMENTS,
    mistakes=(
        Mistake(
            "small areas believed",
            {*deletion_truths, 1},
            "Statement 1: 0.18 looks small. Compare it with the random orders in its column.",
        ),
        Mistake(
            "a bad score taken for a wrong map",
            {*deletion_truths, 3},
            "Statement 3: no better than random in one test is not yet wrong. Which question does the test ask?",
        ),
        Mistake(
            "the area taken for the tool's quality",
            {*deletion_truths, 5},
            "Statement 5: does the area know where the disease is?",
        ),
    ),
    hints=(
        "Compare each number with the random orders in its own column.",
        "Four are true. Beware of statements that speak of the disease, or of right and wrong maps.",
        "Both columns have true statements: one each about M or about the test itself.",
    ),
    why="A deletion curve says something beside several random orders, with an interval, and once it is known what 'removed' means.",
)
