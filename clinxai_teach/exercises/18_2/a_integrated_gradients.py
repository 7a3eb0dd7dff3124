# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, Named, array

# %% [markdown]
# ## Integrated gradients by hand
#
# Write `integrated_gradients(gradient, x, baseline, n_steps)` with the **midpoint** rule.
#
# - `gradient` is a function: it takes an array of feature values and returns the gradient of the model there.
# - `x` and `baseline` are numpy arrays with one number per feature. `n_steps` is a whole number.
#
# $$\text{IG}_i = (x_i - x'_i) \times \int_0^1 \frac{\partial F(x' + \alpha (x - x'))}{\partial x_i}\, d\alpha$$
#
# Replace the integral by a mean: ask for the gradient in the **middle of each of the `n_steps` steps** from $\alpha = 0$ to
# $\alpha = 1$. Return one number per feature.


# %% answer points=3 minutes=12 difficulty="hard"
def integrated_gradients(gradient, x, baseline, n_steps):
    ### BEGIN SOLUTION
    total = np.zeros(len(x))
    for step in range(n_steps):
        alpha = (step + 0.5) / n_steps  # the middle of each step on the way from 0 to 1
        total = total + gradient(baseline + alpha * (x - baseline))
    return (x - baseline) * total / n_steps
    ### END SOLUTION


# %% [markdown]
# Now your function on a unit that saturates: $F(x) = \sigma(12\,(x_1 + x_2 + x_3 - 0.5))$ at $x = (1/3, 1/3, 1/3)$. The sum of the
# attributions should be $F(x) - F(0)$. Look how the gap closes with more steps, and what the plain gradient would say.

# %%
weights, at = np.full(3, 12.0), np.full(3, 1 / 3)


def output(x):
    return 1 / (1 + np.exp(-(weights @ x - 6)))


def slope(x):
    return weights * output(x) * (1 - output(x))


if integrated_gradients(slope, at, np.zeros(3), 4) is None:
    print("18.2-a is still open.")
else:
    print(f"F(x) - F(baseline) = {output(at) - output(np.zeros(3)):.6f}")
    for n_steps in (2, 8, 32, 128):
        print(f"{n_steps:4} steps: sum = {np.sum(integrated_gradients(slope, at, np.zeros(3), n_steps)):.6f}")
    print(f"plain gradient times x: {np.sum(slope(at) * at):.6f}")


# %% judge
def _integrated_at_once(gradient, x, baseline, n_steps):
    alphas = (np.arange(n_steps) + 0.5) / n_steps
    return (x - baseline) * np.mean([gradient(baseline + alpha * (x - baseline)) for alpha in alphas], axis=0)


def _integrated_by(path=lambda b, x, a: b + a * (x - b), nodes=0.5, scale=lambda x, b: x - b, mean=np.mean):
    """Return a variant of the method that differs in one thing."""

    def variant(gradient, x, baseline, n_steps):
        alphas = (np.arange(n_steps) + (nodes(n_steps) if callable(nodes) else nodes)) / n_steps
        return scale(x, baseline) * mean([gradient(path(baseline, x, alpha)) for alpha in alphas], axis=0)

    return variant


def _gradient_cases():
    saturated = Named("the gradient of min(x1, 1)", lambda x: np.array([1.0 if x[0] < 1 else 0.0]))
    product = Named("the gradient of x1 * x2", lambda x: np.array([x[1], x[0]]))
    cubic = Named("the gradient of x1^3 - 2 x2 + x3^2", lambda x: np.array([3 * x[0] ** 2, -2.0, 2 * x[2]]))

    def case(label, gradient, x, baseline, n_steps):
        x, baseline = np.array(x, dtype=float), np.array(baseline, dtype=float)
        return Case(label, {"gradient": gradient, "x": x, "baseline": baseline, "n_steps": n_steps})

    return (
        case("a saturated unit", saturated, [2.0], [0.0], 4),
        case("two features that multiply", product, [2.0, 3.0], [1.0, 1.0], 2),
        case("a negative feature and three steps", cubic, [-1.0, 0.5, 2.0], [0.5, 0.0, -1.0], 3),
    )


EXERCISE = function_on_cases(
    integrated_gradients,
    _gradient_cases(),
    read=array,
    expects="a function integrated_gradients(gradient, x, baseline, n_steps) that returns one number per feature",
    also_right=(
        _integrated_at_once,
        lambda *given: integrated_gradients(*given).tolist(),
        lambda *given: pd.Series(integrated_gradients(*given)),
        lambda *given: integrated_gradients(*given).round(3),
    ),
    mistakes=(
        Mistake(
            "gradient times input, no path",
            lambda gradient, x, baseline, n_steps: (x - baseline) * gradient(x),
            "This uses the gradient at x only. A saturated unit has no gradient there. Average the gradient over the "
            "points between baseline and x.",
        ),
        Mistake(
            "plain gradient",
            lambda gradient, x, baseline, n_steps: gradient(x),
            "This is the plain gradient at x. Average it along the path, then multiply by (x - baseline).",
        ),
        Mistake(
            "no factor (x - baseline)",
            _integrated_by(scale=lambda x, b: 1),
            "The mean gradient is right. Now multiply it by (x - baseline), or it has the wrong unit "
            "and does not add up.",
        ),
        Mistake(
            "multiplied by x",
            _integrated_by(scale=lambda x, b: x),
            "You multiplied by x. It must be (x - baseline): the two differ where the baseline is not zero.",
        ),
        Mistake(
            "path from zero",
            _integrated_by(path=lambda b, x, a: a * x),
            "Your path starts at zero. It must start at the baseline: baseline + alpha * (x - baseline).",
        ),
        Mistake(
            "left ends of the steps",
            _integrated_by(nodes=0.0),
            "You took the left end of each step (alpha = 0, 1/n, ...). Take its middle: alpha = (step + 0.5) / "
            "n_steps.",
        ),
        Mistake(
            "right ends of the steps",
            _integrated_by(nodes=1.0),
            "You took the right end of each step (alpha = 1/n, ..., 1). Take its middle: alpha = (step + 0.5) / "
            "n_steps.",
        ),
        Mistake(
            "both ends of the path",
            _integrated_by(
                nodes=lambda n_steps: np.arange(n_steps) / max(n_steps - 1, 1) * n_steps - np.arange(n_steps)
            ),
            "Your points run from alpha = 0 to alpha = 1, both ends included. Take the middle of each step: "
            "alpha = (step + 0.5) / n_steps.",
        ),
        Mistake(
            "one point too many",
            lambda g, x, b, n: (x - b) * np.mean([g(b + a * (x - b)) for a in np.linspace(0, 1, n + 1)], axis=0),
            "You took n_steps + 1 points, from the baseline to x. Take n_steps points, each in the middle of a step.",
        ),
        Mistake(
            "baseline forgotten",
            lambda g, x, b, n: integrated_gradients(g, x, 0 * b, n),
            "The baseline was taken as zero, in the path and in the factor. Use the one that the function gets.",
        ),
        Mistake(
            "gradient times x",
            lambda g, x, b, n: x * g(x),
            "This is gradient times x, without a path. Average the gradient on the way from the baseline, and multiply by (x - baseline).",
        ),
        Mistake(
            "sum instead of mean",
            _integrated_by(mean=np.sum),
            "The gradients were added, not averaged. Divide by n_steps, or the result grows with the number of steps.",
        ),
        Mistake(
            "absolute values",
            lambda *given: np.abs(integrated_gradients(*given)),
            "Do not take absolute values. Without signs the attributions do not add up to F(x) - F(baseline).",
        ),
    ),
    hints=(
        "Walk from the baseline to x in n_steps steps. Ask for the gradient in the middle of each step.",
        "The middle of step number s (from 0) is baseline + alpha * (x - baseline), with alpha = (s + 0.5) / n_steps.",
        "Average these gradients, feature by feature. Then multiply the mean by (x - baseline).",
    ),
    why="Where the unit is saturated the gradient at x is 0, yet x matters. On the way from the baseline the gradient "
    "is not 0, and the attributions add up to F(x) - F(baseline).",
    tolerance=6e-4,
)
