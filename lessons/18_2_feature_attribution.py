# %% [markdown]
# # 18.2 Feature attribution
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, answer the questions,
# move the sliders. If you write code, the short cells in the open are the formulas.
#
# **Time:** about {{reading}} minutes to read and try, {{minutes 18.2}} minutes for the exercises.
# Part A (films) and part B (tables) can be done on two days.
#
# **Questions this section answers**
#
# - Where did the model look? What do the three usual heatmaps compute, and how do they differ?
# - Is a heatmap evidence? How can it be scored and tested, so that it is not a matter of taste?
# - How is one patient's risk shared out among age, waist and HDL? Is the sharing unique?
# - What may a doctor say on the strength of an attribution, and what not?
#
# **After it you can**
#
# 1. *build* the gradient, integrated gradients and Grad-CAM from a network, in a few lines each,
# 2. *verify* with a number that integrated gradients and SHAP values add up to what they must,
# 3. *score* a heatmap against a known truth, beside chance and with an interval,
# 4. *apply* two tests, random weights and deletion, and *read* what they do not show,
# 5. *explain* what the choice of a baseline, of a background and of correlated features does to an attribution,
# 6. *refuse* a causal reading.
#
# > The chest films are **synthetic**: drawn by a program, so that the truth about each one is known. The people of
# > the table are real (NHANES). Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
import torch
from scipy.ndimage import gaussian_filter, sobel
from scipy.stats import binomtest, spearmanr
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from clinxai_teach import plots
from clinxai_teach.attribution import (
    GradCAM,
    deletion_curve,
    exact_shapley,
    grad_cam,
    integrated_gradients,
    mass_in_mask,
    neighbourhood,
    pointing_game,
    randomization_test,
    saliency,
    shap_explanation,
    upsample,
)
from clinxai_teach.checks import Question
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.explorers import GradCAMExplorer, IntegratedGradientsExplorer, PredictFirst, ShapleyExplorer
from clinxai_teach.models import load_cxr_model, predict_proba
from clinxai_teach.own_image import explain_my_image

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on section 18.1
#
# Answer before you look: to recall is one of the best ways to keep.

# %% fold=true
Question(
    "The shortcut model of 18.1 depends on the marker, the letter L. What proved it?",
    {
        "Its heatmap": "The heatmap gave a hint on some films, and none on others.",
        "The marker was swapped, all else stayed the same, and its answers changed": "An experiment: the change can have only one reason.",
        "Its accuracy in the internal test": "There it looked at least as good as the clean model.",
    },
    right="The marker was swapped, all else stayed the same, and its answers changed",
)

# %% fold=true
Question(
    "A column that exists only because of the diagnosis is in the table of a risk model. What is this called?",
    {
        "A confounder": "A confounder has an effect on both; this column follows from the diagnosis.",
        "Leakage": "The answer is in the table. The AUC looks wonderful and means nothing.",
        "Calibration": "That is the subject of the next section.",
    },
    right="Leakage",
)

# %% fold=true
Question(
    "A map on a lung: may you conclude that the model does not use the marker?",
    {
        "Yes, if the map is warm only there": "A map shows some of what counted. It cannot rule anything out.",
        "No": "The shortcut model had most of its warmest points away from the marker, and used it.",
    },
    right="No",
)

# %% [markdown]
# ## A case
#
# > Two screens on a Monday morning. On the first, an AI tool has flagged a chest film: *pneumonia*, with a heatmap
# > that is warm on the right lung. On the second, a risk tool shows a man of 70: *probability of diabetes 31%*, and
# > three bars that pushed it up: age, a low HDL cholesterol, a large waist. "Look," says the trainee, "it has seen
# > the pneumonia. And the other one is simple: we raise his HDL, and his risk goes down."
#
# What would you answer? Decide before you read on. We come back to both at the end.

# %% [markdown]
# ## Part A. Films
#
# An **attribution** is a number for each part of the input: for each pixel of a film, for each feature of a patient.
# It says how much this part counted for one output of the model. There are many ways to define "counted". Each
# section below is one.
#
# We take one film with a pneumonia and the clean model of 18.1. The output to explain is the **logit** of pneumonia,
# $y$: the raw score before it becomes a probability.

# %%
models = {name: load_cxr_model(name) for name in ("clean", "shortcut")}
clean = models["clean"]
PNEUMONIA = 1  # the place of pneumonia among the classes

films = make_radiographs(320, seed=5, marker=1.0)  # every film carries the marker
film = torch.from_numpy(films.images[1:2])
lesion = films.lesion_masks[1]

# %% tags=["nbval-check-output"]
with torch.no_grad():
    logits = clean(film)[0]
for name, logit, probability in zip(films.class_names, logits, predict_proba(clean, film)[0], strict=True):
    print(f"{name:13} logit {float(logit):6.1f}   probability {probability:.2f}")

# %% [markdown]
# ## 1. The gradient: what would a small change do?
#
# The simplest idea: ask for each pixel how fast $y$ changes if this pixel $x$ changes a little. That is a derivative.
# The chapter calls it **vanilla gradients**:
#
# $$\text{Attribution} = \left| \frac{\partial y}{\partial x} \right|$$
#
# ### Predict

# %% fold=true
Question(
    "In the map of |dy/dx| one pixel is very bright. What does that say?",
    {
        "The disease is there": "The map knows nothing of disease. It describes the model.",
        "If this pixel were a little brighter or darker, the score would change much": "That is the definition, and no more.",
        "Without this pixel the model would not say pneumonia": "That is another question: what if it were gone? Sections 3 and 8 ask it.",
    },
    right="If this pixel were a little brighter or darker, the score would change much",
)

# %% [markdown]
# ### Run
#
# Four lines. The last but one lets torch compute the derivative for all 4,096 pixels at once.

# %%
x = film.clone().requires_grad_()  # keep track of every pixel
y = clean(x)[0, PNEUMONIA]  # the logit
(gradient,) = torch.autograd.grad(y, x)  # dy/dx, one number for each pixel
attribution = gradient.abs()  # |dy/dx|

# %% [markdown]
# Is it true? We make the pixel with the largest gradient brighter by 0.01 and compare the change of the logit with
# what the gradient promised. And the helper of the course, `saliency`, must give the same map:

# %% tags=["nbval-check-output"]
changed = film.clone().flatten()
changed[attribution.argmax()] += 0.01
with torch.no_grad():
    change = clean(changed.view_as(film))[0, PNEUMONIA] - y
print(f"promised by the gradient: {0.01 * gradient.flatten()[attribution.argmax()]:+.2f}   measured: {change:+.2f}")

# %% claim=true
assert torch.equal(attribution, saliency(clean, film, PNEUMONIA))

# %% fold=true
figure, axes = plt.subplots(1, 3, figsize=(8.4, 3.6), layout="constrained")
plots.Film(axes[0], film[0, 0].numpy(), "Film", notice="synthetic film\ndotted: the true lesion")
size = attribution[0, 0].numpy()
bright = float(np.quantile(size, 0.995))  # the few largest would leave all others black
plots.bare(axes[1])
axes[1].imshow(size, cmap="inferno", vmin=0, vmax=bright, interpolation="nearest")
axes[1].set_title("|dy/dx|", fontsize=12)
axes[1].set_xlabel(f"brightest: {bright:.1f} logits or more", fontsize=12)
plots.SignedMap(axes[2], gradient[0, 0].numpy(), "dy/dx with its sign", scale=bright)
for ax in axes:
    plots.draw_outline(ax, lesion, (0, (1, 1)))
plots.show(
    figure,
    f"A synthetic film, the size of its gradient, and the gradient with its sign. Some of the largest values lie on the "
    f"dotted lesion, but large values are scattered over both lungs; the largest is {size.max():.1f} logits per unit of "
    f"brightness. Light and dark pixels lie side by side.",
)

# %% [markdown]
# ### Explain
#
# The map is a scatter of dots. Neighbours have opposite signs: one pixel brighter would raise the score, the next one
# would lower it. Many large values lie on or near the lesion; many lie in the other lung.
#
# (The unit: logits for one unit of brightness, and brightness runs from 0, black, to 1, white.)

# %% [markdown]
# ## 2. Two weaknesses: noise, and saturation
#
# **Noise.** We add a little noise to ten films with pneumonia, as if the detector had counted other photons. You
# cannot see it. The model's answers hardly move. The maps?

# %%
ten = torch.from_numpy(films.images[films.labels == PNEUMONIA][:10])
noisy = ten + 0.01 * torch.randn(ten.shape, generator=torch.Generator().manual_seed(0))


def rank_correlation(maps, others):
    """Return the mean rank correlation of the maps, film by film: 1 means the same order of pixels."""
    pairs = zip(maps.flatten(1), others.flatten(1), strict=True)
    return np.mean([spearmanr(a, b).statistic for a, b in pairs])


moved = np.abs(predict_proba(clean, ten)[:, PNEUMONIA] - predict_proba(clean, noisy)[:, PNEUMONIA])
rank_gradient = rank_correlation(saliency(clean, ten, PNEUMONIA), saliency(clean, noisy, PNEUMONIA))
last = clean.features[-1]
rank_cam = rank_correlation(grad_cam(clean, ten, PNEUMONIA, layer=last), grad_cam(clean, noisy, PNEUMONIA, layer=last))

# %% tags=["nbval-check-output"]
print(f"the probability moved by {moved.mean():.3f} (mean of {len(ten)} films)")
print(f"rank correlation of the gradient maps before and after: {rank_gradient:.2f}")
print(f"the same for Grad-CAM, which comes in section 4:        {rank_cam:.2f}")

# %% [markdown]
# **Saturation.** Now the second weakness, and the first misconception.
#
# > **Misconception 1.** "The gradient is zero, so the feature does not matter."

# %% fold=true
Question(
    "A score gives one point for each mmol/L of lactate, up to 4 points, never more. A patient has a lactate of 8. What is the "
    "gradient of the score with respect to lactate, here?",
    {
        "1": "Below 4 it would be 1. At 8 the score no longer moves.",
        "0": "At 8 a small change does nothing. And yet all 4 points come from lactate.",
        "4": "These are the points, not the slope.",
    },
    right="0",
)


# %%
def score(lactate):
    return torch.clamp(lactate, max=4)  # one point for each mmol/L, at most 4


lactate = torch.tensor(8.0, requires_grad=True)
(slope,) = torch.autograd.grad(score(lactate), lactate)

way = torch.linspace(0, 8, 801, requires_grad=True)
(slopes,) = torch.autograd.grad(score(way).sum(), way)  # the gradient everywhere on the way from 0 to 8

# %% tags=["nbval-check-output"]
print(f"gradient at 8: {slope:.0f}")
print(f"points at 8, compared with 0: {score(lactate):.0f}")
print(f"mean gradient on the way from 0 to 8, times the distance 8: {8 * slopes.mean():.1f}")

# %% fold=true
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.2), layout="constrained")
way_values = way.detach()
axes[0].plot(way_values, score(way_values), color=plots.DARK, linewidth=3)
axes[0].plot(8, 4, "o", color="black", markersize=10)
axes[0].annotate("the patient:\nslope 0", (8, 4), (5.2, 1.6), fontsize=12, arrowprops={"arrowstyle": "->"})
axes[0].set(xlabel="lactate (mmol/L)", ylabel="score (points)", title="The score saturates at 4")
axes[1].plot(way_values, slopes, color=plots.DARK, linewidth=3)
axes[1].fill_between(way_values, slopes, color=plots.LIGHT, hatch="//", edgecolor="white")
axes[1].text(2, 0.45, "area = 4 points", ha="center", fontsize=12, bbox={"facecolor": "white", "edgecolor": "none"})
axes[1].set(xlabel="lactate on the way from 0 to 8", ylabel="points per mmol/L", title="Its gradient on the way")
plots.show(
    figure,
    "Left: a score that rises with lactate up to 4 points at 4 mmol/L and is flat from there; the patient at 8 mmol/L "
    "stands on the flat part, where the slope is 0. Right: the gradient on the way from 0 to 8: it is 1 up to 4 mmol/L "
    "and 0 beyond; the area below it is 4 points, the whole score.",
)

# %% [markdown]
# The gradient at the patient sees only the flat end. The **area under the gradient on the whole way** sees all of it.
# That is integrated gradients, the next section.
#
# A probability saturates as well: near 1 it can hardly rise. This is why we explain the logit. Ten films, the largest
# gradient of each:

# %%
x = ten.clone().requires_grad_()
probability = clean(x).softmax(dim=1)[:, PNEUMONIA]
(of_probability,) = torch.autograd.grad(probability.sum(), x)
pd.DataFrame(
    {
        "probability": [f"{p:.5f}" for p in probability.tolist()],
        "largest gradient of the probability": [f"{g:.1e}" for g in of_probability.abs().amax((1, 2, 3)).tolist()],
        "largest gradient of the logit": [f"{g:.1f}" for g in saliency(clean, ten, PNEUMONIA).amax((1, 2, 3)).tolist()],
    }
).rename_axis("film")

# %% [markdown]
# Where the model is surest, the gradient of the probability all but vanishes, by many powers of ten. The gradient of
# the logit does not.

# %% [markdown]
# ## 3. Integrated gradients: walk from nothing to the film
#
# Sundararajan and colleagues (2017) walk in a straight line from a **baseline** $x'$ ("nothing to see") to the film
# $x$. The number $\alpha$ says how far we are: 0 at the baseline, 1 at the film. On the way they average the
# gradient, and multiply by the distance that each pixel went. $F$ is the logit.
#
# $$\text{IG}_i = (x_i - x'_i) \times \int_0^1 \frac{\partial F(x' + \alpha(x-x'))}{\partial x_i}\, d\alpha$$
#
# An integral is a mean over very many points. The code takes `n_steps` of them:


# %%
def integrated(model, x, baseline, target, n_steps):
    total = 0
    for k in range(1, n_steps + 1):
        alpha = k / n_steps  # how far we are
        total = total + saliency(model, baseline + alpha * (x - baseline), target, absolute=False)
    return (x - baseline) * total / n_steps  # the distance times the mean gradient


# %% [markdown]
# **Completeness.** If the walk is fine enough, the attributions of all pixels add up to exactly what there is to
# explain: the logit of the film minus the logit of the baseline, $F(x) - F(x')$. So we can *check* the computation.
# No other heatmap here has such a check. The baseline here is a black image:

# %%
black = torch.zeros_like(film)
with torch.no_grad():
    to_explain = float(clean(film)[0, PNEUMONIA] - clean(black)[0, PNEUMONIA])

sums = {n: float(integrated(clean, film, black, PNEUMONIA, n).sum()) for n in (1, 4, 16, 64, 256)}

# %% tags=["nbval-check-output"]
print(f"F(film) - F(black) = {to_explain:.1f} logits")
for n, total in sums.items():
    print(f"{n:4} steps: the map adds up to {total:6.1f}, gap {total - to_explain:+6.1f}")

# %% [markdown]
# One step is the plain gradient at the film, times the distance. It is far off. With 64 steps the gap is small.
# "Somewhere between 20 and 300 steps", says the paper, and: check that it adds up, else take more.
#
# The helper does this for you. It always returns the gap as `convergence_delta`, and knows better rules than the end
# of each step. With `tolerance` it adds steps, most of them where the gradient jumps, until the gap is small enough:

# %%
enough = integrated_gradients(clean, film, PNEUMONIA, tolerance=0.01)
gap = float(enough.convergence_delta)
print(f"for a gap of at most 1%: {enough.n_steps} steps, gap {gap:+.2f} logits of {to_explain:.1f}")

# %% fold=true
pd.DataFrame(
    {
        method: [
            float(integrated_gradients(clean, film, PNEUMONIA, n_steps=n, method=method).convergence_delta)
            for n in (4, 16, 64)
        ]
        for method in ("right", "left", "midpoint", "trapezoid", "gausslegendre")
    },
    index=pd.Index([4, 16, 64], name="gap in logits, with n_steps ="),
).round(2)

# %% [markdown]
# This network is full of kinks (ReLU layers), so no rule wins by far. For a smooth function the last one,
# Gauss-Legendre, needs far fewer steps (you try it in exercise 18.2-a).
#
# ### Which image shows "nothing"?
#
# IG answers the question "compared with what?" So the baseline is part of the answer. Four candidates, and what the
# clean model says when it is shown the baseline alone:

# %%
baselines = {
    "black": torch.zeros_like(film),
    "grey": torch.full_like(film, float(film.mean())),
    "blurred": torch.from_numpy(gaussian_filter(film.numpy(), (0, 0, 6, 6))),
    "white": torch.ones_like(film),
}
baseline_says = pd.DataFrame(
    {name: predict_proba(clean, image)[0] for name, image in baselines.items()}, index=films.class_names
).T
baseline_says.round(2)

# %% [markdown]
# For this model **no image is "nothing"**: a black image, without any chest, is called effusion with full confidence.
# It never saw such an image in training and has no answer for it; a softmax must add up to 1. So an IG map compares
# the film with a strange neighbour. That is not a mistake of IG. It is a reason to name the baseline in every report,
# and to try a second one.
#
# ### Predict, then move the sliders

# %%
ig_explorer = IntegratedGradientsExplorer()
PredictFirst(
    Question(
        "Integrated gradients with a black baseline, then with a white one, each with 128 steps. What will you see?",
        {
            "Two similar maps, and both add up": "They add up, both. But look at the maps.",
            "Two different maps, and only one adds up": "Completeness holds for every baseline, if the steps are fine enough.",
            "Two different maps, and both add up": "Each is a complete answer, to another question.",
        },
        right="Two different maps, and both add up",
        why="Completeness checks the arithmetic. It cannot tell which baseline is right.",
    ),
    ig_explorer,
)

# %% [markdown]
# Try this:
#
# 1. Move **Steps** from 1 to 128 and watch the hatched gap close.
# 2. Go through the four **baselines** at 128 steps. Where does each map put its light and dark pixels?
# 3. **Film** effusion, **evidence for** effusion, black baseline: the map must add up to a *negative* number,
#    although the model is right and sure. Why? (The black image is "effusion" to this model, more so than the film.)
# 4. **Model** shortcut, evidence for pneumonia, baseline black, then blurred: look at the marker.
#
# If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
ig_explorer.filmstrip()

# %% [markdown]
# ### Explain
#
# Two properties made IG known; the chapter names them. **Sensitivity:** if film and baseline differ in one pixel and
# the outputs differ, this pixel gets an attribution that is not zero. The plain gradient fails here: remember the
# lactate. **Implementation invariance:** two networks that give the same output for every input get the same
# attributions, however they are built inside. Grad-CAM, next, does not have this property, because it looks at one
# layer inside.
#
# Two facts to remember:
#
# - A pixel that is the same in film and baseline gets **exactly zero**, because of the factor $x_i - x'_i$. With a
#   black baseline, dark areas such as the air in a lung get little, even if the model uses them. (What would you take
#   for a CT, where air is black?)
# - With a *blurred* baseline only what blurring changes can get much: sharp things, such as ribs or a letter. A soft
#   opacity largely survives the blurring.

# %% tags=["nbval-check-output"]
with_baseline = {
    name: integrated_gradients(clean, film, PNEUMONIA, baseline=image, n_steps=128, batch_size=16).values.abs()
    for name, image in baselines.items()
}
for name in ("grey", "blurred", "white"):
    same = rank_correlation(with_baseline["black"], with_baseline[name])
    print(f"rank correlation of the map with the black baseline and with the {name} one: {same:.1f}")

# %% [markdown]
# ## 4. Grad-CAM, step by step
#
# Grad-CAM (Selvaraju and colleagues, 2017) does not ask for pixels. It asks at the *end* of the network, where 144
# **feature maps** $A^k$ of 8 x 8 cells are left. Each map is active where it "sees" its pattern. Two steps:
#
# **Step 1. How much does each map count for class $c$?** The mean gradient over its $Z$ cells:
#
# $$\alpha_k^c = \frac{1}{Z} \sum_i \sum_j \frac{\partial y^c}{\partial A_{ij}^k}$$
#
# **Step 2. Where are the maps that count active?** Add them up with their weights, and set what is negative to zero
# (that is what ReLU means):
#
# $$L^c_{\text{Grad-CAM}} = \text{ReLU}\left(\sum_k \alpha_k^c A^k\right)$$
#
# Our network makes it easy: `features` computes the maps, `classifier` turns them into logits.

# %%
with torch.no_grad():
    A = clean.features(film)  # the feature maps
print("maps, rows, columns:", tuple(A.shape[1:]))

# %%
A.requires_grad_()
y = clean.classifier(A)[0, PNEUMONIA]  # the logit, from the maps
(dy_dA,) = torch.autograd.grad(y, A)
alpha = dy_dA.mean(dim=(2, 3), keepdim=True)  # step 1: one weight for each map

# %%
A = A.detach()
weighted_sum = (alpha * A).sum(dim=1, keepdim=True)  # step 2: add the maps up with their weights,
cam = weighted_sum.relu()  # and keep what speaks for the class

# %% fold=true
share = (alpha * A).mean(dim=(2, 3))[0]
strongest = [int(k) for k in torch.cat([share.argsort(descending=True)[:2], share.argsort()[:2]])]
figure, axes = plt.subplots(2, 4, figsize=(8.4, 6))
figure.subplots_adjust(0.01, 0.13, 0.99, 0.95, wspace=0.08, hspace=0.3)
for ax, k in zip(axes[0], strongest, strict=True):
    plots.bare(ax)
    ax.imshow(A[0, k], cmap="gray", interpolation="nearest")
    ax.set_title(f"map {k}", fontsize=12)
    ax.set_xlabel(f"weight {float(alpha[0, k, 0, 0]):+.3f}", fontsize=12)
plots.SignedMap(axes[1, 0], weighted_sum[0, 0].numpy(), "weighted sum")
plots.Heatmap(axes[1, 1], np.zeros((8, 8)), cam[0, 0].numpy(), "after ReLU", notice="")
large = upsample(cam, 64)[0, 0].numpy()
plots.Heatmap(axes[1, 2], 0 * large, large, "enlarged", notice="")
plots.Heatmap(axes[1, 3], film[0, 0].numpy(), large, "on the film", lesion=lesion)
plots.show(
    figure,
    f"Above: four of the 144 feature maps of 8 by 8 cells, two that count most for pneumonia and two that count most against "
    f"it, with their weights. Below: the weighted sum of all maps with its sign; the same after ReLU, at most "
    f"{cam.max():.2f} logits; enlarged to 64 by 64 pixels; and over the synthetic film, where the warm region covers the "
    f"dotted lesion and a good part of the lung around it.",
)

# %% [markdown]
# That is all. The helper `grad_cam` does the same for any layer of any convolutional network, without leaving a trace
# in the model. And since in this network the classifier only averages each map and weighs it, the weights $\alpha_k$
# must be those of the last layer, divided by 64 cells:

# %% tags=["nbval-check-output"]
helper = grad_cam(clean, film, PNEUMONIA, layer=clean.features[-1])
print(f"the map has {cam.numel()} cells; each is drawn over {film.numel() // cam.numel()} pixels")

# %% claim=true
last_weights = clean.classifier[-1].weight[PNEUMONIA].detach()
assert torch.allclose(cam, helper, atol=1e-6)
assert torch.allclose(alpha[0, :, 0, 0], last_weights / 64, atol=1e-7)

# %% [markdown]
# ### Layer, class, model
#
# The explorer below scores each map: how much of it lies on the true lesion, and how much within 8 pixels of the
# marker. **Chance** is the share of the picture that this place covers. The colours keep one scale for all classes
# and both models; the last box stretches them, as most software does.

# %%
cam_explorer = GradCAMExplorer()
cam_explorer

# %% [markdown]
# Try this:
#
# 1. **Layer** 5, then 3, then 1. The cells get finer. Does the map get better? (Look at the share on the lesion.)
# 2. **Evidence for** nodule on the pneumonia film: hardly any. Now *stretch the colours*. The same faint map looks
#    like strong evidence.
# 3. **Film** nodule, evidence for nodule: can 8 x 8 cells outline it?
# 4. Evidence for pneumonia, **model** shortcut: what is warm now?
#
# If the sliders do not move, choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
cam_explorer.filmstrip()

# %% [markdown]
# ### Explain
#
# - The map of the last layer is **coarse**: a nodule is smaller than a cell. Enlarging makes it smooth, not sharper.
#   That is one reason why heatmaps localise small findings badly (Saporta 2022).
# - Earlier layers are finer, but there the maps show edges and brightness, which belong to every class. "Layer" is a
#   choice that changes the picture; a report must name it.
# - ReLU hides all evidence *against* a class. And a map that is stretched to its own maximum hides how strong the
#   evidence is.

# %% [markdown]
# ## 5. The chapter's Grad-CAM code beside the calls that work today
#
# Many listings for Grad-CAM look like the chapter's (its listings 1 and 2). They run, and on `model.layer4[-1]` of a
# ResNet the map is right. On other layers, or on other days, they go wrong without a message. Each line of this table
# is shown by running it, in the cells below.
#
# | A line of listing 1 or 2 | What goes wrong | The call of today |
# |---|---|---|
# | `self.activations = output.detach()` | the same memory, not a copy: an in-place layer behind it overwrites what was saved | a forward hook that keeps a *clone* |
# | `register_forward_hook` in `__init__` | nobody removes the hooks: each new object adds some | a hook for one call, removed in `finally` |
# | `register_backward_hook(...)` | deprecated; its successor fails on a layer with an in-place layer behind it | no backward hook: `torch.autograd.grad(score, maps)` |
# | `one_hot[0, target_class] = 1` | explains the first film of a batch only | the sum of each row's own logit |
# | `output.backward(...)` | fills the `.grad` of all weights, also during training | a gradient with respect to the maps only |
# | `cam / (cam.max() + 1e-8)` | every map with a trace of evidence peaks at 1: faint looks like strong | keep the raw map; scale for display, and say the scale |
# | `resnet18(weights='IMAGENET1K_V1')`, `target_class=1` | class 1 is not pneumonia | a model for the task; look its classes up |
#
# **A saved alias.** We save the output of the last BatchNorm, once as in the listing and once as a copy. An in-place
# ReLU comes next.

# %% tags=["nbval-check-output"]
saved = {}
hook = clean.features[16].register_forward_hook(
    lambda module, inputs, output: saved.update(alias=output.detach(), copy=output.clone())
)
with torch.no_grad():
    clean(film)
hook.remove()
print(f"negative values that this layer really put out: {int((saved['copy'] < 0).sum())}")
print(f"negative values in what the listing saved:      {int((saved['alias'] < 0).sum())}")

# %% [markdown]
# The listing would compute a map from numbers that this layer never put out. **Hooks that stay, and the backward
# hook:**

# %% tags=["nbval-check-output"]
from torch import nn


def toy():
    """Return a tiny network with an in-place ReLU behind its convolution."""
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten())


class OldStyle:
    def __init__(self, layer):
        layer.register_forward_hook(lambda module, inputs, output: None)


network = toy()
for _ in range(3):
    OldStyle(network[0])  # the object is gone at once; its hook is not
print("hooks on the layer after three such objects:", len(network[0]._forward_hooks))

network = toy()
network[0].register_backward_hook(lambda module, grad_input, grad_output: None)
with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    network(film).sum().backward()
print("register_backward_hook warns that it will go:", any("deprecated" in str(said.message) for said in heard))

network = toy()
network[0].register_full_backward_hook(lambda module, grad_input, grad_output: None)
try:
    network(film).sum().backward()
    print("register_full_backward_hook works here")
except RuntimeError:
    print("register_full_backward_hook stops with a RuntimeError, because of the in-place layer")

# %% [markdown]
# **A batch, and what is left in the weights.** Two films go in. The listing's way sets row 0 only:

# %% tags=["nbval-check-output"]
two = ten[:2].clone().requires_grad_()
output = clean(two)
one_hot = torch.zeros_like(output)
one_hot[0, PNEUMONIA] = 1
output.backward(gradient=one_hot)
print(f"largest gradient, film 1: {two.grad[0].abs().max():.1f}   film 2: {two.grad[1].abs().max():.1f}")
print("weights that now hold a gradient:", sum(p.grad is not None for p in clean.parameters()))
clean.zero_grad()

both = grad_cam(clean, ten[:2], PNEUMONIA, layer=clean.features[-1])
print(f"grad_cam, highest value, film 1: {both[0].max():.2f}   film 2: {both[1].max():.2f}")
print("weights that now hold a gradient:", sum(p.grad is not None for p in clean.parameters()))

# %% [markdown]
# **Stretched to 1.** The evidence for a nodule on the film with a pneumonia is faint. After the division it is not:

# %% tags=["nbval-check-output"]
NODULE = 3
for name, target in (("pneumonia", PNEUMONIA), ("nodule", NODULE)):
    raw = grad_cam(clean, film, target, layer=clean.features[-1])
    display = GradCAM(clean, clean.features[-1]).generate(film, target_class=target)
    print(f"evidence for {name:9}: raw map up to {raw.max():.2f} logits, display map up to {display.max():.2f}")

# %% [markdown]
# `GradCAM(model, layer).generate(...)` has the chapter's interface and returns a map for display; `grad_cam(...)`
# returns the raw map, in logits.
#
# **Goldfish.** Listing 2 loads a network trained on ImageNet, a collection of photographs in 1,000 classes, and asks
# for class 1. Which class is that?

# %% fold=true
Question(
    "In the chapter's usage, target_class=1 of the ImageNet network is ...",
    {
        "pneumonia": "In our model class 1 is pneumonia. ImageNet has photographs of things and animals.",
        "a kind of fish": "Class 1 is the goldfish. There is no pneumonia among the 1,000 classes.",
        "the second most likely class": "A class number is a place in a list, not a rank.",
    },
    right="a kind of fish",
)

# %% tags=["nbval-check-output"]
from torchvision.models import ResNet18_Weights

weights = ResNet18_Weights.IMAGENET1K_V1
names = weights.meta["categories"]
print(f"class 1 of {len(names)}: {names[1]}")
print("classes with 'pneumonia' in their name:", [name for name in names if "pneumonia" in name])

# %% [markdown]
# The listing would have drawn a heatmap all the same: *where does this chest film look like a goldfish?* A heatmap
# never says that the question was senseless.
#
# ### Your own image (optional)
#
# With an internet connection you can try Grad-CAM with the pretrained ResNet-18 on a photograph of yours: write the
# path of a JPEG or PNG file into the next cell. The network knows everyday things, **not** diseases. Your image stays
# on this computer; the network's weights (about 45 MB) are downloaded once.

# %%
MY_IMAGE = None  # for example "/home/me/cat.jpg"

# %%
explain_my_image(MY_IMAGE)

# %% [markdown]
# ## 6. A score, not an opinion
#
# So far we looked. Now we count. For every film with pneumonia we know two masks: the **lesion**, and the **marker**
# (with 8 pixels around it). Two scores for each map:
#
# - `mass_in_mask`: how much of the map's positive evidence lies in the mask. Chance: the share of the film that the
#   mask covers.
# - `pointing_game`: does the highest point lie in the mask? (Zhang 2018)
#
# We add a control that cannot know anything: the **edges** of the film, computed without any model.

# %%
rows = np.flatnonzero(films.labels == PNEUMONIA)
images = torch.from_numpy(films.images[rows])
masks = {"lesion": films.lesion_masks[rows], "near the marker": neighbourhood(films.marker_masks[rows], 8)}


def blurred(x):
    return torch.from_numpy(gaussian_filter(x.numpy(), (0, 0, 6, 6)))


def edges(x):
    pixels = x.numpy()
    return torch.from_numpy(np.hypot(sobel(pixels, axis=-1), sobel(pixels, axis=-2)))


def ig(model, x, baseline):
    return integrated_gradients(model, x, PNEUMONIA, baseline=baseline, n_steps=16, method="midpoint").values


methods = {
    "gradient": lambda model, x: saliency(model, x, PNEUMONIA),
    "IG, black": lambda model, x: ig(model, x, 0.0),
    "IG, blurred": lambda model, x: ig(model, x, blurred(x)),
    "Grad-CAM": lambda model, x: upsample(grad_cam(model, x, PNEUMONIA, layer=model.features[-1]), x.shape[-2:]),
    "edges": lambda model, x: edges(x),
}

# %% [markdown]
# ### Predict

# %% fold=true
Question(
    "The shortcut model uses the marker: that was proved in 18.1. Which map puts its highest point near the marker in most films?",
    {
        "All of them: the marker matters": "Count below. Several hardly point there.",
        "Grad-CAM": "It gives a hint by its mass, but seldom by its highest point.",
        "IG with the blurred baseline": "The marker is what blurring destroys. The same method misses the lesion.",
        "None of them": "One does.",
    },
    right="IG with the blurred baseline",
)

# %%
maps = {
    (name, method): attribute(model, images) for name, model in models.items() for method, attribute in methods.items()
}

scores = []
for (name, method), values in maps.items():
    for place, mask in masks.items():
        share, hits = mass_in_mask(values, mask).numpy(), int(pointing_game(values, mask).sum())
        scores.append({"method": method, "model": name, "place": place, "share": share, "hits": hits})
scores = pd.DataFrame(scores)

# %% fold=true
rng = np.random.default_rng(0)


def interval(values):
    """Return the 95% bootstrap interval of a mean."""
    draws = rng.choice(values, (2000, len(values))).mean(axis=1)
    return np.quantile(draws, [0.025, 0.975])


chance = {place: float(mask.mean()) for place, mask in masks.items()}
figure, axes = plt.subplots(1, 2, figsize=(8.4, 4.2), layout="constrained", sharey=True)
for ax, place in zip(axes, masks, strict=True):
    ax.axvline(100 * chance[place], color="black", linestyle=":", linewidth=2)
    ax.text(100 * chance[place] + 0.4, 4.62, f"chance {chance[place]:.0%}", fontsize=12, va="center")
    for name, style, colour, shift in (("clean", "o", plots.DARK, -0.14), ("shortcut", "s", plots.LIGHT, 0.14)):
        part = scores[(scores["model"] == name) & (scores["place"] == place)]
        for row, share in enumerate(part["share"]):
            low, high = interval(share)
            ax.errorbar(
                100 * share.mean(), row + shift, xerr=100 * np.array([[share.mean() - low], [high - share.mean()]]),
                marker=style, color=colour, markersize=8, capsize=4, label=f"{name} model" if row == 0 else None,
            )  # fmt: skip
    ax.set(xlabel="share of the map (%), mean\nand 95% interval", title=place, xlim=(0, None), ylim=(4.9, -0.6))
    ax.set_yticks(range(len(methods)), methods)
axes[0].legend(fontsize=12, loc="center right")
described = [
    f"{row.method}, {row.model} model, {row.place}: {row.share.mean():.0%}" for row in scores.itertuples(index=False)
]
plots.show(
    figure,
    f"Share of each map on the lesion (chance {chance['lesion']:.0%}) and near the marker (chance "
    f"{chance['near the marker']:.0%}), means over {len(rows)} films with pneumonia and marker. {'; '.join(described)}.",
)

# %% fold=true
pointing = scores.assign(
    found=[
        "{:.0%} ({:.0%} to {:.0%})".format(k / len(rows), *binomtest(k, len(rows)).proportion_ci(method="wilson"))
        for k in scores["hits"]
    ]
).pivot(index="method", columns=["place", "model"], values="found")
print(f"Highest point of the map in ..., share of {len(rows)} films (95% interval)")
pointing.loc[list(methods)]

# %% tags=["nbval-check-output"]
best_on_lesion = scores[scores["place"] == "lesion"]["share"].map(np.mean).max()
print(f"The best map has {best_on_lesion:.0%} of its evidence on the lesion. The rest lies elsewhere.")
near = scores[scores["place"] == "near the marker"].set_index(["model", "method"])["hits"] / len(rows)
print(near[["shortcut", "clean"]].round(1).unstack("model").to_string())

# %% claim=true
assert near["shortcut", "IG, blurred"] > 0.5
assert near["shortcut", "Grad-CAM"] < 0.5
assert near["shortcut", "gradient"] < 0.5
assert near["clean", "edges"] > 0.5

# %% [markdown]
# ### Explain
#
# > **Misconception 2.** "The heatmap shows where the disease is."
#
# - With the gradient, IG from black, and Grad-CAM, the lesion gets two to four times its share by chance. So the maps
#   carry information. And still most of their evidence lies **outside** the lesion. Nobody could outline a pneumonia
#   with them.
# - This is also what studies with real films find. Of seven methods Grad-CAM was the best, and on the whole all were
#   worse than radiologists, most of all for small findings and those of complex shape (Saporta 2022). Of eight
#   methods each failed at least one of four criteria of trustworthiness (Arun 2021).
# - The shortcut model was proved to use the marker. Two of the four maps would have raised a suspicion: Grad-CAM and
#   IG from the blurred film put more than chance near the marker, and less than chance in the clean model. The
#   gradient would have reassured you. So would the share of IG from black, but not its highest point. **The model is the same.** And we looked at the marker because we knew of it.
# - The edges point at the marker in both models, also in the one that does not use it. "It points at the marker" is
#   evidence only beside a control.
#
# No map here is "the right one". The swap of 18.1 stays the proof.

# %% [markdown]
# ## 7. Sanity check: does the map know the model?
#
# A map is meant to explain what a model *learned*. So destroy what it learned: replace the weights by random numbers,
# layer by layer, from the last one down (Adebayo 2018). If the map stays the same, it does not show what was learned.

# %% fold=true
Question(
    "All weights of the network are now random. Which map will still look much as before?",
    {
        "Grad-CAM": "It is another map after the first layers already.",
        "The edges of the film": "They never looked at the weights. The film is the same, so the edges are.",
        "The gradient": "It changes, slowly, from layer to layer.",
    },
    right="The edges of the film",
)

# %%
few = images[:5]
tested = {
    "gradient": lambda model, x, target: saliency(model, x, target),
    "gradient x input": lambda model, x, target: (saliency(model, x, target, absolute=False) * x).abs(),
    "IG, black": lambda model, x, target: integrated_gradients(
        model, x, target, n_steps=8, method="midpoint"
    ).values.abs(),
    "Grad-CAM": lambda model, x, target: grad_cam(model, x, target, layer=model.features[-1], relu=False),
    "edges": lambda model, x, target: edges(x),
}
sanity = {
    name: pd.concat([randomization_test(clean, attribute, few, PNEUMONIA, seed=seed) for seed in range(4)], axis=1)
    for name, attribute in tested.items()
}

# %% [markdown]
# `randomization_test` returns a rank correlation with the true map after each layer: 1 means "still the same map", 0
# means "nothing in common". The random weights are drawn four times, because one draw can look the same by luck.
# (Grad-CAM is taken without its last ReLU here: a map that is all zero has no ranks.)

# %% fold=true
figure, axes = plt.subplots(figsize=(8.4, 4.2), layout="constrained")
looks = [("o", "-"), ("s", "--"), ("^", "-."), ("D", ":"), ("v", "-")]
for place, ((name, draws), (marker, line)) in enumerate(zip(sanity.items(), looks, strict=True)):
    layers = np.arange(1, len(draws) + 1) + 0.06 * (place - 2)
    mean = draws.mean(axis=1)
    error = np.abs(np.stack([draws.min(axis=1), draws.max(axis=1)]) - mean.to_numpy())
    axes.errorbar(layers, mean, yerr=error, marker=marker, linestyle=line, color=str(0.13 * place), capsize=3)
    axes.text(layers[-1] + 0.35, mean.iloc[-1], name, va="center", fontsize=12)
axes.axhline(0, color="0.6", linewidth=1)
axes.set(
    xlabel="layers made random, from the last one down",
    ylabel="rank correlation with the\ntrue map: mean and range",
    title="1: the map does not notice that the model is destroyed",
    xlim=(0.7, len(draws) + 3),
    xticks=range(1, len(draws) + 1),
    ylim=(-0.7, 1.08),
)
ends = "; ".join(
    f"{name} {draws.mean(axis=1).iloc[0]:.2f} and {draws.mean(axis=1).iloc[-1]:.2f}" for name, draws in sanity.items()
)
plots.show(
    figure,
    f"Rank correlation of each map with the true one while {len(draws)} layers become random one after the other, mean of "
    f"{len(few)} films and 4 draws. After the first and after the last layer: {ends}. Grad-CAM after the first layer lies "
    f"between {sanity['Grad-CAM'].iloc[0].min():.2f} and {sanity['Grad-CAM'].iloc[0].max():.2f}, depending on the draw.",
)

# %% claim=true
three_ends = pd.DataFrame({method: ranks.mean(axis=1).iloc[[0, 2, -1]].to_numpy() for method, ranks in sanity.items()})
assert abs(three_ends["Grad-CAM"][1]) < 0.3
assert three_ends["gradient"][0] > 0.5
assert three_ends["gradient"][2] < 0.3
assert three_ends.loc[2, ["gradient x input", "IG, black"]].min() > 0.3
assert np.allclose(sanity["edges"], 1)

# %% [markdown]
# ### Explain
#
# **Grad-CAM passes.** With only the last layer random its map is a different one with each draw: similar by luck in
# one, reversed in another. From the third layer on hardly anything of the true map is left. The **gradient** passes
# too, but slowly: it rests on the early layers more than on the last. The **edges fail**: a map that looks sensible
# on every film, and has nothing to do with the model. Adebayo and colleagues found that two methods in use, Guided
# Backprop and Guided Grad-CAM, do not notice when the higher layers are random.
#
# **IG and gradient x input** lie between. They multiply by the film itself (minus the baseline), so the film's own
# shape shows through, whatever the model is. A part of what looks plausible in such a map is simply the chest. To
# judge them, look at the sign and at a second baseline, and use the score of section 6.
#
# To pass is necessary, not sufficient: Grad-CAM passes, and its warmest point missed the marker in most films.

# %% [markdown]
# ## 8. Deletion: take away what the map calls important
#
# If a map is right, the answer should fall fast when the pixels it calls most important are removed first. The
# **deletion curve** (Petsiuk 2018) draws the model's probability against the share of pixels removed; the area under
# it is small for a good map. But what does "removed" mean? First try: painted black.

# %% fold=true
Question(
    "We remove pixels in a random order and paint them black. After the first 5% the probability of pneumonia is ...",
    {
        "hardly changed: 95% of the film is still there": "A human reader would say so. The model has never seen such a film.",
        "nearly as low as with the best map": "Black dots wreck the film for the model, wherever they are.",
    },
    right="nearly as low as with the best map",
    why="A curve without a random order beside it proves nothing.",
)

# %%
deleted = images[:30]
orders = {method: maps["clean", method][:30] for method in ("IG, black", "IG, blurred", "Grad-CAM", "gradient")}
orders["random"] = torch.rand(deleted.shape, generator=torch.Generator().manual_seed(0))
removed_means = {"black": 0.0, "the blurred film": blurred(deleted)}

curves = {
    (removed, order): deletion_curve(clean, deleted, PNEUMONIA, values, baseline=baseline, n_steps=20)
    for removed, baseline in removed_means.items()
    for order, values in orders.items()
}

# %% fold=true
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.9), layout="constrained", sharey=True)
looks = dict(zip(orders, [("-", "o"), ("--", "s"), ("-.", "^"), (":", "D"), ("-", None)], strict=True))
for ax, removed in zip(axes, removed_means, strict=True):
    for place, (order, (line, marker)) in enumerate(looks.items()):
        curve = curves[removed, order]
        ax.plot(
            100 * curve.fraction_removed, curve.score.mean(dim=0), line, marker=marker, markevery=2, label=order,
            color="0.6" if order == "random" else str(0.15 * place), linewidth=5 if order == "random" else 2,
        )  # fmt: skip
    ax.set(xlabel="pixels removed (%)", title=f"removed = {removed}", xlim=(0, 60))
axes[0].set_ylabel("probability of pneumonia")
axes[1].legend(fontsize=12, title="removed first")
areas = pd.DataFrame(
    {removed: {order: float(curves[removed, order].auc.mean()) for order in orders} for removed in removed_means}
)
spoken = "; ".join(f"{o}: {areas.loc[o, 'black']:.2f} and {areas.loc[o, 'the blurred film']:.2f}" for o in orders)
plots.show(
    figure,
    f"Mean probability of pneumonia of {len(deleted)} synthetic films while pixels are removed in five orders. Painted black, all "
    f"curves fall at once, the random one too. Replaced by the blurred film, they differ. Area with black and with the "
    f"blurred film: {spoken}.",
)

# %%
areas.rename_axis("area under the curve; removed = ...").round(2)

# %% claim=true
black_area, blurred_area = areas["black"], areas["the blurred film"]
assert black_area["random"] < black_area.drop("random").min() + 0.02
assert blurred_area.drop("random").min() < blurred_area["random"] - 0.1

# %% [markdown]
# ### Explain
#
# With black dots the test measured **how strange the film became**, not how good the map was. With the blurred film
# as the replacement the orders differ, and the map whose baseline is the same blurred film wins: it was asked the
# same question. The map of IG from *black* is even worse than chance here. It is not a bad map; it answers another
# question. So read a deletion curve with three things beside it: what "removed" means, a random order, and whether
# the map was made with the same baseline. (You build a curve in exercise 18.2-g.)
#
# **Part A in one line:** a heatmap is a statement about a model. It has a definition, a score and a test. It is not a
# finding on the film.

# %% [markdown]
# ## Part B. Tables
#
# Now the man of 70. His risk comes from a table: 5,018 adults of NHANES, of whom 994 have diabetes; 13 features and
# no glucose. The model, gradient boosting, adds up many small decision trees. Its raw output is in **log-odds**: 0
# means 50%, each +1 multiplies the odds by 2.7.

# %%
data = load_nhanes_diabetes()
NICE = {
    "age_years": "age", "male": "male", "bmi_kg_m2": "BMI", "waist_cm": "waist", "height_cm": "height",
    "systolic_bp_mmhg": "systolic BP", "pulse_per_min": "pulse", "hdl_mg_dl": "HDL",
    "total_cholesterol_mg_dl": "cholesterol", "income_ratio": "income", "ever_smoker": "ever smoker",
    "vigorous_activity": "vigorous activity", "sleep_hours": "sleep",
}  # fmt: skip
X_train, X_test, y_train, y_test = train_test_split(
    data.X.rename(columns=NICE), data.y, test_size=0.3, random_state=0, stratify=data.y
)


def boosting(X):
    """Return a small gradient boosting model, trained on these columns."""
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    return model.fit(X, y_train)


booster = boosting(X_train)
man = X_test.index.get_loc(1799)  # the man of the case, in the test set

# %% tags=["nbval-check-output"]
risk = booster.predict_proba(X_test)[:, 1]
print(f"AUC on {len(X_test)} people that the model has not seen: {roc_auc_score(y_test, risk):.2f}")
print(f"The man of {X_test['age'].iloc[man]:.0f}: predicted probability {risk[man]:.0%}")

# %% [markdown]
# ## 9. Who gets the credit? Features that join one by one
#
# How do we share his 31% among his features? Idea: let the features *join* one after the other. As long as none is
# known, the best prediction is the mean. Then his age becomes known, and the prediction moves. Then his waist, and so
# on. The move at each step is the credit of that feature.

# %%
shapley_explorer = ShapleyExplorer()
PredictFirst(
    Question(
        "Waist joins before BMI, or BMI before waist: does each of them get the same credit in both orders?",
        {
            "Yes: the model is the same": "The model is. But what a feature adds depends on what is known already.",
            "No: the later one finds part of its work done": "They say much the same about a person. Who comes first takes more.",
        },
        right="No: the later one finds part of its work done",
        why="The Shapley value settles it: the mean over all orders.",
    ),
    shapley_explorer,
)

# %% [markdown]
# A smaller model plays here, with six features only, so its numbers differ from those of the large one. A feature
# that is not known yet takes the values of 100 other people, and the prediction is averaged over them. Try this:
#
# 1. Press **Next feature joins** six times. Watch the prediction move from the mean to his.
# 2. Press **Another order** and look at the same feature again. The black dot moves; the diamond stays.
# 3. Choose the **woman of 80**, let all features join, and compare order 1 (waist before BMI) with order 25 (BMI
#    before waist).
#
# If the sliders do not move, choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
shapley_explorer.filmstrip()

# %% [markdown]
# The diamond is the **Shapley value**, from game theory (Shapley 1953): a feature's mean gain over *all* orders in
# which features can join. Six features have 720 orders. With $v(S)$ for the prediction when the set $S$ is known, and
# $d$ features,
#
# $$\phi_i = \sum_{S \text{ without } i} \frac{|S|!\,(d-|S|-1)!}{d!}\,\bigl(v(S \cup \{i\}) - v(S)\bigr)$$
#
# The fraction is the share of the orders in which exactly $S$ comes before $i$. It is the only way of sharing that is
# fair in the sense of section 15. `exact_shapley` computes it by trying all sets. That works for a few features; 13
# would already need 8,192 sets for each person. **SHAP** (Lundberg and Lee 2017) is a family of faster ways to the
# same numbers; for trees there is an exact one. Do they agree? Four features, a small model:

# %% tags=["nbval-check-output"]
four = ["age", "waist", "BMI", "HDL"]
small = HistGradientBoostingClassifier(max_depth=3, max_iter=50, random_state=0).fit(X_train[four].to_numpy(), y_train)
person, others = X_test[four].to_numpy()[man], X_train[four].dropna().to_numpy()[:100]

by_enumeration = exact_shapley(small.decision_function, person, others)
by_shap = shap_explanation(small, person[None], background=others)
print("feature:     ", *four)
print("enumeration: ", by_enumeration.values.round(3))
print("shap:        ", by_shap.values[0].round(3), f"({by_shap.output_names})")
total = by_enumeration.base_value + by_enumeration.values.sum()
print(
    f"mean {by_enumeration.base_value:.3f} + the four = {total:.3f}; the model says {small.decision_function(person[None])[0]:.3f}"
)

# %% [markdown]
# The last line is **local accuracy**: the values add up to the prediction minus the mean. It is a bookkeeping
# identity. It proves that nothing was lost in the sharing, not that the model is right.

# %% [markdown]
# ## 10. One patient, and everyone
#
# `shap_explanation` returns SHAP values for any scikit-learn tree model: for one class, in a named unit, and checked
# to add up.

# %% tags=["nbval-check-output"]
explanation = shap_explanation(booster, X_test)
print("people, features:", explanation.values.shape, "| unit:", explanation.output_names)

# %% claim=true
outputs = explanation.values.sum(axis=1) + explanation.base_values
assert np.abs(outputs - booster.decision_function(X_test)).max() < 1e-6


# %% fold=true
def readable(figure):
    """Give a figure of shap the course's width and text size."""
    figure.set_size_inches(8.4, 4.8)
    for text in figure.findobj(plt.Text):
        text.set_fontsize(max(12, text.get_fontsize()))
    figure.subplots_adjust(left=0.3, right=0.89, bottom=0.14, top=0.9)
    return figure


plt.figure()
shap.plots.waterfall(explanation[man], max_display=9, show=False)
figure = readable(plt.gcf())
largest = np.argsort(-np.abs(explanation.values[man]))[:5]
described = ", ".join(
    f"{X_test.columns[k]} {X_test.iloc[man, k]:.0f}: {explanation.values[man, k]:+.2f}" for k in largest
)
plots.show(
    figure,
    f"Waterfall of the man's prediction in log-odds, from the mean {explanation.base_values[man]:.2f} to his "
    f"{explanation[man].values.sum() + explanation.base_values[man]:.2f}. The largest parts: {described}.",
)

# %% [markdown]
# Read it from below: E[f(X)] is the mean output, and each bar moves it until the man's own output f(x) is reached at
# the top. Bars with **+** that point right raised his risk, bars with **-** that point left lowered it. His own
# values stand at the left in grey.
#
# His age, his low HDL and his waist: that is what the tool showed. Below them is something strange: a total
# **cholesterol of 206 lowers his predicted risk**. We come to that.
#
# **Everyone.** In the beeswarm each dot is a person. To the right: this feature raised this person's log-odds. Dark
# dots: a low value of the feature; light dots: a high one.

# %% fold=true
plt.figure()
shap.plots.beeswarm(
    explanation, max_display=10, show=False, plot_size=None, color=plt.get_cmap("viridis"), color_bar_label="value"
)
figure = readable(plt.gcf())
importance = pd.Series(np.abs(explanation.values).mean(axis=0), X_test.columns).sort_values(ascending=False)
plots.show(
    figure,
    "Beeswarm of the SHAP values of all people in the test set. Mean size in log-odds: "
    + ", ".join(f"{name} {size:.2f}" for name, size in importance.items())
    + ". High age and a large waist lie to the right; high HDL and high cholesterol lie to the left.",
)

# %%
importance.round(2).rename("mean |SHAP| (log-odds)").to_frame().T

# %% [markdown]
# Sex has 0.00, for everyone: the model never asks for it. A feature that a model does not use gets exactly zero. But
# a small value does not mean little information: section 12.

# %% [markdown]
# ## 11. The chapter's SHAP code beside the calls that work today
#
# The chapter's listing 3 trains a random forest and calls `explainer.shap_values(X_test)`; listing 4 plots
# `shap_values[1][0]` and `shap_values[1]`. That was right when shap returned a *list* with one table for each class.
# Since version 0.45 it returns one array. The old index still works, and now means something else:

# %% tags=["nbval-check-output"]
filled = X_train.fillna(X_train.median())
some = X_test.fillna(X_train.median())[:20]
forest = RandomForestClassifier(n_estimators=100, random_state=0).fit(filled, y_train)
explainer = shap.TreeExplainer(forest)
shap_values = explainer.shap_values(some)

print("people, features, classes:", shap_values.shape)
print(
    "shap_values[1][0] is meant to hold 13 values, and holds",
    shap_values[1][0].shape[0],
    ": person 1, feature 0, both classes",
)
print("the first person's values for diabetes: shap_values[0, :, 1] holds", shap_values[0, :, 1].shape[0])

# %% [markdown]
# What do the two plots of listing 4 do with it?

# %% tags=["nbval-check-output"]
tries = {
    "force_plot(expected_value[1], shap_values[1][0], ...)": lambda: shap.force_plot(
        explainer.expected_value[1], shap_values[1][0], some.iloc[0], feature_names=list(some)
    ),
    "summary_plot(shap_values[1], ...)": lambda: shap.summary_plot(shap_values[1], some, show=False),
    "summary_plot(shap_values, ...)": lambda: shap.summary_plot(shap_values, some, show=False),
}
for call, run in tries.items():
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run()
        print(f"{call}: no error; the axis says:", plt.gcf().axes[-1].get_xlabel() or plt.gcf().axes[0].get_xlabel())
    except Exception as error:
        print(f"{call}: {type(error).__name__}")
    plt.close("all")

# %% [markdown]
# The third is the worst: someone "repairs" the second by leaving out the index, and gets a neat plot of something
# else, *interaction values*, which nobody computed. The calls of today:
#
# | Chapter's line | Today |
# |---|---|
# | `shap_values = explainer.shap_values(X_test)` | `explanation = shap_explanation(model, X_test)`: one class, shape (people, features), the unit in `output_names` |
# | `explainer.expected_value[1]` | `explanation.base_values`; for boosting shap itself returns a single number in log-odds, so `[1]` would fail |
# | `shap.force_plot(..., shap_values[1][0], X_test.iloc[0])` | `shap.plots.waterfall(explanation[0], show=False)`; the force plot needs JavaScript and is blank in print |
# | `shap.summary_plot(shap_values[1], X_test)` | `shap.plots.beeswarm(explanation, show=False)` |
#
# One more reason for the helper. With a *background* (section 13), shap itself does not always add up on this kind of
# model:

# %% tags=["nbval-check-output"]
background = X_train.sample(100, random_state=0)
own = shap.TreeExplainer(booster, background, feature_perturbation="interventional")(X_test, check_additivity=False)
ours = shap_explanation(booster, X_test, background=background)
for name, e in (("shap alone", own), ("shap_explanation", ours)):
    off = np.abs(e.values.sum(axis=1) + e.base_values - booster.decision_function(X_test)).max()
    print(f"{name:17} adds up for everyone, to 1e-6 log-odds: {bool(off < 1e-6)}")

# %% [markdown]
# (shap compares numbers in single precision. A person who lies right on a split of a tree can be sent to the wrong
# side. By default shap stops with an error then; the advice one finds is to switch this check off.)

# %% [markdown]
# ## 12. A small SHAP value
#
# > **Misconception 3.** "BMI has a small SHAP value, so body weight hardly matters to the model."

# %% fold=true
Question(
    "We train the model again without the waist. What happens to the importance of BMI, and to the AUC?",
    {
        "Both stay": "BMI takes over the work.",
        "BMI becomes much more important, the AUC stays": "The two measure nearly the same thing. Either will do.",
        "BMI stays small, the AUC falls": "This would be so if BMI carried no information.",
    },
    right="BMI becomes much more important, the AUC stays",
)

# %%
without_waist = boosting(X_train.drop(columns="waist"))
X_less = X_test.drop(columns="waist")
size = np.abs(shap_explanation(without_waist, X_less).values).mean(axis=0)

# %% tags=["nbval-check-output"]
print(f"correlation of waist and BMI: {X_test['waist'].corr(X_test['BMI']):.2f}")
print(f"beside waist:  mean |SHAP| of BMI {importance['BMI']:.2f}, AUC {roc_auc_score(y_test, risk):.2f}")
auc_less = roc_auc_score(y_test, without_waist.predict_proba(X_less)[:, 1])
print(f"without waist: mean |SHAP| of BMI {size[list(X_less).index('BMI')]:.2f}, AUC {auc_less:.2f}")

# %% [markdown]
# SHAP shares out what *this* model did. Waist and BMI are so alike that the model could take either. How the two
# share is partly chance. Here are five models, each trained on a random draw of the same people:

# %%
parts = []
for seed in range(5):
    draw = np.random.default_rng(seed).integers(0, len(X_train), len(X_train))
    other = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    other.fit(X_train.iloc[draw], y_train.iloc[draw])
    parts.append(np.abs(shap_explanation(other, X_test).values).mean(axis=0))
parts = pd.DataFrame(parts, columns=list(X_test))

# %%
for name in ("waist", "BMI"):
    print(f"mean |SHAP| of {name:5} in five models: {parts[name].min():.2f} to {parts[name].max():.2f}")

# %% [markdown]
# So do not read a ranking of correlated features as a ranking of causes, or even of importance. Look at groups of
# features, such as "body size", and at several models.

# %% [markdown]
# ## 13. Compared with whom? Two ways to leave a feature out
#
# "The feature is not known": what is put in its place? For trees there are two usual answers.
#
# - **Interventional:** the values of a *background*, a set of real people whom you choose. It also tries combinations
#   that no person has, such as this man's waist with another person's BMI.
# - **Path-dependent:** no background. Where a tree asks for the unknown feature, both branches are taken, with the
#   weights of the training people.
#
# In shap the choice is made silently: with a background the first, without one the second. Do they agree?

# %%
ways = {"path-dependent": explanation.values, "interventional": ours.values}
top = {name: np.argsort(-np.abs(values), axis=1) for name, values in ways.items()}
other_top = top["path-dependent"][:, 0] != top["interventional"][:, 0]
other_three = [
    set(a) != set(b) for a, b in zip(top["path-dependent"][:, :3], top["interventional"][:, :3], strict=True)
]

# %% tags=["nbval-check-output"]
for question, changes in (("another top feature", other_top), ("another set of three top features", other_three)):
    low, high = binomtest(int(np.sum(changes)), len(changes)).proportion_ci(method="wilson")
    print(f"{question}: {np.mean(changes):.0%} of {len(changes)} people (95% interval {low:.0%} to {high:.0%})")

# %% [markdown]
# For most people the two agree. For some the "main reason" changes with a setting that no display shows. Neither is
# wrong: they answer different questions. The same holds for the background itself. Here is the man, compared with
# three groups:

# %%
groups = {
    "100 people of the training set": background,
    "people of 65 and over": X_train[X_train["age"] >= 65][:100],
    "people under 40": X_train[X_train["age"] < 40][:100],
}
compared = {name: shap_explanation(booster, X_test.iloc[[man]], background=rows) for name, rows in groups.items()}
pd.DataFrame(
    {
        name: {"mean of the group (log-odds)": e.base_values[0], **dict(zip(X_test.columns, e.values[0], strict=True))}
        for name, e in compared.items()
    }
).loc[["mean of the group (log-odds)", "age", "HDL", "waist", "cholesterol"]].round(2)

# %% [markdown]
# Among people of his own age his age is no reason at all; beside the young it is nearly all of it. Same man, same
# model, same output. "His age raised the risk" is an incomplete sentence: *compared with whom?*

# %% [markdown]
# ## 14. Cholesterol that protects?
#
# In this model a total cholesterol of 200 to 250 mg/dL *lowers* the predicted risk of diabetes, and a **low** one
# raises it.

# %% fold=true
cholesterol = X_test["cholesterol"]
part = explanation.values[:, X_test.columns.get_loc("cholesterol")]
known = cholesterol.notna().to_numpy()
figure, axes = plt.subplots(figsize=(8.4, 3.6), layout="constrained")
axes.scatter(cholesterol[known], part[known], s=14, color=plots.DARK, alpha=0.5)
axes.plot(cholesterol.iloc[man], part[man], "D", color="white", markeredgecolor="black", markersize=11)
axes.annotate(
    "the man of 70", (cholesterol.iloc[man], part[man]), (255, 0.45), fontsize=12, arrowprops={"arrowstyle": "->"}
)
axes.axhline(0, color="black", linewidth=1)
axes.set(
    xlabel="total cholesterol (mg/dL)", ylabel="SHAP value (log-odds)", title="Each dot is a person of the test set"
)
plots.show(
    figure,
    f"SHAP value of cholesterol against cholesterol for {known.sum()} people: from positive at low values to negative at high "
    f"ones, correlation {np.corrcoef(cholesterol[known], part[known])[0, 1]:.2f}. The man of 70 has "
    f"{cholesterol.iloc[man]:.0f} mg/dL and a SHAP value of {part[man]:+.2f}.",
)

# %% fold=true
Question(
    "Why does the model count a low cholesterol as a sign for diabetes, and a higher one as a sign against it?",
    {
        "Cholesterol protects against diabetes": "Nothing in a cross-sectional table could show that.",
        "People who know that they have diabetes are often treated, and treatment lowers cholesterol": "The table speaks for this. Look at those who do not know it yet.",
        "The model is wrong": "It describes its data well. The data hold the treatment.",
    },
    right="People who know that they have diabetes are often treated, and treatment lowers cholesterol",
    why="The label of this table is 'has diabetes on the day of the survey', and most of these people know it.",
)

# %%
told = data.audit["told_diabetes"] == "yes"
group = np.select([data.y == 0, told], ["no diabetes", "diabetes, told by a doctor"], "diabetes, not told")
levels = data.X["total_cholesterol_mg_dl"].groupby(group).agg(["count", "mean", "sem"])
levels["95% interval"] = [
    f"{m - 1.96 * s:.0f} to {m + 1.96 * s:.0f}" for m, s in zip(levels["mean"], levels["sem"], strict=True)
]

# %% tags=["nbval-check-output"]
print(levels[["count", "mean", "95% interval"]].round(0).astype({"mean": int}).to_string())

# %% [markdown]
# People who *know* that they have diabetes have the lowest cholesterol. Those who have it and have *not* been told
# have the highest. That fits **treatment**: drugs that lower cholesterol are a usual part of the care in diabetes. It
# does not prove it: the groups differ in other ways too, and the table holds no statins. But it shows how a
# protective sign can come from care and not from biology.
#
# The classic case: a model for the risk of dying from pneumonia learned that **asthma protects** (Caruana 2015).
# Patients with asthma had gone straight to intensive care, and did well. Used for deciding who may go home, the model
# could have sent them home.

# %% [markdown]
# ## 15. Three properties, and why none of them is about causes
#
# Three properties make SHAP values attractive; the chapter names the first and the last. Together they single the
# Shapley values out: no other way of sharing has all three (Lundberg and Lee 2017).
#
# | Property | In words | Seen here |
# |---|---|---|
# | **Local accuracy** | the values add up to the output minus the mean output | section 10, for everyone |
# | **Missingness** | what is not in the game gets no share | sex, in section 10: the model never uses it, and it has exactly zero |
# | **Consistency** | if a model is changed so that it relies on a feature more, whoever else is known, the feature's value does not fall | the next cell, and exercise 18.2-e |
#
# Consistency with two rules for a patient who has both fever and cough. Rule B is rule A plus 10 points for a cough:

# %% tags=["nbval-check-output"]
everyone = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])  # fever, cough: all four kinds of patient
rules = {
    "A: 80 points if fever and cough": lambda p: 80.0 * p[:, 0] * p[:, 1],
    "B: the same, plus 10 for cough": lambda p: 80.0 * p[:, 0] * p[:, 1] + 10.0 * p[:, 1],
}
for name, rule in rules.items():
    fever, cough = exact_shapley(rule, [1, 1], everyone).values
    print(f"rule {name:32} fever {fever:.0f}, cough {cough:.0f}")

# %% [markdown]
# Cough rises, and fever stays. It sounds obvious, but the "gain" importance that many tree programs print does *not*
# have this property: in exercise 18.2-e it falls when the model relies on a feature more.
#
# **All three properties speak of the model.** None speaks of the patient's body. The chapter adds that the sign of a
# value shows the "direction of effect". It does: of the effect on the *output*. To see the difference, we simulate
# patients whose truth we know, in the manner of Caruana's case. Asthma *raises* the risk of death. Intensive care
# lowers it, and most patients with asthma get it. The model sees age and asthma, and does not see the care.

# %%
chance_of = np.random.default_rng(0)
n = 20_000
age, asthma = chance_of.uniform(20, 90, n), chance_of.random(n) < 0.12
intensive_care = chance_of.random(n) < np.where(asthma, 0.85, 0.10)


def risk_of_death(care):
    return 1 / (1 + np.exp(-(-6 + 0.06 * age + 0.6 * asthma - 2.0 * care)))  # the truth: asthma adds, care subtracts


died = chance_of.random(n) < risk_of_death(intensive_care)
seen = pd.DataFrame({"age": age, "asthma": asthma.astype(float)})
sim = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0).fit(seen, died)
of_asthma = shap_explanation(sim, seen[:2000]).values[:, 1]

# %% tags=["nbval-check-output"]
print(
    f"simulated patients as they are treated: with asthma {died[asthma].mean():.0%} die, without {died[~asthma].mean():.0%}"
)
print(f"mean SHAP value of asthma in those who have it: {of_asthma[asthma[:2000]].mean():+.1f} log-odds: it 'protects'")
sent_home = risk_of_death(np.zeros(n))
print(
    f"the same patients without intensive care: with asthma {sent_home[asthma].mean():.0%} die, without {sent_home[~asthma].mean():.0%}"
)

# %% [markdown]
# The SHAP value is *right about the model*, and the model is right about the data: as they are treated, patients with
# asthma die less often. Act on it, send them home, and the sign turns. More data would not help, nor another
# attribution method. What is missing is the care, and an idea of what causes what.
#
# > **Misconception 4.** "SHAP tells me what to change in the patient."
#
# It tells what the model would answer for another *row of the table*. Whether a patient's outcome changes when you
# change him is a causal question: it needs a trial, or a causal design with its assumptions written down.
#
# People do misread it. In a study with 11 interviews and a survey of 197, data scientists over-trusted such displays,
# and few could say correctly what they show (Kaur 2020).

# %% [markdown]
# ## Back to Monday morning
#
# **The film.** "It has seen the pneumonia." The map says that the network's last maps were active there and counted
# for pneumonia. That is all. Most of its evidence lies outside the lesion even when the model is right; a map
# can miss a proven shortcut. So: read the film yourself, first. If you must judge the tool, ask
# for a score on many films beside chance, a sanity check, and a swap test.
#
# **The man.** "We raise his HDL, and his risk goes down." Three answers, in the order of a ward round:
#
# 1. *The bar is about the model.* Among the people of this table a low HDL goes with diabetes. Compared with whom?
#    With the mean of the table.
# 2. *The label is "has diabetes today".* Nothing he does tomorrow can change that. It is no risk of the future.
# 3. *The same display says that his cholesterol of 206 protects him.* Nobody would raise it. If one bar is no advice,
#    the other is none.
#
# What the display is good for: it tells you *which of his values the number rests on*, so that you can check them.
# Was the waist measured? Is the age right? And it suggests the next step that needs no attribution at all: measure
# his HbA1c.

# %% [markdown]
# ## Discuss
#
# 1. IG on a CT: air is black, and so is the usual baseline. What could the map never show? Which baseline would you
#    take, and how would you defend it?
# 2. A dermatology app highlights the ruler beside the lesion. Is that a reason for suspicion, a proof, or neither?
#    What is the experiment?
# 3. Should a display show attributions when the film is of a kind the model has never seen, such as a child's?
#    (Recall the black image that was "effusion".)
# 4. Local accuracy always holds. Why is that no evidence that the explanation is true?
#
# ## Key points
#
# - The gradient answers "what would a small change do?" It is noisy, and zero where a unit is saturated.
# - Integrated gradients add up to $F(x) - F(x')$: check it. The baseline is part of the answer; name it.
# - Grad-CAM is a weighted sum of coarse maps. Layer, class and colour scale are choices; keep the raw scale.
# - Score maps against a known truth, beside chance and a control that knows no model. Ours were better than chance
#   and far from an outline.
# - A sanity check and a deletion curve can unmask a bad map. Neither proves a good one. Draw the random order.
# - A Shapley value is the mean gain over all orders. It depends on the background, and on features that say the same.
# - Local accuracy, missingness and consistency are about the model. No attribution is causal.
#
# ## Exercises
#
# {{Count 18.2}} exercises, with hints and solutions:
# [exercises/18_2_feature_attribution.ipynb](../exercises/18_2_feature_attribution.ipynb).
#
# ## References
#
# - Adebayo J. et al. Sanity checks for saliency maps. NeurIPS 2018. arXiv:1810.03292
# - Arun N. et al. Assessing the trustworthiness of saliency maps for localizing abnormalities in medical imaging. Radiol Artif Intell 2021;3:e200267. doi:10.1148/ryai.2021200267
# - Caruana R. et al. Intelligible models for healthcare: predicting pneumonia risk and hospital 30-day readmission. KDD 2015. doi:10.1145/2783258.2788613
# - Kaur H. et al. Interpreting interpretability: understanding data scientists' use of interpretability tools for machine learning. CHI 2020. doi:10.1145/3313831.3376219
# - Lundberg S. M., Lee S.-I. A unified approach to interpreting model predictions. NeurIPS 2017. arXiv:1705.07874
# - Lundberg S. M. et al. From local explanations to global understanding with explainable AI for trees. Nat Mach Intell 2020;2:56-67. doi:10.1038/s42256-019-0138-9
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Petsiuk V., Das A., Saenko K. RISE: randomized input sampling for explanation of black-box models. BMVC 2018. arXiv:1806.07421
# - Saporta A. et al. Benchmarking saliency methods for chest X-ray interpretation. Nat Mach Intell 2022;4:867-878. doi:10.1038/s42256-022-00536-x
# - Selvaraju R. R. et al. Grad-CAM: visual explanations from deep networks via gradient-based localization. ICCV 2017. arXiv:1610.02391
# - Shapley L. S. A value for n-person games. In: Contributions to the Theory of Games II, 1953.
# - Simonyan K., Vedaldi A., Zisserman A. Deep inside convolutional networks: visualising image classification models and saliency maps. ICLR workshop 2014. arXiv:1312.6034
# - Sundararajan M., Taly A., Yan Q. Axiomatic attribution for deep networks. ICML 2017. arXiv:1703.01365
# - Zhang J. et al. Top-down neural attention by excitation backprop. IJCV 2018. arXiv:1608.00507
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
