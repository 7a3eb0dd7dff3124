# %% [markdown]
# # Exercises 18.2 Feature attribution
#
# **Time:** about 75 minutes. Eight exercises. 18.2-d, 18.2-e and 18.2-h need no code (e needs a pencil).
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.2-a")` gives the next of three hints,
# - `solution("18.2-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_2_feature_attribution.ipynb) first. Run the next
# cell before you start.

# %%
import numpy as np
import pandas as pd
import torch

from clinxai_teach import attribution
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_2 import LISTING, STATEMENTS, TREES
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import load_cxr_model

films = make_radiographs(60, seed=182)
images = torch.from_numpy(films.images)
model = load_cxr_model("clean")

# %% [markdown]
# ## 18.2-a Integrated gradients by hand
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


# %% exercise="18.2-a" part="answer"
def integrated_gradients(gradient, x, baseline, n_steps):
    ### BEGIN SOLUTION
    total = np.zeros(len(x))
    for step in range(n_steps):
        alpha = (step + 0.5) / n_steps
        total = total + gradient(baseline + alpha * (x - baseline))
    return (x - baseline) * total / n_steps
    ### END SOLUTION


# %% exercise="18.2-a" part="check" points=3
check("18.2-a", integrated_gradients)

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

# %% [markdown]
# ## 18.2-b Shapley values by brute force
#
# Three doctors write one report. Who did how much? Shapley's answer: take all orders in which they could have joined, and
# average what each one added.
#
# Write `shapley_values(value, n_features)`. `value` is a function: it takes a Python set of feature numbers, such as `{0, 2}`
# or `set()`, and returns what the model predicts when just these are known. Return a list with one number per feature:
#
# $$\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!} \left( v(S \cup \{i\}) - v(S) \right)$$


# %% exercise="18.2-b" part="answer"
def shapley_values(value, n_features):
    ### BEGIN SOLUTION
    from itertools import combinations
    from math import factorial

    result = []
    for player in range(n_features):
        others = [other for other in range(n_features) if other != player]
        phi = 0.0
        for size in range(n_features):
            weight = factorial(size) * factorial(n_features - size - 1) / factorial(n_features)
            for subset in combinations(others, size):
                phi += weight * (value({*subset, player}) - value(set(subset)))
        result.append(phi)
    return result
    ### END SOLUTION


# %% exercise="18.2-b" part="check" points=3
check("18.2-b", shapley_values)

# %% [markdown]
# The course's helper does the same for a model and a background of patients. Here a small risk with an interaction. If yours
# is right, the two lines agree.

# %%
background = np.random.default_rng(0).normal(size=(40, 4))
patient = np.array([1.2, -0.5, 0.8, 0.1])


def risk(rows):
    return 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 0] * rows[:, 2] - 0.5 * rows[:, 1])))


def known(features):
    """The mean prediction when just these features are the patient's and the rest come from the background."""
    rows = background.copy()
    rows[:, sorted(features)] = patient[sorted(features)]
    return risk(rows).mean()


mine = shapley_values(known, 4)
print("18.2-b is still open." if mine is None else f"yours:  {np.round(mine, 4)}")
print(f"helper: {np.round(attribution.exact_shapley(risk, patient, background).values, 4)}")

# %% [markdown]
# The last feature is not used by the model. What does it get, and why must it be so?

# %% [markdown]
# ## 18.2-c Grad-CAM from maps and gradients
#
# A layer has K maps. You have them, and the gradient of the class's logit with respect to every cell of them: two numpy
# arrays `maps` and `gradients` of shape `(K, h, w)`. Write `grad_cam_map(maps, gradients)` and return the raw map `(h, w)`:
#
# $$\alpha_k^c = \frac{1}{Z} \sum_i \sum_j \frac{\partial y^c}{\partial A_{ij}^k} \qquad
# L^c = \text{ReLU}\Big( \sum_k \alpha_k^c A^k \Big)$$


# %% exercise="18.2-c" part="answer"
def grad_cam_map(maps, gradients):
    ### BEGIN SOLUTION
    weights = gradients.mean(axis=(1, 2))
    cam = np.zeros(maps.shape[1:])
    for weight, one_map in zip(weights, maps, strict=True):
        cam = cam + weight * one_map
    return np.maximum(cam, 0)
    ### END SOLUTION


# %% exercise="18.2-c" part="check" points=3
check("18.2-c", grad_cam_map)

# %% [markdown]
# The same on a real network: maps and gradients of the clean model's last layer, for one synthetic film with pneumonia.

# %%
film = int(np.flatnonzero((films.labels == 1) & (films.metadata["severity"] > 0.6))[0])
one = images[film : film + 1]
maps = model.features(one).detach().requires_grad_()  # the 144 maps of the last layer
(gradients,) = torch.autograd.grad(model.classifier(maps)[0, 1], maps)
by_helper = attribution.grad_cam(model, one, 1, layer=model.features[-1])[0, 0].numpy()
by_hand = grad_cam_map(maps[0].detach().numpy(), gradients[0].numpy())
if by_hand is None:
    print("18.2-c is still open.")
else:
    print("your map equals the helper's:", bool(np.allclose(by_hand, by_helper, atol=1e-5)))

# %% [markdown]
# ## 18.2-d Find the bugs
#
# Somebody wrote a heatmap class. Here are its lines, each with a letter. It runs without an error message on many networks.
# Which lines are wrong? Write the set of letters. (The class is meant for any convolutional network, used on patients, and
# must leave the model as it was.)

# %%
for letter, line in LISTING.items():
    print(f"{letter}   {line}")

# %% exercise="18.2-d" part="answer"
wrong_lines = ...
### BEGIN SOLUTION
wrong_lines = {"A", "B", "C", "E", "I"}
### END SOLUTION

# %% exercise="18.2-d" part="check" points=3
check("18.2-d", wrong_lines)

# %% [markdown]
# ## 18.2-e Two trees: which importance can be trusted?
#
# The example is from Lundberg, Erion and Lee (2018). Two trees predict a severity from fever and cough. There are four kinds of
# patients, all equally frequent:

# %%
pd.DataFrame(TREES).rename_axis("patient").add_prefix("tree ")

# %% [markdown]
# Tree A asks for *fever* first and then for *cough*. Tree B asks for *cough* first and then for *fever*. Tree B adds 10 for a
# cough, so it relies **more** on cough than tree A.
#
# Fill in six numbers:
#
# - `gain ... cough`: the **share of cough in the total gain**, in percent. The gain of a split is by how much it lowers the mean
#   squared distance of the outputs from their mean. Take it at the top of the tree (all four patients). After the
#   second split each patient has an output of its own, so nothing is left.
# - `SHAP ... fever` and `SHAP ... cough` for the patient with **fever and cough**: the mean gain over the two orders of joining,
#   where an unknown feature is averaged over the four patients.

# %% exercise="18.2-e" part="answer"
tree_answers = {
    "gain A cough": ...,
    "gain B cough": ...,
    "SHAP A fever": ...,
    "SHAP A cough": ...,
    "SHAP B fever": ...,
    "SHAP B cough": ...,
}
### BEGIN SOLUTION
tree_answers = {
    "gain A cough": 100 * 800 / 1200,
    "gain B cough": 100 * 625 / 1425,
    "SHAP A fever": ((40 - 20) + (80 - 40)) / 2,
    "SHAP A cough": ((40 - 20) + (80 - 40)) / 2,
    "SHAP B fever": ((45 - 25) + (90 - 50)) / 2,
    "SHAP B cough": ((50 - 25) + (90 - 45)) / 2,
}
### END SOLUTION

# %% exercise="18.2-e" part="check" points=3
check("18.2-e", tree_answers)

# %% [markdown]
# Tree B relies more on cough. What happens to the gain share of cough from A to B, and what to its SHAP value? Which of the two
# would you print in a report?

# %% [markdown]
# ## 18.2-f A heatmap for any network
#
# The chapter uses one network. Yours must work on others: write `heatmap(model, images, target)` that finds the **last
# convolution** (`torch.nn.Conv2d`) of any network and returns the raw Grad-CAM map of each image there. `attribution.grad_cam` does
# the work. The check runs it on three networks that this course does not use elsewhere.


# %% exercise="18.2-f" part="answer"
def heatmap(model, images, target):
    ### BEGIN SOLUTION
    convolutions = [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
    return attribution.grad_cam(model, images, target, layer=convolutions[-1])
    ### END SOLUTION


# %% exercise="18.2-f" part="check" points=2
check("18.2-f", heatmap)

# %% [markdown]
# ## 18.2-g A deletion curve
#
# Is an attribution any good? Remove what it calls most important, and watch the score fall. Write
# `deletion_scores(predict, x, attribution, baseline)`:
#
# - `predict` takes an array of feature values and returns one number,
# - `x`, `attribution` and `baseline` are arrays with one number per feature. "Removed" means: set to its baseline.
#
# Return the list of scores with 0, 1, 2, ... features removed, **the highest attribution first**. What is removed stays removed.


# %% exercise="18.2-g" part="answer"
def deletion_scores(predict, x, attribution, baseline):
    ### BEGIN SOLUTION
    changed = x.copy()
    scores = [predict(changed)]
    for feature in np.argsort(-attribution):
        changed[feature] = baseline[feature]
        scores.append(predict(changed))
    return scores
    ### END SOLUTION


# %% exercise="18.2-g" part="check" points=3
check("18.2-g", deletion_scores)

# %% [markdown]
# On films the helper `deletion_curve` does it pixel by pixel. Does the order of integrated gradients beat a random order on the
# clean model? A smaller area under the curve means that the score falls earlier. "Removed" can mean several things, so we
# try two: the pixel becomes black, or it takes the value of the average normal film.

# %%
sick = np.flatnonzero((films.labels != 0) & (films.metadata["severity"] > 0.5))[:12]
some, target = images[sick], torch.from_numpy(films.labels[sick])
random_order = torch.rand(some.shape, generator=torch.Generator().manual_seed(0))
removed_means = {"black": torch.tensor(0.0), "average normal film": images[films.labels == 0].mean(dim=0, keepdim=True)}
rows = {}
for name, baseline in removed_means.items():
    maps = attribution.integrated_gradients(model, some, target, baseline=baseline, n_steps=32).values
    for order_name, order in {"integrated gradients": maps, "random order": random_order}.items():
        curve = attribution.deletion_curve(model, some, target, order, baseline=baseline)
        rows[name, order_name] = [float(curve.score.mean(0)[0]), float(curve.score.mean(0)[1]), float(curve.auc.mean())]
pd.DataFrame(rows, index=["score, nothing removed", "score, 5% removed", "area under the curve"]).T.round(2)

# %% [markdown]
# With black pixels the random order does about as well: a film with black dots is unlike every film the model knows, and its answer
# collapses whatever is removed. With the average normal film the difference is large. So a deletion test must say what
# "removed" means, and show the random order beside it.

# %% [markdown]
# ## 18.2-h What may be said
#
# Ten sentences from reports. Write the set of the numbers of those that are **true**.

# %%
for number, statement in STATEMENTS.items():
    print(f"{number:2}. {statement}")

# %% exercise="18.2-h" part="answer"
true_statements = ...
### BEGIN SOLUTION
true_statements = {1, 4, 6, 8, 10}
### END SOLUTION

# %% exercise="18.2-h" part="check" points=2
check("18.2-h", true_statements)

# %% [markdown]
# ## To discuss, without a check
#
# - Which baseline would you take for integrated gradients on a CT, where air is black? And for a blood value?
# - Should a display show a heatmap while it also says "this film is unlike the training films"?
# - Local accuracy is bookkeeping: the parts add up to the whole. Why is it not evidence that the model is right?
