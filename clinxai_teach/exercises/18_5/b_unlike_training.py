# %% judge
import numpy as np
from scipy.stats import zmap

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind, came

# %% [markdown]
# ## Unlike the training patients
#
# Write `flag_unusual(train, new)`. Both are tables: a row per patient, a column per measurement, no missing values. Return
# `True` or `False` for each new patient. Here we take a simpler distance than the section, without the covariance:
#
# 1. standardise each measurement with the mean and the standard deviation **of the training patients**,
# 2. the distance of a patient is the square root of the sum of the squares,
# 3. flag a new patient whose distance is **above the 99% quantile** of the training patients' distances (`np.quantile`).


# %% answer points=3 minutes=12 difficulty="hard"
def flag_unusual(train, new):
    ### BEGIN SOLUTION
    mean, spread = train.mean(axis=0), train.std(axis=0)

    def distance(patients):
        return np.sqrt((((patients - mean) / spread) ** 2).sum(axis=1))

    limit = np.quantile(distance(train), 0.99)  # 99 in 100 training patients are nearer
    return distance(new) > limit
    ### END SOLUTION


# %% [markdown]
# On real people: the usual test people, and the same with the waist in inches. Beside it the helper, which knows that waist and
# BMI go together. Where do the two differ?

# %%
whole_train, whole_test = X_train.dropna(), X_test.dropna()
inches = whole_test.assign(waist_cm=whole_test["waist_cm"] / 2.54)
mine = {
    name: flag_unusual(whole_train.to_numpy(), X.to_numpy())
    for name, X in {"usual": whole_test, "waist in inches": inches}.items()
}
if mine["usual"] is None:
    print("18.5-b is still open.")
else:
    helper = SimilarityDetector().fit(whole_train)
    for name, X in {"usual": whole_test, "waist in inches": inches}.items():
        print(f"{name}: flagged by yours {np.mean(mine[name]):.0%}, by the helper {helper.flag(X).mean():.0%}")

# %% [markdown]
# The helper sees the odd *combination*: a large BMI with a tiny waist. Yours sees only how odd each value is by itself.


# %% judge
def _flag_with_scipy(train, new):
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


def _median_and_mad(train, new):
    median = np.median(train, axis=0)
    return median, np.median(np.abs(train - median), axis=0)


def _mahalanobis(train, new):
    inverse = np.linalg.inv(np.cov(train.T))
    near, far = (np.einsum("ij,jk,ik->i", rows, inverse, rows) for rows in (train - train.mean(0), new - train.mean(0)))
    return far > np.quantile(near, 0.99)


def _patient_cases():
    rng = np.random.default_rng(1852)

    def case(label, train, new):
        return Case(label, {"train": np.asarray(train, dtype=float), "new": np.asarray(new, dtype=float)})

    def waist_bmi(n, wider):
        together = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], n) * wider
        return together * [14, 6] + [98, 29]

    ages, pressures = rng.normal(60, 8, 200).round(0), rng.normal(130, 15, 200).round(0)
    three = rng.normal(size=(300, 3)) * [10, 0.5, 200] + [50, 4, 900]
    new = np.vstack(
        [three[:6] + np.array([1, 0.02, 15]), [[88, 4, 900], [50, 6.2, 900], [50, 4, 2000], [58, 4.4, 1050]]]
    )
    return (
        case("age and pressure", np.column_stack([ages, pressures]), [[60, 130], [7, 95], [82, 131], [62, 240]]),
        case("three blood values in other units", three, new),
        # waist and BMI go together, and the new patients lie around every limit that a learner may take
        case("waist and BMI of 80 patients", waist_bmi(300, 1), waist_bmi(80, 2)),
        case(
            "30 new patients, all from one ward",
            rng.normal([70, 140], [10, 20], (250, 2)).round(1),
            rng.normal([92, 190], [4, 6], (30, 2)).round(1),
        ),
    )


def _flags(output):
    values = np.asarray(output)
    if values.ndim != 1 or values.dtype.kind not in "biuf" or not np.isin(values, (0, 1)).all():
        raise WrongKind(f"{came(output)} came, where True or False is needed for each new patient.")
    return {f"new patient {place + 1}": bool(value) for place, value in enumerate(values)}


def _explain_flags(got, right):
    """Say whether too many or too few are flagged, on the first case that differs."""
    case = next(case for case in right if got[case] != right[case])
    where, mine, wanted = case.split(" (")[0], got[case], right[case]
    if len(mine) != len(wanted):
        return f"on {where}: {len(mine)} answers for {len(wanted)} new patients."
    more = sum(mine.values()) - sum(wanted.values())
    kind = "too many" if more > 0 else "too few" if more < 0 else "other"
    return f"on {where} {kind} patients are flagged: {sum(mine.values())} of {len(mine)}."


EXERCISE = function_on_cases(
    flag_unusual,
    _patient_cases(),
    read=_flags,
    expects="a function flag_unusual(train, new) that returns True or False for each new patient",
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
            "Take it from the training patients.",
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
            "another quantile, lower",
            _flag(level=0.975),
            "The limit is at 97.5 of 100 training patients. Asked is 99.",
        ),
        Mistake(
            "with the covariance",
            _mahalanobis,
            "You used the covariance, as the helper of the section does. Asked is the simpler distance: each measurement by "
            "itself.",
        ),
        Mistake(
            "median and MAD",
            _flag(standard=_median_and_mad),
            "You standardised with the median and the median deviation. Asked are the mean and the standard deviation.",
        ),
        Mistake(
            "absolute deviations added",
            _flag(size=lambda z: np.abs(z).sum(axis=1)),
            "You added the deviations without squares. The distance is the square root of the sum of the squares.",
        ),
        Mistake(
            "the largest deviation",
            _flag(size=lambda z: np.abs(z).max(axis=1)),
            "You took the largest deviation of each patient. The distance is the square root of the sum of the squares.",
        ),
        Mistake(
            "variance for standard deviation",
            _flag(standard=lambda t, n: (t.mean(0), t.var(0))),
            "You divided by the variance. Divide by the standard deviation, its square root.",
        ),
        Mistake(
            "the farthest training patient as limit",
            _flag(level=1.0),
            "The limit is the farthest training patient. Asked is the 99% quantile: one odd record in training would else "
            "hide all others.",
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
    why="A model is right about patients like those it has seen. The flag does not say that the prediction is wrong. "
    "It says that nobody has tested the model on such a patient.",
    explain=_explain_flags,
)
