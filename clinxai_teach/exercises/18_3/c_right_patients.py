# %% judge
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from clinxai_teach.calibration import PlattScaling, TemperatureScaling
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, array

# %% [markdown]
# ## Repair on the right patients (for coders)
#
# Write `recalibrate(z_train, y_train, z_calib, y_calib, z_test)`. It gets the logits and labels of the training part, those
# of the calibration part, and the logits of the test part. Fit **Platt scaling** on the right people and return the
# repaired probability of disease of each *test* person, one number per person.
#
# `PlattScaling` is imported above: `.fit(logits, labels)`, then `.predict_proba(logits)` with two columns.


# %% answer points=3 minutes=8 difficulty="medium"
def recalibrate(z_train, y_train, z_calib, y_calib, z_test):
    ### BEGIN SOLUTION
    # The model has seen the training patients, and the test patients judge. So the calibration patients remain.
    platt = PlattScaling().fit(z_calib, y_calib)
    return platt.predict_proba(z_test)[:, 1]
    ### END SOLUTION


# %% [markdown]
# The practice has tried a model of its own: gradient boosting with scikit-learn's defaults, learned from 2,064 adults who were
# not told. Here is your repair of it, beside one that learns from the wrong people:

# %%
own = diabetes_split(people="not told")
model = HistGradientBoostingClassifier(random_state=0).fit(own.X_train, own.y_train)
z_train, z_calib, z_test = (model.decision_function(X) for X in (own.X_train, own.X_calib, own.X_test))

p_repaired = recalibrate(z_train, own.y_train, z_calib, own.y_calib, z_test)
if p_repaired is None:
    print("18.3-c is still open.")
else:
    wrong = PlattScaling().fit(z_train, own.y_train).predict_proba(z_test)[:, 1]
    rows = {}
    for name, said in {
        "as it was": expit(z_test),
        "your repair": p_repaired,
        "learned from the training people": wrong,
    }.items():
        rows[name] = {
            "AUC": roc_auc_score(own.y_test, said),
            "slope": calibration_slope_intercept(own.y_test, said).slope,
            "O/E": observed_expected_ratio(own.y_test, said),
            "ECE, 10 bins": expected_calibration_error(own.y_test, said),
        }
    print(pd.DataFrame(rows).T.round(3).to_string())

# %% [markdown]
# The last line is no better than no repair at all. On its training people this model separates the ill and the healthy nearly
# perfectly, so Platt scaling learned to make everything *more* extreme.


# %% judge
def _recalibrate_by_formula(z_train, y_train, z_calib, y_calib, z_test):
    platt = PlattScaling().fit(z_calib, y_calib)
    return [1 / (1 + np.exp(-(platt.a_ * z + platt.b_))) for z in z_test]


def _recalibrate_from_two_columns(z_train, y_train, z_calib, y_calib, z_test):
    calib, test = (np.column_stack([np.zeros(len(z)), z]) for z in (z_calib, z_test))
    return 1 - PlattScaling().fit(calib, y_calib).predict_proba(test)[:, 0]


def _plain_logistic(z_train, y_train, z_calib, y_calib, z_test):
    model = LogisticRegression(C=np.inf).fit(z_calib[:, None], y_calib)
    return model.predict_proba(z_test[:, None])[:, 1]


def _recalibrate_cases():
    """A model that is too sure, most of all on its training patients: rare disease, few patients, one test patient."""
    rng = np.random.default_rng(1833)

    def patients(n, rate, sureness):
        y = rng.permutation(np.arange(n) < round(rate * n)).astype(int)
        z = sureness * (rng.normal(1.4 * y, 1, n) - 0.7 + np.log(rate / (1 - rate)))
        return z.round(2), y

    cases = []
    for label, n, rate, n_test in (
        ("60 people, half of them sick", 60, 0.5, 4),
        ("a rare disease", 200, 0.1, 5),
        ("one test person", 80, 0.3, 1),
    ):
        z_train, y_train = patients(n, rate, 6)
        z_calib, y_calib = patients(n, rate, 2)
        z_test, _ = patients(20, rate, 2)
        inputs = (z_train, y_train, z_calib, y_calib, z_test[:n_test])
        cases.append(
            Case(label, dict(zip(("z_train", "y_train", "z_calib", "y_calib", "z_test"), inputs, strict=True)))
        )
    return tuple(cases)


EXERCISE = function_on_cases(
    recalibrate,
    _recalibrate_cases(),
    read=array,
    expects="a function recalibrate(z_train, y_train, z_calib, y_calib, z_test) that returns one probability per test "
    "person",
    also_right=(_recalibrate_by_formula, _recalibrate_from_two_columns),
    mistakes=(
        Mistake(
            "fitted on the training people",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(zt, yt).predict_proba(z)[:, 1],
            "This repair was learned from the training people. The model knows them by heart and looks right there, "
            "so the repair makes new people's probabilities worse.",
        ),
        Mistake(
            "fitted on both parts together",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(np.append(zt, zc), np.append(yt, yc)).predict_proba(z)[:, 1],
            "Training and calibration people were put together. More people are not better here: the model has seen "
            "the training people. Use the calibration people alone.",
        ),
        Mistake(
            "no repair",
            lambda zt, yt, zc, yc, z: expit(z),
            "These are the probabilities before the repair, sigma(z). Fit PlattScaling first, then call its "
            "predict_proba.",
        ),
        Mistake(
            "temperature instead of Platt",
            lambda zt, yt, zc, yc, z: TemperatureScaling().fit(zc, yc).predict_proba(z)[:, 1],
            "This is temperature scaling: it has no intercept. Asked is Platt scaling.",
        ),
        Mistake(
            "probability of being healthy",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(zc, yc).predict_proba(z)[:, 0],
            "These are the probabilities of class 0. predict_proba has two columns; take column 1: [:, 1].",
        ),
        Mistake(
            "probabilities instead of logits",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(expit(zc), yc).predict_proba(expit(z))[:, 1],
            "The logits were turned into probabilities before the fit. Platt's formula takes the logits z themselves.",
        ),
        Mistake(
            "logistic regression without Platt's targets",
            _plain_logistic,
            "Very near: a plain logistic regression. Platt scaling uses smoothed targets, not exactly 0 and 1, so "
            "that few patients do not make it too sure. Use PlattScaling.",
        ),
    ),
    hints=(
        "Who has not been used yet? Not for training, and not for the final test.",
        "PlattScaling().fit(logits, labels) learns a and b. Which logits and labels?",
        "The fitted object's predict_proba(z_test) has two columns: class 0 and class 1.",
    ),
    why="On its training patients the model looks nearly perfect, so nothing can be learned there. Patients used "
    "for the repair must not judge it either.",
    tolerance=1e-6,
)
