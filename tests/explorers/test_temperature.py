"""The temperature explorer shows what the helpers compute; its "Fit T" meets the lowest NLL; and it teaches."""

import re
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.metrics import log_loss

from clinxai_teach.calibration import (
    TemperatureScaling,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
    reliability_curve,
)
from clinxai_teach.explorers import TemperatureExplorer
from clinxai_teach.explorers.temperature import (
    BINARY,
    MULTICLASS,
    TemperatureCohort,
    at_temperature,
    diabetes_cohort,
    film_cohort,
    negative_log_likelihood,
)

pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


@pytest.fixture(scope="module")
def cohorts():
    """Invented patients whose true temperatures are 2 (two classes) and 1.5 (four classes)."""
    rng = np.random.default_rng(0)

    def binary(n):
        z = rng.normal(-1, 2, n)
        return 2 * z, (rng.random(n) < expit(z)).astype(int)

    def multiclass(n):
        z = rng.normal(0, 2, (n, 4))
        labels = [rng.choice(4, p=p) for p in softmax(z, axis=1)]
        return 1.5 * z, np.array(labels)

    return {
        BINARY: TemperatureCohort("patients", "event", *binary(4000), *binary(900)),
        MULTICLASS: TemperatureCohort("images", "top class is right", *multiclass(4000), *multiclass(700)),
    }


@pytest.fixture(scope="module")
def explorer(cohorts):
    return TemperatureExplorer(cohorts)


def states():
    return [{"temperature": t, "model": model} for model in (BINARY, MULTICLASS) for t in (0.25, 0.7, 1.0, 1.68, 4.0)]


# ---- computed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.3])
def test_nll_is_that_of_scikit_learn(cohorts, temperature):
    two, many = cohorts[BINARY], cohorts[MULTICLASS]
    p = expit(two.test_logits / temperature)
    nll = negative_log_likelihood(two.test_logits, two.test_labels, temperature)
    assert nll == pytest.approx(log_loss(two.test_labels, p), rel=1e-9)
    p = softmax(many.test_logits / temperature, axis=1)
    nll = negative_log_likelihood(many.test_logits, many.test_labels, temperature)
    assert nll == pytest.approx(log_loss(many.test_labels, p), rel=1e-9)


def test_nll_stays_finite_where_a_probability_is_rounded_to_zero():
    assert negative_log_likelihood(np.array([4000.0]), np.array([0]), 1.0) == 4000
    assert negative_log_likelihood(np.array([[4000.0, 0, 0]]), np.array([1]), 1.0) == 4000


@pytest.mark.parametrize("temperature", [0.25, 1.0, 1.68, 4.0])
def test_two_classes_are_judged_by_the_probability_of_class_1(cohorts, temperature):
    cohort = cohorts[BINARY]
    result = at_temperature(cohort, temperature)
    p = expit(cohort.test_logits / temperature)
    assert result.ece == pytest.approx(expected_calibration_error(cohort.test_labels, p))
    assert result.band == pytest.approx(calibration_null_band(p))
    assert result.parts.score == pytest.approx(brier_score(cohort.test_labels, p))
    assert np.allclose(result.curve.prob_true, reliability_curve(cohort.test_labels, p).prob_true)
    assert np.array_equal(result.curve.count, reliability_curve(cohort.test_labels, p).count)


@pytest.mark.parametrize("temperature", [0.25, 1.0, 1.68, 4.0])
def test_more_classes_are_judged_by_the_most_probable_one(cohorts, temperature):
    cohort = cohorts[MULTICLASS]
    result = at_temperature(cohort, temperature)
    p = softmax(cohort.test_logits / temperature, axis=1)
    right = p.argmax(axis=1) == cohort.test_labels
    assert result.ece == pytest.approx(expected_calibration_error(cohort.test_labels, p))
    assert result.parts.score == pytest.approx(brier_score(right.astype(int), p.max(axis=1)))
    assert result.curve.count.sum() == len(right)
    assert result.curve.prob_true @ result.curve.count == pytest.approx(right.sum())


@pytest.mark.parametrize("model", [BINARY, MULTICLASS])
def test_the_lowest_nll_of_the_slider_is_at_the_fitted_temperature(explorer, cohorts, model):
    cohort, calibration = cohorts[model], explorer.nll_curves[model][0]
    nearest = explorer.grid[calibration.argmin()]
    found = minimize_scalar(
        lambda log_t: negative_log_likelihood(cohort.calibration_logits, cohort.calibration_labels, np.exp(log_t)),
        bounds=np.log([0.25, 4]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert explorer.fitted[model] == pytest.approx(np.exp(found.x), rel=1e-6)
    assert explorer.press("fit", {"model": model})["temperature"] == nearest  # the slider's best step is the fit's


def test_the_fit_finds_the_temperature_that_made_the_patients(explorer):
    assert explorer.fitted[BINARY] == pytest.approx(2, abs=0.15)
    assert explorer.fitted[MULTICLASS] == pytest.approx(1.5, abs=0.1)


# ---- drawn and touched ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", states(), ids=lambda state: f"{state['model'][:4]}-{state['temperature']}")
def test_picture_and_words_agree_with_the_helpers(explorer, cohorts, state):
    cohort, result = cohorts[state["model"]], at_temperature(cohorts[state["model"]], state["temperature"])
    diagram, counts, nll, ece, brier = explorer.render(state).axes

    dots = diagram.lines[1]
    assert np.array_equal(dots.get_xdata(), result.curve.prob_pred)
    assert np.array_equal(dots.get_ydata(), result.curve.prob_true)
    ends = np.array(diagram.collections[0].get_segments())[:, :, 1]
    assert np.array_equal(ends, np.column_stack([result.curve.ci_low, result.curve.ci_high]))
    numbers = [int(text.get_text()) for text in counts.texts]
    assert sum(numbers) == len(cohort.test_labels)
    assert [number for number in numbers if number] == result.curve.count.tolist()
    heights = np.array([bar.get_height() for bar in counts.patches])
    assert heights / heights.max() == pytest.approx(np.array(numbers) / max(numbers))

    curves = {line.get_linestyle(): line.get_ydata() for line in nll.lines if len(line.get_xdata()) == 81}
    at = np.abs(np.log(explorer.grid / state["temperature"])).argmin()
    if explorer.grid[at] == state["temperature"]:
        assert curves["-"][at] == pytest.approx(result.nll_calibration)
        assert curves["--"][at] == pytest.approx(result.nll)
    assert [state["temperature"], result.nll_calibration] in [[*line.get_xydata()[0]] for line in nll.lines]
    assert nll.get_ylim()[0] < curves["-"].min()
    assert curves["-"].max() < nll.get_ylim()[1]

    (band,) = ece.patches
    assert [band.get_x(), band.get_x() + band.get_width()] == pytest.approx(list(result.band))
    assert ece.lines[0].get_xdata()[0] == pytest.approx(min(result.ece, 0.25))
    widths = [bar.get_width() for bar in brier.patches]
    parts = result.parts
    within = parts.within_bin_variance - parts.within_bin_covariance
    assert sorted(widths) == pytest.approx(
        sorted([parts.refinement, parts.refinement, parts.resolution, parts.reliability, within])
    )

    words = explorer.describe(state)
    said = [float(number) for number in re.findall(r"\d\.\d{3,4}", words)]
    expected = [result.nll_calibration, result.nll, result.ece, *result.band, parts.score, parts.refinement]
    assert said == pytest.approx([*expected, parts.reliability, abs(within)], abs=0.00051)
    side = "within" if result.band[0] <= result.ece <= result.band[1] else "above"
    assert f", {side} what chance gives" in words
    assert f"T = {state['temperature']:.2f}. " in words
    assert f"{len(cohort.test_labels):,} {cohort.unit}" in words


def test_every_text_fits_into_the_figure(explorer):
    for state in states():
        figure = explorer.render(state)
        FigureCanvasAgg(figure).draw()
        for ax in figure.axes:
            titles = (ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label)
            low, high = ax.get_ylim()
            ticks = [text for text in ax.get_yticklabels() if low <= text.get_position()[1] <= high]
            for text in (*titles, *ax.texts, *ax.get_xticklabels(), *ticks):
                box = text.get_window_extent()
                if text.get_text():
                    assert figure.bbox.padded(1).contains(box.x0, box.y0), (state, text.get_text())
                    assert figure.bbox.padded(1).contains(box.x1, box.y1), (state, text.get_text())


def test_the_button_moves_the_slider_to_the_fitted_temperature(cohorts):
    explorer = TemperatureExplorer(cohorts)
    for model in (BINARY, MULTICLASS):
        explorer.face.controls["model"].value = model
        explorer.face.buttons["fit"].click()
        t = explorer.state["temperature"]
        assert abs(np.log(t / explorer.fitted[model])) < np.log(16) / 80
        assert f"T = {t:.2f}. " in explorer.face.line.value


def test_a_temperature_beyond_the_slider_stops_at_its_end(cohorts):
    two = cohorts[BINARY]
    hot = TemperatureCohort(
        two.unit, two.event, 9 * two.calibration_logits, two.calibration_labels, two.test_logits, two.test_labels
    )
    explorer = TemperatureExplorer({**cohorts, BINARY: hot})
    assert explorer.fitted[BINARY] > 4
    assert explorer.press("fit", explorer.start_state()) == {"temperature": 4.0}
    explorer.render({"temperature": 4.0, "model": BINARY})


def test_the_filmstrip_shows_both_models_before_and_after_the_fit(explorer):
    told = explorer.telling_states()
    assert len(told) == 5
    for model in (BINARY, MULTICLASS):
        shown = [state["temperature"] for state in told if state["model"] == model]
        assert shown[0] == 1
        assert explorer.press("fit", {"model": model})["temperature"] in shown


# ---- the course's own ----------------------------------------------------------------------------


def test_no_temperature_repairs_the_diabetes_tool():
    """It lowers the average a little by making what is too extreme more extreme; it stays more than twice too high."""
    cohort = diabetes_cohort()
    assert (len(cohort.test_labels), int(np.sum(cohort.test_labels))) == (4214, 190)
    fitted = TemperatureScaling().fit(cohort.calibration_logits, cohort.calibration_labels)
    assert 0.5 < fitted.temperature_ < 0.7
    after = at_temperature(cohort, fitted.temperature_)
    assert after.nll < at_temperature(cohort, 1.0).nll - 0.01
    assert all(at_temperature(cohort, t).ece > 3 * at_temperature(cohort, t).band[1] for t in (0.25, 0.5, 1, 2, 4))
    y, p = cohort.test_labels, expit(cohort.test_logits / fitted.temperature_)
    assert observed_expected_ratio(y, p) < 0.5
    slopes = [calibration_slope_intercept(y, q).slope for q in (expit(cohort.test_logits), p)]
    assert slopes[1] < slopes[0] - 0.2


def test_the_courses_film_model_is_repaired_by_one_temperature():
    cohort = film_cohort()
    fitted = TemperatureScaling().fit(cohort.calibration_logits, cohort.calibration_labels)
    assert 1.2 < fitted.temperature_ < 1.6
    before, after = at_temperature(cohort, 1.0), at_temperature(cohort, fitted.temperature_)
    assert before.ece > before.band[1]
    assert after.ece < min(0.5 * before.ece, 1.3 * after.band[1])
    log_p = log_softmax(cohort.test_logits, axis=1)
    assert before.nll == pytest.approx(-log_p[np.arange(len(log_p)), cohort.test_labels].mean())


def test_the_lessons_own_cohorts_need_no_torch():
    code = (
        "import sys; from clinxai_teach.explorers.temperature import diabetes_cohort, film_cohort; "
        "diabetes_cohort(); film_cohort(); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
