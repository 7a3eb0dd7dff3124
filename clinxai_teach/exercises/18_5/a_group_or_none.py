# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind, came, mapping, number

# %% [markdown]
# ## A number for each group, or none
#
# Write `oe_by_group(y_true, y_prob, group)`. All three inputs are numpy arrays of the same length. Return a dict: for each
# group its **observed / expected** number of events, or the text `"insufficient data"` where the group has **fewer than 100
# events**.


# %% answer points=3 minutes=10 difficulty="medium"
def oe_by_group(y_true, y_prob, group):
    ### BEGIN SOLUTION
    result = {}
    for name in np.unique(group):
        rows = group == name
        events = y_true[rows].sum()
        if events < 100:
            result[name] = "insufficient data"  # no bare number from so few events
        else:
            result[name] = events / y_prob[rows].sum()
    return result
    ### END SOLUTION


# %% [markdown]
# On the test people, by sex and then by what they said of their race and ethnicity:

# %%
sex = np.where(X_test["male"] == 1, "men", "women")
race = split.audit["race_ethnicity"].to_numpy(dtype=str)
for group in (sex, race):
    found = oe_by_group(y_test.to_numpy(), p_test, group)
    if found is None:
        print("18.5-a is still open.")
        break
    print(
        pd.Series(found, name="O/E").map(lambda value: value if isinstance(value, str) else f"{value:.2f}").to_string()
    )
    print()

# %% [markdown]
# (The tool of all adults is here for practice only: part 1 rejects it for people whom no doctor has told that they have diabetes.) Men and women have enough events. The six groups below have each fewer than 100: no
# estimate may be quoted for them. Their intervals may still speak against the tool (section 3). A bare ratio is not enough for men and women, either: the report gives its interval.


# %% judge
INSUFFICIENT, MIN_EVENTS = "insufficient data", 100


def _oe_with_pandas(y_true, y_prob, group):
    sums = pd.DataFrame({"o": y_true, "e": y_prob, "g": group}).groupby("g").sum()
    return (sums.o / sums.e).where(sums.o >= MIN_EVENTS, other=INSUFFICIENT)


def _oe(ratio=lambda y, p: y.sum() / p.sum(), enough=lambda y, p: y.sum() >= MIN_EVENTS):
    """Return a variant that differs in one thing."""

    def one(y, p):
        return ratio(y, p) if enough(y, p) else INSUFFICIENT

    def variant(y_true, y_prob, group):
        return {name: one(y_true[group == name], y_prob[group == name]) for name in np.unique(group)}

    return variant


def _overall_oe(y_true, y_prob, group):
    right = oe_by_group(y_true, y_prob, group)
    return {name: y_true.sum() / y_prob.sum() if right[name] != INSUFFICIENT else INSUFFICIENT for name in right}


def _small_left_out(y_true, y_prob, group):
    return {name: value for name, value in oe_by_group(y_true, y_prob, group).items() if value != INSUFFICIENT}


def _group_cases():
    rng = np.random.default_rng(185)

    def case(label, sizes, risks, said):
        group = np.repeat(list(sizes), list(sizes.values()))
        risk = np.concatenate([np.full(n, r) for n, r in zip(sizes.values(), risks, strict=True)])
        given = np.concatenate([np.full(n, r) for n, r in zip(sizes.values(), said, strict=True)])
        y_true = (rng.random(len(group)) < risk).astype(int)
        y_prob = np.clip(given + rng.normal(0, 0.05, len(group)), 0.01, 0.99).round(3)
        order = rng.permutation(len(group))
        return Case(label, {"y_true": y_true[order], "y_prob": y_prob[order], "group": group[order]})

    events = {"north": (100, 400, 0.25), "south": (99, 300, 0.25), "west": (90, 300, 0.4), "east": (120, 300, 0.3)}
    some = [np.arange(n) < sick for sick, n, _ in events.values()]  # west: fewer than 100, though 120 are expected
    return (
        case("three groups, two with few events", {"A": 600, "B": 150, "C": 60}, (0.4, 0.3, 0.5), (0.3, 0.3, 0.4)),
        Case(
            "100 events, 99, 90 and 120",
            {
                "y_true": np.concatenate(some).astype(int),
                "y_prob": np.repeat([risk for _, _, risk in events.values()], [n for _, n, _ in events.values()]),
                "group": np.repeat(list(events), [n for _, n, _ in events.values()]),
            },
        ),
        case("three hospitals", {1: 900, 2: 700, 3: 120}, (0.3, 0.25, 0.5), (0.24, 0.35, 0.5)),
    )


def _number_or_text(value):
    if isinstance(value, str):
        if value.strip().lower() != INSUFFICIENT:
            raise WrongKind(f'{came(value)} came. A group is a number or the text "{INSUFFICIENT}".')
        return INSUFFICIENT
    return number(value)


EXERCISE = function_on_cases(
    oe_by_group,
    _group_cases(),
    read=lambda output: mapping(output, _number_or_text),
    expects=f'a function oe_by_group(y_true, y_prob, group) that returns a dict {{group: O/E or "{INSUFFICIENT}"}}',
    also_right=(_oe_with_pandas, _oe(), _oe(ratio=lambda y, p: round(float(y.sum() / p.sum()), 3))),
    mistakes=(
        Mistake(
            "small groups get a number",
            _oe(enough=lambda y, p: True),
            'A group with fewer than 100 events got a number. Return the text "insufficient data" there: a bare number '
            "would be believed.",
        ),
        Mistake(
            "counts patients instead of events",
            _oe(enough=lambda y, p: len(y) >= MIN_EVENTS),
            "You asked for 100 patients. What counts is the number of events: y_true of the group, added up.",
        ),
        Mistake(
            "counts expected events",
            _oe(enough=lambda y, p: p.sum() >= MIN_EVENTS),
            "You counted the events that were expected. What counts is what was observed: y_true of the group, added up.",
        ),
        Mistake(
            "more than 100 instead of at least 100",
            _oe(enough=lambda y, p: y.sum() > MIN_EVENTS),
            "A group with exactly 100 events has enough. Fewer than 100 is too few.",
        ),
        Mistake(
            "expected over observed",
            _oe(ratio=lambda y, p: p.sum() / y.sum()),
            "This is expected / observed. O/E above 1 must mean more disease than predicted.",
        ),
        Mistake(
            "difference instead of ratio",
            _oe(ratio=lambda y, p: y.mean() - p.mean()),
            "This is a difference. O/E is a ratio: the events divided by the sum of the predictions.",
        ),
        Mistake(
            "the share of events",
            _oe(ratio=lambda y, p: y.mean()),
            "This is the share of patients with an event. O/E divides the observed events by the expected ones, the sum of y_prob.",
        ),
        Mistake(
            "excess instead of ratio",
            _oe(ratio=lambda y, p: y.sum() / p.sum() - 1),
            "You took 1 away. O/E itself is asked: 1 means as many events as expected.",
        ),
        Mistake(
            "overall O/E for all",
            _overall_oe,
            "Every group has the overall O/E. Keep only the rows of the group: y_true[rows], y_prob[rows].",
        ),
        Mistake(
            "small groups left out",
            _small_left_out,
            "The small groups are missing. Keep them in the dict: the reader must see that no estimate may be "
            "quoted for them.",
        ),
    ),
    hints=(
        "Loop over np.unique(group). In each turn, rows = group == name.",
        "The observed number is y_true[rows].sum(), the expected one y_prob[rows].sum().",
        'If the observed number is below 100, store "insufficient data" instead of the ratio.',
    ),
    why="A report that hides its small groups, or gives a bare number for them, looks better than what is known. "
    "'Insufficient data' is a result: it tells the committee what to collect. Next, read the interval.",
    tolerance=6e-4,
)
