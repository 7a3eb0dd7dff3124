"""The exercises of section 18.5. Their notebook imports CASES and LABELS."""

import difflib

import numpy as np
import pandas as pd

from clinxai_teach.checks.engine import (
    Case,
    Exercise,
    Mistake,
    NotAnswered,
    WrongKind,
    came,
    is_stub,
    mapping,
    number,
    outputs,
    same,
    short,
)
from clinxai_teach.trust import audit_override_log, make_override_log

INSUFFICIENT = "insufficient data"
MIN_EVENTS = 100

# --- 18.5-a: a number for each group, or none -------------------------------------------------------------


def oe_by_group(y_true, y_prob, group):
    result = {}
    for name in np.unique(group):
        rows = group == name
        events = y_true[rows].sum()
        if events < 100:
            result[name] = "insufficient data"  # no bare number from so few events
        else:
            result[name] = events / y_prob[rows].sum()
    return result


def _oe_with_pandas(y_true, y_prob, group):
    sums = pd.DataFrame({"o": y_true, "e": y_prob, "g": group}).groupby("g").sum()
    return (sums.o / sums.e).where(sums.o >= MIN_EVENTS, other=INSUFFICIENT)


def _oe(ratio=lambda y, p: y.sum() / p.sum(), enough=lambda y: y.sum() >= MIN_EVENTS, text=INSUFFICIENT):
    """Return a variant that differs in one thing."""

    def variant(y_true, y_prob, group):
        return {
            name: ratio(y_true[group == name], y_prob[group == name]) if enough(y_true[group == name]) else text
            for name in np.unique(group)
        }

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

    exactly = np.r_[np.ones(100), np.zeros(300)].astype(int), np.r_[np.ones(99), np.zeros(201)].astype(int)
    return (
        case("three groups, two with few events", {"A": 600, "B": 150, "C": 60}, (0.4, 0.3, 0.5), (0.3, 0.3, 0.4)),
        Case(
            "exactly 100 events, and 99",
            {
                "y_true": np.concatenate(exactly),
                "y_prob": np.full(700, 0.25),
                "group": np.repeat(["north", "south"], [400, 300]),
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


A = Exercise(
    id="18.5-a",
    title="A number for each group, or none",
    expects=f'a function oe_by_group(y_true, y_prob, group) that returns a dict {{group: O/E or "{INSUFFICIENT}"}}',
    evaluate=lambda answer: outputs(answer, _group_cases(), lambda output: mapping(output, _number_or_text)),
    right=oe_by_group,
    also_right=(_oe_with_pandas, _oe()),
    mistakes=(
        Mistake(
            "small groups get a number",
            _oe(enough=lambda y: True),
            'A group with fewer than 100 events got a number. Return the text "insufficient data" there: a bare number '
            "would be believed.",
        ),
        Mistake(
            "counts patients instead of events",
            _oe(enough=lambda y: len(y) >= MIN_EVENTS),
            "You asked for 100 patients. What counts is the number of events: y_true of the group, added up.",
        ),
        Mistake(
            "more than 100 instead of at least 100",
            _oe(enough=lambda y: y.sum() > MIN_EVENTS),
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
            "overall O/E for all",
            _overall_oe,
            "Every group has the overall O/E. Keep only the rows of the group: y_true[rows], y_prob[rows].",
        ),
        Mistake(
            "small groups left out",
            _small_left_out,
            "The small groups are missing. Keep them in the dict: the reader must see that nothing is known about "
            "them.",
        ),
    ),
    hints=(
        "Loop over np.unique(group). In each turn, rows = group == name.",
        "The observed number is y_true[rows].sum(), the expected one y_prob[rows].sum().",
        'If the observed number is below 100, store "insufficient data" instead of the ratio.',
    ),
    worked=oe_by_group,
    why="A report that hides its small groups, or gives a bare number for them, looks better than what is known. "
    "'Insufficient data' is a result: it tells the committee what to collect.",
    tolerance=1e-9,
)

# --- 18.5-b: unlike the training patients -----------------------------------------------------------------


def flag_unusual(train, new):
    mean, spread = train.mean(axis=0), train.std(axis=0)

    def distance(patients):
        return np.sqrt((((patients - mean) / spread) ** 2).sum(axis=1))

    limit = np.quantile(distance(train), 0.99)  # 99 in 100 training patients are nearer
    return distance(new) > limit


def _flag_with_scipy(train, new):
    from scipy.stats import zmap

    size = [np.linalg.norm(zmap(rows, train, axis=0), axis=1) for rows in (train, new)]
    return (size[1] > np.percentile(size[0], 99)).tolist()


def _flag(standard=lambda t, n: (t.mean(0), t.std(0)), level=0.99, limit_from="train", size=None, below=False):
    """Return a variant that differs in one thing."""
    size = size or (lambda z: np.sqrt((z**2).sum(axis=1)))

    def variant(train, new):
        mean, spread = standard(train, new)
        far = {"train": size((train - mean) / spread), "new": size((new - mean) / spread)}
        limit = np.quantile(far[limit_from], level)
        return far["new"] < limit if below else far["new"] > limit

    return variant


def _patient_cases():
    rng = np.random.default_rng(1852)

    def case(label, train, new):
        return Case(label, {"train": np.asarray(train, dtype=float), "new": np.asarray(new, dtype=float)})

    ages, pressures = rng.normal(60, 8, 200).round(0), rng.normal(130, 15, 200).round(0)
    three = rng.normal(size=(300, 3)) * [10, 0.5, 200] + [50, 4, 900]
    new = np.vstack(
        [three[:6] + np.array([1, 0.02, 15]), [[88, 4, 900], [50, 6.2, 900], [50, 4, 2000], [58, 4.4, 1050]]]
    )
    return (
        case("age and pressure", np.column_stack([ages, pressures]), [[60, 130], [7, 95], [82, 131], [62, 240]]),
        case("three blood values in other units", three, new),
        case(
            "30 new patients, all from one ward",
            rng.normal([70, 140], [10, 20], (250, 2)).round(1),
            rng.normal([92, 190], [4, 6], (30, 2)).round(1),
        ),
    )


def _flags(output):
    values = np.asarray(output)
    if values.ndim != 1 or values.dtype.kind not in "biu" or not np.isin(values, (0, 1)).all():
        raise WrongKind(f"{came(output)} came, where True or False is needed for each new patient.")
    return {f"new patient {place + 1}": bool(value) for place, value in enumerate(values)}


def _explain_flags(got, right):
    """Say whether too many or too few are flagged, on the first case that differs."""
    if not isinstance(got, dict):
        return "not right yet."
    case = next(case for case in right if not same(got.get(case), right[case], 0))
    mine, wanted = got[case], right[case]
    if len(mine) != len(wanted):
        return f"on {case.split(' (')[0]}: {len(mine)} answers for {len(wanted)} new patients."
    more = sum(mine.values()) - sum(wanted.values())
    kind = "too many" if more > 0 else "too few" if more < 0 else "other"
    return f"on {case.split(' (')[0]} {kind} patients are flagged: {sum(mine.values())} of {len(mine)}."


B = Exercise(
    id="18.5-b",
    title="Unlike the training patients",
    expects="a function flag_unusual(train, new) that returns True or False for each new patient",
    evaluate=lambda answer: outputs(answer, _patient_cases(), _flags),
    right=flag_unusual,
    also_right=(_flag_with_scipy, lambda train, new: flag_unusual(train, new).astype(int)),
    mistakes=(
        Mistake(
            "standardised by the new patients",
            _flag(standard=lambda t, n: (n.mean(0), n.std(0))),
            "You used mean and spread of the new patients. A strange group then looks normal to itself. Use the "
            "training ones.",
        ),
        Mistake(
            "limit from the new patients",
            _flag(limit_from="new"),
            "The limit came from the new patients: then about 1 in 100 is always flagged, however strange all are. "
            "Take it from "
            "the training patients.",
        ),
        Mistake(
            "not standardised",
            _flag(standard=lambda t, n: (t.mean(0), np.ones(t.shape[1]))),
            "The features have different units, and the one with the largest numbers decides. Divide by the training "
            "spread.",
        ),
        Mistake(
            "the near ones flagged",
            _flag(below=True),
            "You flagged the patients that are near. Far away is unusual: distance > limit.",
        ),
        Mistake(
            "95 instead of 99",
            _flag(level=0.95),
            "The limit is at 95 of 100 training patients. Asked is 99: with 95, one in twenty normal patients is "
            "flagged.",
        ),
        Mistake(
            "distances without squares",
            _flag(size=lambda z: z.sum(axis=1)),
            "The deviations were added with their signs, so high and low values cancel. Square them first.",
        ),
        Mistake(
            "nobody flagged",
            lambda train, new: np.zeros(len(new), dtype=bool),
            "Nobody is flagged. A child among adults must be.",
        ),
    ),
    hints=(
        "Subtract the training mean and divide by the training standard deviation, feature by feature, for both "
        "tables.",
        "The distance is the square root of the sum of squares along axis=1.",
        "limit = np.quantile(distance of train, 0.99). Return distance of new > limit.",
    ),
    worked=flag_unusual,
    why="A model is right about patients like those it has seen. The flag does not say that the prediction is wrong. "
    "It says "
    "that nobody has tested the model on such a patient.",
    explain=_explain_flags,
)

# --- 18.5-c: act, verify, do not use ----------------------------------------------------------------------

LABELS = {"A": "act on it", "V": "verify first", "N": "do not use it"}
# Each case: what the display shows (risk 0.30 in all), and what else is known.
CASES = {
    1: "Calibrated here, tight interval, plausible explanation, patient like many in training, routine decision.",
    2: "As 1, but the next step is an operation that cannot be undone.",
    3: "The patient is flagged as unlike all training patients: a 9-year-old, and the tool was built for adults.",
    4: "The prediction set holds both labels, sick and not sick.",
    5: "All signals good, but the patient takes a steroid that raises the blood value, and the tool does not know "
    "the drug.",
    6: "All signals good. The heatmap lies on a lead marker in the corner of the film.",
    7: "Calibrated at the vendor's hospital. Nobody has tested it here.",
    8: "All signals good, low-risk decision (a repeat blood test), group well represented.",
    9: "Five of nine inputs are missing and were filled with averages.",
    10: "The film is a lateral view. The intended use says: frontal views only.",
    11: "Dropout spread is high: the passes disagree about this patient.",
    12: "All signals good, but the report shows O/E 1.6 (interval 1.3 to 1.9) for the patient's own group.",
}
RIGHT_CASES = {1: "A", 2: "V", 3: "N", 4: "V", 5: "N", 6: "V", 7: "V", 8: "A", 9: "N", 10: "N", 11: "V", 12: "V"}
CASE_REASONS = {
    1: "Nothing speaks against it, and the decision is routine.",
    2: "The same signals, but an error cannot be undone: high stakes ask for a second source.",
    3: "Outside the intended use, and unlike the training patients: the number has no meaning for this child.",
    4: "A set with both labels says: I do not know. Use another test.",
    5: "You know a fact that changes the input's meaning and that the model lacks. Its number is for another patient.",
    6: "A reason for suspicion, not a proof. Look at the film yourself, without the tool.",
    7: "Without a local test you do not know what 0.30 means here. Verify by your own way, and ask for a local test.",
    8: "Good signals, and little harm if wrong.",
    9: "Most of the input is invented. The output is about an average patient.",
    10: "Outside the intended use. Nobody knows what the tool does with this view.",
    11: "The model has seen too little of this. Ask for a second reading.",
    12: "For this group the tool says too little: 0.30 may mean 0.48. Verify, and correct for it knowingly.",
}
DANGER = "acting on a tool that must not be used"


def _decisions(answer):
    """Return the decisions; those that agree with the key well enough count as the key."""
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = {str(case): letter for case, letter in mapping(answer, _letter).items()}
    unknown = [case for case in given if case not in map(str, CASES)]
    if unknown:
        raise WrongKind(f"There is no case {', '.join(unknown)}. The keys are the numbers 1 to {len(CASES)}.")
    missing = [str(case) for case in CASES if str(case) not in given]
    if missing:
        raise WrongKind(f"These cases have no decision yet: {', '.join(missing)}.")
    decisions = {case: given[str(case)] for case in CASES}
    agree = sum(decisions[case] == RIGHT_CASES[case] for case in CASES)
    return RIGHT_CASES if agree >= 10 and not _dangerous(decisions) else decisions


def _dangerous(decisions):
    """Return the cases in which the tool must not be used and the answer acts on it."""
    return [case for case in CASES if decisions[case] == "A" and RIGHT_CASES[case] == "N"]


def _letter(value):
    if is_stub(value):
        raise WrongKind("There is no decision yet.")
    for letter, name in LABELS.items():
        if isinstance(value, str) and value.strip().lower() in (letter.lower(), name):
            return letter
    near = difflib.get_close_matches(str(value).strip().lower(), LABELS.values(), n=1)
    advice = f"Do you mean {near[0]!r}?" if near else "Use A, V or N."
    raise WrongKind(f"{short(value)} is not one of the three decisions. {advice}")


def _explain_decisions(got, right):
    """First a dangerous case, then the first that differs, with its reason."""
    wrong = _dangerous(got) or [case for case in CASES if got[case] != right[case]]
    kind = f"{DANGER}: case {wrong[0]}" if _dangerous(got) else f"fewer than 10 of 12 agree. About case {wrong[0]}"
    return f"{kind}. {CASE_REASONS[wrong[0]]}"


C = Exercise(
    id="18.5-c",
    title="Act, verify, or do not use",
    expects='a dict with a decision for each case, such as {1: "A", 2: "V", ...}: A act on it, V verify first, '
    "N do not use it",
    evaluate=_decisions,
    right=RIGHT_CASES,
    also_right=(
        {case: LABELS[letter] for case, letter in RIGHT_CASES.items()},
        {**RIGHT_CASES, 7: "N", 12: "A"},  # two differ, none is dangerous
        pd.Series(RIGHT_CASES),
    ),
    mistakes=(
        Mistake(
            "always act",
            dict.fromkeys(CASES, "A"),
            "The tool's own number does not say whether it may be used. Look in each case for a signal that speaks "
            "against it.",
        ),
        Mistake(
            "always verify",
            dict.fromkeys(CASES, "V"),
            "Verify everything, and the tool only adds work. Two cases may be acted on, and in four the tool must "
            "not be used.",
        ),
        Mistake(
            "never use",
            dict.fromkeys(CASES, "N"),
            "Then no tool helps anybody. Some doubts can be settled by a second look: those are 'verify first'.",
        ),
        Mistake(
            "stakes ignored",
            {**RIGHT_CASES, 2: "A", 6: "A", 12: "A"},
            "You looked at the model's signals only. High stakes, a strange heatmap and a group with wrong risks "
            "also count.",
        ),
    ),
    hints=(
        "Is it within the intended use, with real inputs, on a patient like those in training? If not: N.",
        "Is there a doubt that a second look, another test or a local correction can settle? Then V.",
        "Two cases are A, four are N, six are V.",
    ),
    worked="\n".join(f"{case}: {LABELS[RIGHT_CASES[case]]}. {CASE_REASONS[case]}" for case in CASES),
    why="The expert key is a judgement: 10 of 12 are enough, but nobody may act on a tool outside its use. Write "
    "down why, also "
    "when you follow the tool.",
    explain=_explain_decisions,
)

# --- 18.5-d: the alert burden -----------------------------------------------------------------------------

BURDEN_KEYS = ("alerts per 100", "false alarms per 100", "missed per 1,000", "alerts per sick patient found")


def alert_burden():
    sensitivity, specificity, prevalence = 0.80, 0.90, 0.04
    true_alerts = sensitivity * prevalence
    false_alerts = (1 - specificity) * (1 - prevalence)
    return {
        "alerts per 100": 100 * (true_alerts + false_alerts),
        "false alarms per 100": 100 * false_alerts,
        "missed per 1,000": 1000 * (1 - sensitivity) * prevalence,
        "alerts per sick patient found": (true_alerts + false_alerts) / true_alerts,
    }


def _burden(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = mapping(answer, number)
    missing = [key for key in BURDEN_KEYS if key not in given]
    if missing:
        raise WrongKind(f"There is no number yet for: {', '.join(missing)}.")
    return {key: given[key] for key in BURDEN_KEYS}


def _explain_burden(got, right):
    first = next(key for key in right if abs(got[key] - right[key]) > 0.06)
    return f"{first}: {short(got[first])} is too {'low' if got[first] < right[first] else 'high'}."


def _burden_with(**changes):
    """Return the answers that follow from other numbers."""
    values = {"sensitivity": 0.80, "specificity": 0.90, "prevalence": 0.04, **changes}
    true_alerts = values["sensitivity"] * values["prevalence"]
    false_alerts = (1 - values["specificity"]) * (1 - values["prevalence"])
    return dict(
        zip(
            BURDEN_KEYS,
            (
                100 * (true_alerts + false_alerts),
                100 * false_alerts,
                1000 * (1 - values["sensitivity"]) * values["prevalence"],
                (true_alerts + false_alerts) / true_alerts,
            ),
            strict=True,
        )
    )


D = Exercise(
    id="18.5-d",
    title="What a good tool does to a ward",
    expects="a dict with four numbers: alerts and false alarms per 100, missed per 1,000, alerts per sick patient "
    "found",
    evaluate=_burden,
    right=alert_burden(),
    also_right=({key: round(value, 1) for key, value in alert_burden().items()}, pd.Series(alert_burden())),
    mistakes=(
        Mistake(
            "false alarms among all patients",
            {
                **alert_burden(),
                "false alarms per 100": 10.0,
                "alerts per 100": 13.2,
                "alerts per sick patient found": 4.125,
            },
            "The false alarm rate (10%) holds for the patients WITHOUT the disease: 96 of 100, not 100.",
        ),
        Mistake(
            "prevalence of 50%",
            _burden_with(prevalence=0.5),
            "You counted as many sick as healthy patients. Here 4 of 100 are sick.",
        ),
        Mistake(
            "missed per 100",
            {**alert_burden(), "missed per 1,000": 0.8},
            "Missed patients are asked per 1,000, not per 100.",
        ),
        Mistake(
            "missed among the sick",
            {**alert_burden(), "missed per 1,000": 200.0},
            "200 of 1,000 SICK patients are missed. Asked is: of 1,000 patients on the ward, of whom 40 are sick.",
        ),
        Mistake(
            "false alarms per sick patient found",
            {**alert_burden(), "alerts per sick patient found": 3.0},
            "This counts the false alarms only. The alert that finds the patient is one to look at, too.",
        ),
    ),
    hints=(
        "Take 1,000 patients: 40 are sick, 960 are not. Make the 2 x 2 table.",
        "True alerts: 80% of 40. False alarms: 10% of 960. Missed: 20% of 40.",
        "Alerts per sick patient found = all alerts / true alerts.",
    ),
    worked=alert_burden,
    why="Sensitivity 80% and specificity 90% sound good. Yet three of four alerts are false, because the disease is "
    "rare. The "
    "ward must know this before the first alert.",
    tolerance=0.06,
    explain=_explain_burden,
)

# --- 18.5-e: the override log -----------------------------------------------------------------------------

AUDIT_KEYS = ("override rate", "override PPV", "agreement when wrong")


def audit_log(log):
    overridden = log["decision"] != log["advice"]
    advice_wrong = log["advice"] != log["outcome"]
    clinician_right = log["decision"] == log["outcome"]
    return {
        "override rate": overridden.mean(),
        "override PPV": clinician_right[overridden].mean(),
        "agreement when wrong": (~overridden)[advice_wrong].mean(),
    }


def _audit_with_helper(log):
    found = audit_override_log(log)
    return pd.Series([found.override_rate, found.override_ppv, found.agreement_when_wrong], index=AUDIT_KEYS)


def _audit(**changes):
    """Return a variant in which one number is computed in another way, from (overridden, wrong advice, right)."""

    def variant(log):
        overridden = log["decision"] != log["advice"]
        wrong = log["advice"] != log["outcome"]
        right = log["decision"] == log["outcome"]
        return {**audit_log(log), **{key: change(overridden, wrong, right) for key, change in changes.items()}}

    return variant


def _log_cases():
    tiny = pd.DataFrame(
        {
            "advice": [1, 1, 0, 1, 0, 0, 1, 0],
            "decision": [1, 0, 0, 1, 0, 1, 1, 0],
            "outcome": [0, 0, 1, 1, 0, 0, 1, 0],
        }
    )
    return (
        Case("eight patients", {"log": tiny}),
        Case("300 patients", {"log": make_override_log(300, seed=5)}),
        Case("a ward where nobody says why", {"log": make_override_log(150, seed=6).assign(reason=None)}),
    )


def _audit_numbers(output):
    if is_stub(output):
        raise NotAnswered
    given = mapping(output, number)
    missing = [key for key in AUDIT_KEYS if key not in given]
    if missing:
        raise WrongKind(f"There is no number yet for: {', '.join(missing)}.")
    return {key: given[key] for key in AUDIT_KEYS}


E = Exercise(
    id="18.5-e",
    title="What the override log tells",
    expects="a function audit_log(log) that returns a dict with three shares: override rate, override PPV, agreement "
    "when wrong",
    evaluate=lambda answer: outputs(answer, _log_cases(), _audit_numbers),
    right=audit_log,
    also_right=(_audit_with_helper, lambda log: {key: float(value) for key, value in audit_log(log).items()}),
    mistakes=(
        Mistake(
            "override PPV among all patients",
            _audit(**{"override PPV": lambda overridden, wrong, right: (overridden & right).mean()}),
            "Override PPV: you divided by all patients. Of the OVERRIDES, how many were right? Keep these rows first.",
        ),
        Mistake(
            "agreement among all patients",
            _audit(**{"agreement when wrong": lambda overridden, wrong, right: (~overridden & wrong).mean()}),
            "Agreement when wrong: you divided by all patients. Keep the rows with wrong advice first.",
        ),
        Mistake(
            "agreement among the followed",
            _audit(**{"agreement when wrong": lambda overridden, wrong, right: wrong[~overridden].mean()}),
            "Agreement when wrong: this is how often followed advice was wrong. Turn it round: of the WRONG advice, "
            "how much was followed?",
        ),
        Mistake(
            "overall agreement",
            _audit(**{"agreement when wrong": lambda overridden, wrong, right: (~overridden).mean()}),
            "Agreement when wrong: you counted agreement with all advice, also with the right one. Right advice "
            "should be followed.",
        ),
        Mistake(
            "overrides of wrong advice",
            _audit(**{"agreement when wrong": lambda overridden, wrong, right: overridden[wrong].mean()}),
            "Agreement when wrong: this is the share of wrong advice that was OVERRIDDEN. Asked is the other share: "
            "one minus this.",
        ),
        Mistake(
            "rate of errors instead of overrides",
            _audit(**{"override rate": lambda overridden, wrong, right: wrong.mean()}),
            "Override rate: you compared the advice with the outcome. An override is a decision that differs from "
            "the advice.",
        ),
    ),
    hints=(
        'An override: log["decision"] != log["advice"]. Wrong advice: log["advice"] != log["outcome"].',
        "The mean of True and False is a share. Choose the rows first: right[overridden].mean().",
        "Agreement when wrong: among the rows with wrong advice, the mean of 'not overridden'.",
    ),
    worked=audit_log,
    why="A low override rate can mean good advice, or clinicians who no longer look. Only the agreement with wrong "
    "advice tells them apart, and it needs the outcome: so a log must be followed up.",
    tolerance=1e-9,
)

# --- 18.5-f: read a report --------------------------------------------------------------------------------

FINDINGS = {"S": "no error shown", "L": "risks too low", "H": "risks too high", "U": "nothing can be said"}
# A report of an invented tool: threshold 20%, 95% intervals.
GROUPS = {
    "women": {"n": 2100, "events": 420, "AUC": "0.81", "O/E": "1.02 (0.94 to 1.10)"},
    "men": {"n": 1900, "events": 410, "AUC": "0.70", "O/E": "0.99 (0.91 to 1.07)"},
    "under 40": {"n": 900, "events": 31, "AUC": "insufficient data", "O/E": "insufficient data (0.62 to 1.35)"},
    "80 and over": {"n": 500, "events": 190, "AUC": "0.86", "O/E": "1.41 (1.24 to 1.60)"},
    "site North": {"n": 1200, "events": 150, "AUC": "0.79", "O/E": "0.71 (0.61 to 0.82)"},
    "site South": {"n": 260, "events": 104, "AUC": "0.77", "O/E": "1.13 (0.96 to 1.33)"},
}
RIGHT_FINDINGS = {"women": "S", "men": "S", "under 40": "U", "80 and over": "L", "site North": "H", "site South": "S"}
FINDING_REASONS = {
    "women": "The interval holds 1 and is narrow.",
    "men": "The AUC is lower, so the model sorts men less well. But its risks are right: O/E holds 1.",
    "under 40": "31 events. The interval holds both 'a third too high' and 'a third too low': nothing is known.",
    "80 and over": "O/E is above 1 with its whole interval: more disease than predicted. The high AUC does not help.",
    "site North": "O/E is below 1 with its whole interval: less disease than predicted, so needless tests.",
    "site South": "The interval holds 1. No error is shown; with 104 events, a third too low is still possible.",
}


def _findings(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = mapping(answer, _finding)
    unknown = [str(group) for group in given if group not in GROUPS]
    if unknown:
        raise WrongKind(f"The report has no group {', '.join(unknown)}. The groups: {', '.join(GROUPS)}.")
    missing = [group for group in GROUPS if group not in given]
    if missing:
        raise WrongKind(f"These groups have no finding yet: {', '.join(missing)}.")
    return {group: given[group] for group in GROUPS}


def _finding(value):
    if is_stub(value):
        raise WrongKind("There is no finding yet.")
    for letter, name in FINDINGS.items():
        if isinstance(value, str) and value.strip().lower() in (letter.lower(), name):
            return letter
    raise WrongKind(f"{short(value)} is not one of the four findings. Use S, L, H or U.")


def _explain_findings(got, right):
    first = next(group for group in right if got[group] != right[group])
    return f"{first}: {FINDINGS[got[first]]}? {FINDING_REASONS[first]}"


F = Exercise(
    id="18.5-f",
    title="For which group is it unsafe?",
    expects='a dict with a finding for each group, such as {"women": "S", ...}: S no error shown, L risks too low, H '
    "risks too high, U nothing can be said",
    evaluate=_findings,
    right=RIGHT_FINDINGS,
    also_right=(
        {group: FINDINGS[letter] for group, letter in RIGHT_FINDINGS.items()},
        {group: letter.lower() for group, letter in reversed(RIGHT_FINDINGS.items())},
        pd.Series(RIGHT_FINDINGS),
    ),
    mistakes=(
        Mistake(
            "judged by the AUC",
            {**RIGHT_FINDINGS, "men": "L", "80 and over": "S"},
            "You went by the AUC. It says how well people are sorted. Whether a risk is too low or too high, O/E says.",
        ),
        Mistake(
            "O/E read the wrong way round",
            {**RIGHT_FINDINGS, "80 and over": "H", "site North": "L"},
            "O/E is observed / expected. Above 1, more disease happened than was predicted: the risks are too LOW.",
        ),
        Mistake(
            "insufficient data taken as safe",
            {**RIGHT_FINDINGS, "under 40": "S"},
            "Under 40: 'insufficient data' is not 'safe'. With 31 events, an error of a third in either direction "
            "would not show.",
        ),
        Mistake(
            "interval ignored",
            {**RIGHT_FINDINGS, "site South": "L"},
            "Site South: 1.13, but the interval holds 1. That is compatible with no error. Say so, and watch it.",
        ),
        Mistake(
            "small is unknown",
            {**RIGHT_FINDINGS, "site South": "U"},
            "Site South: few patients, but 104 events. What counts is events, and from 100 on the report gives a "
            "number.",
        ),
    ),
    hints=(
        "Look at O/E and its interval only. Does the interval hold 1?",
        "All above 1: risks too low (L). All below 1: risks too high (H). Holds 1: no error shown (S).",
        "Where the report says 'insufficient data', nothing can be said (U).",
    ),
    worked="\n".join(f"{group}: {FINDINGS[RIGHT_FINDINGS[group]]}. {FINDING_REASONS[group]}" for group in GROUPS),
    why="Too low is unsafe in one way (the ill are missed), too high in another (needless tests), and unknown in a "
    "third. A report is read group by group, with the intervals.",
    explain=_explain_findings,
)
EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E, F)}
