# %% [markdown] slide="Where did the model look? | A heatmap is a picture. It is not yet evidence. | How can a heatmap be scored, so that it is not a matter of taste?" bridges="The gradient = The gradient asks: what would a small change of each pixel do? | Integrated gradients = A map can add up exactly and still hang on its baseline: name it. | Grad-CAM, step = Grad-CAM is a sum of coarse maps; layer, class and colours are choices. | Do you need = Ask if there is a model that goes through named findings."
# # 18.2.1-2 Gradients and Grad-CAM: where did the model look?
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders. The few
# lines in the open are the formulas.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.2-ijnoacdfg}} for the exercises.
#
# **Questions this section answers**
#
# - What do the usual heatmaps compute, and how do they differ?
# - Is a heatmap evidence? How can it be scored and tested, so that it is not a matter of taste?
# - Which of them is nearest to an experiment?
# - Do you need a heatmap at all?
#
# **After it you can**
#
# 1. *say* which question gradient, integrated gradients, Grad-CAM, occlusion and a swap each answer,
# 2. *verify* with a number that a map adds up to what it must,
# 3. *judge* the score of a heatmap against a known truth, by chance, a control and its interval,
# 4. *apply* two tests, random weights and deletion, and *read* what they do not show,
# 5. *say* which question is answered by correcting one finding of a model that goes through named findings.
#
# > All chest films are **synthetic**: drawn by a program, so that the truth about each one is known. Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter, sobel
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression, Ridge

from clinxai_teach import plots
from clinxai_teach.attribution import (
    grad_cam,
    integrated_gradients,
    mass_in_mask,
    neighbourhood,
    occlusion,
    pointing_game,
    randomization_test,
    saliency,
    smooth_grad,
    upsample,
)
from clinxai_teach.checks import Question
from clinxai_teach.data import make_radiographs
from clinxai_teach.explorers import GradCAMExplorer, IntegratedGradientsExplorer, PredictFirst
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.models import load_cxr_model, predict_proba

# isort: split
import torch  # last: where it is missing, the imports above say in words what to do

plt.rcParams["font.size"] = 12


def with_interval(values, digits=2):
    """Return a mean with its 95% interval, as text."""
    values = np.asarray(values, dtype=float)
    mean, half = values.mean(), 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    return f"{mean:.{digits}f} ({mean - half:.{digits}f} to {mean + half:.{digits}f})"


# %% [markdown]
# ## Warm-up: two questions on section 18.1
#
# %% fold=true
Question(
    "The shortcut model of 18.1 depends on the marker, the letter L. What proved it?",
    {
        "Its heatmap": "It gave a hint: its warmest point was near the marker on many films, elsewhere on others.",
        "The marker was swapped, all else stayed the same, and its answers changed": "An experiment: the change can have only one reason.",
        "Its accuracy in the internal test": "There it looked at least as good as the clean model.",
    },
    right="The marker was swapped, all else stayed the same, and its answers changed",
)

# %% fold=true
Question(
    "A map on a lung: may you conclude that the model does not use the marker?",
    {
        "Yes, if the map is warm only there": "A map shows some of what counted. It cannot rule anything out.",
        "No": "On about one film with pneumonia in five the shortcut model's warmest point was near the pneumonia. It used the marker all the same.",
    },
    right="No",
)

# %% [markdown] slide="A case | Invented: a tool flags a chest film, pneumonia, with a heatmap that is warm on the right lung. The trainee says: it has seen the pneumonia. | What would you answer?"
# ## A case
#
# > Monday morning. An AI tool has flagged a chest film: *pneumonia*, with a heatmap that is warm on the right lung. "Look," says the
# > trainee, "it has seen the pneumonia."
#
# What would you answer? Decide before you read on. (The scene is invented; the models below are the two of 18.1.)
#
# An **attribution** is a number for each part of the input, here for each pixel. It says how much this part counted for one output of the
# model. Each section below defines "counted" in another way.
#
# We take one film with a pneumonia and the clean model. The output to explain is the **logit** of pneumonia, $y$: the raw score before the five
# raw scores become probabilities. Alone it is no probability: if the other four stay, +1 multiplies the odds of pneumonia by 2.7.

# %% fold=true
models = {name: load_cxr_model(name) for name in ("clean", "shortcut")}
clean = models["clean"]
last = clean.features[-1]  # the last layer that still has a picture: its maps
PNEUMONIA = 1  # the place of pneumonia among the classes

films = make_radiographs(320, seed=5, marker=1.0)  # every film carries the marker
size = films.images.shape[-1]
film, lesion = torch.from_numpy(films.images[1:2]), films.lesion_masks[1]

# %% fold=true tags=["nbval-check-output"]
with torch.no_grad():
    raw = clean(film)[0]
for name, logit_of, p in zip(films.class_names, raw, predict_proba(clean, film)[0], strict=True):
    print(f"clean model, {name:12} logit {logit_of:+5.1f}, probability {p:.2f}")

# %% claim=true
assert films.labels[1] == PNEUMONIA
assert min(predict_proba(model, film)[0, PNEUMONIA] for model in models.values()) > 0.8

# %% [markdown]
# ## 1. The gradient: what would a small change do?
#
# The simplest idea: ask for each pixel how fast $y$ changes if this pixel $x$ changes a little. That is a derivative. The textbook chapter that
# this course follows (McBeth) calls it **vanilla gradients** (Simonyan 2014):
#
# $$\text{Attribution} = \left| \frac{\partial y}{\partial x} \right|$$

# %% fold=true
Question(
    "In the map of |dy/dx| one pixel is very bright. What does that say?",
    {
        "The disease is there": "The map knows nothing of disease. It describes the model.",
        "If this pixel were a little brighter or darker, the score would change much": "That is the definition, and no more.",
        "Without this pixel the model would not say pneumonia": "That is another question: what if it were gone? Sections 5 and 8 ask it.",
    },
    right="If this pixel were a little brighter or darker, the score would change much",
)

# %%
x = film.clone().requires_grad_()  # keep track of every pixel
y = clean(x)[0, PNEUMONIA]  # the logit
(gradient,) = torch.autograd.grad(y, x)  # dy/dx, one number for each pixel
attribution = gradient.abs()  # |dy/dx|

# %% claim=true
assert torch.equal(attribution, saliency(clean, film, PNEUMONIA))

# %% fold=true slide="The gradient is a scatter of dots | One synthetic film: 14% of the gradient lies on the dotted lesion, which covers 3% of the film. | Does a bright dot mean disease?" say="Gradient, dy/dx: what a small change of the input x, the brightness of a pixel, would do to the output y. Here y is the logit of pneumonia, the raw score of the model. | No. Most of the sum lies off the lesion, in many faint dots, also on the healthy lung."
figure, axes = plt.subplots(1, 3, figsize=(7.4, 3.2), layout="constrained")
plots.Film(axes[0], film[0, 0].numpy(), "Film", notice="synthetic film\ndotted: the true lesion")
strength = attribution[0, 0].numpy()
bright = float(np.quantile(strength, 0.995))  # the few largest would leave all others black
plots.bare(axes[1])
axes[1].imshow(strength, cmap="inferno", vmin=0, vmax=bright, interpolation="nearest")
axes[1].set_title("|dy/dx|", fontsize=12)
axes[1].set_xlabel(f"brightest: {bright:.1f} logits per\nunit of brightness, or more", fontsize=12)
plots.SignedMap(axes[2], gradient[0, 0].numpy(), "dy/dx with its sign", scale=bright, unit="logits per unit")
for ax in axes:
    plots.draw_outline(ax, lesion, (0, (1, 1)))
plots.show(
    figure,
    "A synthetic film, the size of its gradient, and the gradient with its sign. The gradient is a scatter of dots, densest around the lesion, "
    f"{strength[lesion].sum() / strength.sum():.0%} of it on the dotted lesion, which covers {lesion.mean():.0%} of the film. In the signed map light and dark dots "
    "lie side by side.",
)

# %% claim=true
assert strength[lesion].mean() > 2 * strength.mean()
assert strength[lesion].sum() < 0.5 * strength.sum()
around = neighbourhood(films.lesion_masks[1:2], size // 16)[0]
assert (strength[around] >= bright).sum() > 0.9 * (strength >= bright).sum() > (strength[lesion] >= bright).sum()

# %% [markdown]
# The map is a scatter of dots over *both* lungs. The brightest crowd on and around the lesion. And yet most of the sum lies elsewhere, in many faint dots, also on the healthy lung. Neighbours have opposite signs: one pixel brighter would raise the score, the next one would lower it.
#
# ## 2. Two weaknesses: noise, and saturation
#
# **Noise.** We add a little noise to ten films with pneumonia, as if the detector had counted other photons. You cannot see it, and the model's
# answers hardly move. Do the maps keep their order of pixels? A rank correlation of 1 says: the same order; 0: nothing in common.
#
# **SmoothGrad** (Smilkov 2017) is the known remedy: add noise to the film many times, and average the gradients.

# %% fold=true
sick = np.flatnonzero(films.labels == PNEUMONIA)
ten = torch.from_numpy(films.images[sick[:10]])
noisy = ten + 0.01 * torch.randn(ten.shape, generator=torch.Generator().manual_seed(0))


def rank_correlation(maps, others):
    """Return the rank correlation of the maps with the others, film by film."""
    return [spearmanr(a, b).statistic for a, b in zip(maps.flatten(1), others.flatten(1), strict=True)]


moved = np.abs(predict_proba(clean, ten)[:, PNEUMONIA] - predict_proba(clean, noisy)[:, PNEUMONIA])
kept = {
    "gradient": rank_correlation(saliency(clean, ten, PNEUMONIA), saliency(clean, noisy, PNEUMONIA)),
    "SmoothGrad": rank_correlation(
        smooth_grad(clean, ten, PNEUMONIA, n_samples=20), smooth_grad(clean, noisy, PNEUMONIA, n_samples=20, seed=1)
    ),
    "Grad-CAM (section 4)": rank_correlation(
        grad_cam(clean, ten, PNEUMONIA, layer=last, relu=False),
        grad_cam(clean, noisy, PNEUMONIA, layer=last, relu=False),
    ),
}
print(f"the probability moved by {moved.mean():.3f} (mean of {len(ten)} synthetic films)")
pd.DataFrame(
    {"rank correlation before and after, mean and 95% interval": {k: with_interval(v) for k, v in kept.items()}}
)

# %% claim=true
assert moved.mean() < 0.05
assert np.mean(kept["gradient"]) < np.mean(kept["SmoothGrad"]) - 0.05
assert round(float(np.mean(kept["SmoothGrad"])), 1) == 0.9

# %% [markdown]
# SmoothGrad is steady, not therefore *better*: section 6 scores it.
#
# **Saturation.**
#
# > **Misconception 1.** "The gradient is zero, so the feature does not matter."

# %% fold=true slide="vote" say="A gradient: what a small change of the input would do to the output."
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


# %% fold=true
def score(lactate):
    return torch.clamp(lactate, max=4)  # one point for each mmol/L, at most 4


lactate = torch.tensor(8.0, requires_grad=True)
(slope,) = torch.autograd.grad(score(lactate), lactate)

way = torch.linspace(0, 8, 801, requires_grad=True)
(slopes,) = torch.autograd.grad(score(way).sum(), way)  # the gradient everywhere on the way from 0 to 8

# %% tags=["nbval-check-output"] fold=true
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
axes[1].fill_between(way_values, slopes, color=plots.LIGHT)
axes[1].text(2, 0.45, "area = 4 points", ha="center", fontsize=12, bbox={"facecolor": "white", "edgecolor": "none"})
axes[1].set(xlabel="lactate on the way from 0 to 8", ylabel="points per mmol/L", title="Its gradient on the way")
plots.show(
    figure,
    "Left: a score that rises with lactate up to 4 points at 4 mmol/L and is flat from there; the patient at 8 mmol/L "
    "stands on the flat part, where the slope is 0. Right: the gradient on the way from 0 to 8: it is 1 up to 4 mmol/L "
    "and 0 beyond; the area below it is 4 points, the whole score.",
)

# %% [markdown]
# The gradient at the patient sees only the flat end. The **area under the gradient on the whole way** sees all of it. That is integrated gradients. (A
# probability saturates as well, near 0 and 1. This is why we explain the logit.)
#
# ## 3. Integrated gradients: walk from nothing to the film
#
# Sundararajan and colleagues (2017) walk in a straight line from a **baseline** $x'$ ("nothing to see") to the film $x$. The number $\alpha$ says how far
# we are: 0 at the baseline, 1 at the film. On the way they average the gradient, and multiply by the distance that each pixel went. $F$ is the logit.
#
# $$\text{IG}_i = (x_i - x'_i) \times \int_0^1 \frac{\partial F(x' + \alpha(x-x'))}{\partial x_i}\, d\alpha$$


# %%
def integrated(model, x, baseline, target, n_steps):
    total = 0
    for k in range(1, n_steps + 1):
        alpha = k / n_steps  # how far we are
        total = total + saliency(model, baseline + alpha * (x - baseline), target, absolute=False)
    return (x - baseline) * total / n_steps  # the distance times the mean gradient


# %% [markdown]
# **Completeness.** If the walk is fine enough, the attributions of all pixels add up to exactly what there is to explain: the logit of the film
# minus the logit of the baseline, $F(x) - F(x')$. So the computation can be *checked*. The baseline here is a black image:

# %% fold=true
black = torch.zeros_like(film)
with torch.no_grad():
    to_explain = float(clean(film)[0, PNEUMONIA] - clean(black)[0, PNEUMONIA])
sums = {n: float(integrated(clean, film, black, PNEUMONIA, n).sum()) for n in (1, 4, 16, 64, 256)}
print(f"F(film) - F(black) = {to_explain:.2f} logits")
for n, total in sums.items():
    print(f"{n:4} steps: the map adds up to {total:6.2f}, gap {total - to_explain:+6.2f}")

# %% claim=true
assert abs(sums[1] - to_explain) > 0.2 * abs(to_explain)
assert abs(sums[256] - to_explain) < 0.05 * abs(to_explain)

# %% [markdown]
# One step is the plain gradient at the film, times the distance: far off. With many steps the gap closes (not at each step: a coarse walk can be right by luck). The *map* stands still later than its sum.
#
# ### Which image shows "nothing"?
#
# IG answers "compared with what?", so the baseline is part of the answer. Four candidates, and what the clean model says of each alone:


# %% fold=true
def blurred(x):
    return torch.from_numpy(gaussian_filter(x.numpy(), (0, 0, size * 6 / 64, size * 6 / 64)))


baselines = {
    "black": torch.zeros_like(film),
    "grey": torch.full_like(film, float(film.mean())),
    "blurred film": blurred(film),
    "white": torch.ones_like(film),
}
says = pd.DataFrame(
    {name: predict_proba(clean, image)[0] for name, image in baselines.items()}, index=films.class_names
).T
says.round(2)

# %% claim=true
assert (says["effusion"] > 0.99).all()

# %% [markdown]
# For this model **no image is "nothing"**: it calls all four an effusion, with full confidence, even where there is no chest at all. It never saw such images in training, and "none of
# these" is not among its answers. So an IG map compares the film with a strange neighbour. Name the baseline in every report, and try a second one.

# %% fold=true slide="vote | The map must add up | One synthetic film, clean model, black baseline. After 1 step the map adds up to +7.17; it must be +10.69. | What will 128 steps change? And a white baseline? | Baseline; Steps" say="Integrated gradients {{walk in a straight line ... to the film}}, here in 128 steps. | {{On the way they average ... each pixel went}}. A gradient: what a small change of each pixel would do. It adds up (completeness) if all pixels together give {{the logit of the film ... logit of the baseline}}."
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
# 1. Move **Steps** from 1 to 128 and watch the gap (hatched) and its curve close.
# 2. Go through the four **baselines** at 128 steps. Where does each map put its light and dark pixels?
# 3. **Model** shortcut, evidence for pneumonia, baseline black, then blurred: look at the marker.
#
# If the sliders do not move, choose *Run > Run All Cells*. Without sliders: black, white, and the shortcut model from the blurred film:

# %% fold=true slide="after 1 | 128 steps, black baseline | Now the map adds up to +10.87; it must be +10.69. | What will the map show from a white baseline? || after 2 | 128 steps, white baseline | It adds up, too: +8.95; it must be +8.90. And it is another map. | Which of the two is right?"
ig_explorer.filmstrip(ig_explorer.telling_states()[1:])

# %% fold=true
with_baseline = {
    name: integrated_gradients(clean, film, PNEUMONIA, baseline=image, map_tolerance=0.05, batch_size=16).values.abs()
    for name, image in baselines.items()
}
for name in ("grey", "blurred film", "white"):
    (same,) = rank_correlation(with_baseline["black"], with_baseline[name])
    print(f"rank correlation of the map with the black baseline and with the {name}: {same:.1f}")

# %% [markdown]
# **Sensitivity:** if film and baseline differ in one pixel and the outputs differ, this pixel gets an attribution that is not zero. The plain gradient fails here: remember
# the lactate. **Implementation invariance:** two networks that answer the same to every input get the same maps. Both are properties of IG that the chapter names. And two facts follow from the factor $x_i - x'_i$:
#
# - A pixel that is the same in film and baseline gets **exactly zero**. With a black baseline, the air in a lung gets little, even if the model uses it.
# - With a *blurred* baseline only what blurring changes can get much: sharp things, such as ribs or a letter. A soft opacity largely survives.
#
# ## 4. Grad-CAM, step by step
#
# Grad-CAM (Selvaraju 2017) does not ask for pixels. It asks at the *end* of the network, where coarse **feature maps** $A^k$ are left. A map is a small picture: each of its
# cells is computed from a large square of the film, and is bright where that square holds the pattern that this map answers to. Two steps:
#
# **Step 1. How much does each map count for class $c$?** The mean gradient over its $Z$ cells:
#
# $$w_k^c = \frac{1}{Z} \sum_i \sum_j \frac{\partial y^c}{\partial A_{ij}^k}$$
#
# **Step 2. Where are the maps that count active?** Add them up with their weights, and set what is negative to zero (that is what ReLU means). One cell is a small part of the logit; below you see all cells add up to it:
#
# $$L^c_{\text{Grad-CAM}} = \text{ReLU}\left(\sum_k w_k^c A^k\right)$$

# %%
A = clean.features(film).detach().requires_grad_()  # the feature maps
y = clean.classifier(A)[0, PNEUMONIA]  # the logit, from the maps
(dy_dA,) = torch.autograd.grad(y, A)
w = dy_dA.mean(dim=(2, 3), keepdim=True)  # step 1: one weight for each map
weighted_sum = (w * A).detach().sum(dim=1, keepdim=True)  # step 2: add the maps up with their weights,
cam = weighted_sum.relu()  # and keep what speaks for the class

# %% fold=true
A = A.detach()
n_maps, cells = A.shape[1], A.shape[-1]
cell = size // cells
share = (w * A).mean(dim=(2, 3))[0]
strongest = [int(k) for k in torch.cat([share.argsort(descending=True)[:2], share.argsort()[:2]])]
figure, axes = plt.subplots(2, 4, figsize=(8.4, 6))
figure.subplots_adjust(0.01, 0.13, 0.99, 0.95, wspace=0.08, hspace=0.3)
for ax, k in zip(axes[0], strongest, strict=True):
    plots.bare(ax)
    ax.imshow(A[0, k], cmap="gray", interpolation="nearest")
    ax.set_title(f"map {k}", fontsize=12)
    ax.set_xlabel(f"adds {cells**2 * float(share[k]):+.1f} logits", fontsize=12)  # weight times map, over all cells
plots.SignedMap(axes[1, 0], weighted_sum[0, 0].numpy(), "weighted sum")
plots.Heatmap(axes[1, 1], np.zeros((cells, cells)), cam[0, 0].numpy(), "after ReLU", notice="")
large = upsample(cam, size)[0, 0].numpy()
plots.Heatmap(axes[1, 2], 0 * large, large, "enlarged", notice="")
plots.Heatmap(axes[1, 3], film[0, 0].numpy(), large, "on the film", lesion=lesion)
plots.show(
    figure,
    f"Above: four of the {n_maps} feature maps of {cells} by {cells} cells, two that count most for pneumonia and two that count most against it, with what each adds to the logit: "
    + ", ".join(f"{cells**2 * float(share[k]):+.1f}" for k in strongest)
    + ". "
    f"Below: the weighted sum of all maps with its sign; the same after ReLU, at most {cam.max():.2f} logits in one cell; enlarged; and over the synthetic "
    f"film, where {float(mass_in_mask(large[None], lesion[None])[0]):.0%} of it lies on the dotted lesion.",
)

# %% [markdown]
# **Grad-CAM has a check of its own, for a network like this one.** Its classifier averages each map and adds the averages up with weights. So before ReLU the cells, plus one constant, add up to
# the logit:

# %% fold=true
intact = grad_cam(clean, ten, PNEUMONIA, layer=last, relu=False)
constant = float(clean.classifier[-1].bias[PNEUMONIA].detach())
with torch.no_grad():
    gap = (intact.sum((1, 2, 3)) + constant - clean(ten)[:, PNEUMONIA]).abs().max()
print(
    f"{cells * cells} cells {constant:+.2f} = the logit, to {float(gap):.6f}, on {len(ten)} films; largest cell {intact.max():.1f} logits"
)

# %% claim=true
assert gap < 1e-3
assert torch.allclose(cam, grad_cam(clean, film, PNEUMONIA, layer=last), atol=1e-5)

# %% [markdown]
# (Networks with other classifiers, or a map from an earlier layer, do not have this check.)

# %% fold=true slide="Grad-CAM of the clean model | One synthetic film with pneumonia and letter, clean model: 32% of the map on the lesion; chance is 3%. | What will the shortcut model's map show? | Model; Stretch the colours to this map's own maximum" say="Grad-CAM: the heatmap of 18.1. The last layer of the network divides the film into large cells. Each cell gets points for or against pneumonia; all points and a constant add up to the logit, the raw score. | More of it near the letter, less on the lesion: the next slide."
cam_explorer = GradCAMExplorer()
cam_explorer

# %% [markdown]
# The explorer scores each map: how much of it lies on the true lesion, and how much near the marker. **Chance** is the share of the picture that this place covers. The colours keep one scale for
# all classes and both models; the last box stretches them, as most software does.
#
# 1. **Layer** 5, then 4, 3, 2, 1. On the way the cells get finer. Does the share on the lesion grow?
# 2. **Evidence for** nodule on the pneumonia film: little. Now *stretch the colours*.
# 3. **Film** nodule, evidence for nodule: can cells this large outline it?
# 4. Evidence for pneumonia, **model** shortcut, stretched: what is warm now?
#
# Some of these pictures without sliders:

# %% fold=true slide="after 3 | The same film, shortcut model | Near the letter 36% of the map, chance 6%; on the lesion 9%, chance 3%. The colours are stretched to this map's own top, 0.24 logits. | Does this map prove that the model uses the letter?"
cam_explorer.filmstrip()

# %% [markdown]
# - The map of the last layer is **coarse**: a small nodule is hardly larger than a cell. Enlarging makes it smooth, not sharper.
# - Layers are a choice that changes the picture. Finer is not the same as better: the first layers show edges and brightness, which belong to every class.
# - ReLU hides all evidence *against* a class.
# - **Stretched to its own maximum, faint evidence looks strong.** The chapter's code does this to every map: see
#   [stretching to 1](appendix_listings.ipynb#Stretched-to-1) in the appendix. And a heatmap never says that the question was senseless: there, too, a chest film
#   is asked where it looks like a [goldfish](appendix_listings.ipynb#Goldfish).
#
# ## 5. Occlusion: cover it and look
#
# **Occlusion** (Zeiler and Fergus 2014) needs no gradient: cover a square, and see by how many logits the score falls. Of all heatmaps it is nearest to an experiment, because something is really
# changed. In section 6 its squares are two of Grad-CAM's cells wide.

# %% fold=true
without = make_radiographs(320, seed=5, marker=0.0)  # the same patients and noise, no letter
forty = sick[:40]
images, no_letter = (torch.from_numpy(some.images[forty]) for some in (films, without))
letter = torch.from_numpy(neighbourhood(films.marker_masks[forty], size // 16))[:, None]


def logit(model, x):
    with torch.no_grad():
        return model(x)[:, PNEUMONIA]


def fall(model, place, cover):
    """Return by how much the logit falls when a place of each film is covered."""
    return logit(model, images) - logit(model, torch.where(place, cover, images))


def cam_near_the_letter(model):
    cams = upsample(grad_cam(model, images, PNEUMONIA, layer=model.features[-1], relu=False), size)
    return (cams * letter).sum((1, 2, 3)) / cell**2


ways = {
    "swap: the same film without the letter": lambda model: logit(model, images) - logit(model, no_letter),
    "Grad-CAM at the letter": cam_near_the_letter,
}
for cover_name, cover in {"black": torch.zeros_like(images), "blurred": blurred(images)}.items():
    ways[f"{cover_name} patch in the other corner"] = lambda model, cover=cover: fall(model, letter.flip(-1), cover)
    ways[f"{cover_name} patch on the letter, minus that"] = lambda model, cover=cover: (
        fall(model, letter, cover) - fall(model, letter.flip(-1), cover)
    )
worth = {way: {name: np.asarray(measure(model)) for name, model in models.items()} for way, measure in ways.items()}
print(f"What is the letter worth, in logits of pneumonia? {len(forty)} synthetic films, mean (95% interval)")
pd.DataFrame({way: {f"{name} model": with_interval(v, 1) for name, v in row.items()} for way, row in worth.items()}).T

# %% claim=true
letter_worth = {way: {name: v.mean() for name, v in row.items()} for way, row in worth.items()}
truth = letter_worth["swap: the same film without the letter"]
assert truth["shortcut"] > 2
assert abs(truth["clean"]) < 0.5
assert letter_worth["Grad-CAM at the letter"]["shortcut"] < 0.5 * truth["shortcut"]
assert abs(letter_worth["blurred patch in the other corner"]["clean"]) > 0.3
for patch in ("black", "blurred"):
    without_patch = letter_worth[f"{patch} patch on the letter, minus that"]
    assert 0.5 * truth["shortcut"] < without_patch["shortcut"] < 0.95 * truth["shortcut"]

# %% [markdown]
# The first line is the truth: these films are the same but for the letter.
#
# - **Covering** moves the score by itself: no training film had a patch. Even where no letter is it moves the clean model. So take off what an equal
#   patch elsewhere does. The **difference** gets most of the truth in the shortcut model, with either cover, and not all. Read it in the clean model, too, where the truth is nearly 0: the other corner is not the same place.
# - **Grad-CAM** has its warm cells there in the shortcut model, and says much less than the letter is worth. It shares out the score over what each cell *sees*; it does not ask what would be without the letter.
#
# In logits a mean of 40 films shows the move. In a hospital one counts alarms, with and without; how many films that takes is in [18.1](18_1_why_interpretability_matters.ipynb).
#
# ## 6. A score, not an opinion
#
# `mass_in_mask` says how much of a map's positive evidence lies in a place; chance is the share of the film that the place covers. Three places: the **lesion** itself; **near the lesion**, within one
# cell of Grad-CAM; **near the marker**, within one cell. The last two are measured with the same ruler. (A map of coarse cells cannot outline by construction; so the exact lesion alone would be unfair to it.)
#
# A control that cannot know anything stands beside: the **edges** of the film, computed without any model.

# %% fold=true
masks = {
    "on the lesion": films.lesion_masks[forty],
    "near the lesion": neighbourhood(films.lesion_masks[forty], cell),
    "near the marker": neighbourhood(films.marker_masks[forty], cell),
}


def edges(x):
    pixels = x.numpy()
    return torch.from_numpy(np.hypot(sobel(pixels, axis=-1), sobel(pixels, axis=-2)))


def ig(model, x, baseline):
    return integrated_gradients(model, x, PNEUMONIA, baseline=baseline, n_steps=16, method="midpoint").values


methods = {
    "gradient": lambda model, x: saliency(model, x, PNEUMONIA),
    "SmoothGrad": lambda model, x: smooth_grad(model, x, PNEUMONIA, n_samples=10),
    "IG, black": lambda model, x: ig(model, x, 0.0),
    "IG, blurred": lambda model, x: ig(model, x, blurred(x)),
    "Grad-CAM": lambda model, x: upsample(grad_cam(model, x, PNEUMONIA, layer=model.features[-1]), size),
    "occlusion, black": lambda model, x: occlusion(model, x, PNEUMONIA, window=2 * cell),
    "edges": lambda model, x: edges(x),
}

# %% fold=true
Question(
    "The shortcut model uses the marker: that is proved. Which maps of it put their highest point near the marker in more than half of the films with pneumonia?",
    {
        "All of them: the marker matters": "Some point there in far fewer films.",
        "Some of them": "Which ones, you know afterwards only. They explain the same model.",
        "None of them": "Some do in most of the films.",
    },
    right="Some of them",
)

# %% fold=true
maps = {("clean", method): attribute(clean, images) for method, attribute in methods.items()}

# %% fold=true
maps |= {("shortcut", method): attribute(models["shortcut"], images) for method, attribute in methods.items()}
fine = integrated_gradients(clean, images[:5], PNEUMONIA, baseline=0.0, n_steps=256, method="midpoint").values
off = (maps["clean", "IG, black"][:5] - fine).abs().sum() / fine.abs().sum()
print(f"IG takes 16 steps here. On five films these maps differ from those with 256 steps by {off:.0%} of their size.")
chance = {place: float(mask.mean()) for place, mask in masks.items()}
shares = {
    place: {key: mass_in_mask(values, mask).numpy() for key, values in maps.items()} for place, mask in masks.items()
}

# %% fold=true slide="A score, beside chance and a control | 40 synthetic films with pneumonia and letter. On the lesion: Grad-CAM of the clean model 29%, the edges, which know no model, 3%; chance is 3%. Bars: 95% intervals. | Which map is above chance?" say="The score: {{how much of a map's positive evidence ... the place covers}}. The gradient: what a small change of each pixel would do. Grad-CAM: the heatmap that you saw in 18.1. The edges: drawn from the film, no model: the control. The other rows are other methods. | On the lesion, of the clean model, all but the edges. Near the marker the edges, too (13%, chance 6%), and they know no model: so a control is needed."
figure, axes = plt.subplots(1, 3, figsize=(10, 4.6), layout="constrained", sharey=True)
for ax, (place, scores) in zip(axes, shares.items(), strict=True):
    ax.axvline(100 * chance[place], color="black", linestyle=":", linewidth=2)
    for name, mark, colour, shift in (("clean", "o", plots.DARK, -0.14), ("shortcut", "s", plots.LIGHT, 0.14)):
        mean = np.array([100 * scores[name, method].mean() for method in methods])
        half = np.array([196 * scores[name, method].std(ddof=1) / np.sqrt(len(forty)) for method in methods])
        rows = np.arange(len(methods)) + shift
        ax.errorbar(mean, rows, xerr=half, fmt=mark, color=colour, markersize=7, capsize=4, label=f"{name} model")
    ax.set(xlabel="share of the map (%)", title=f"{place}\n(dotted: chance {chance[place]:.0%})", xlim=(0, None))
    ax.set(yticks=range(len(methods)), yticklabels=list(methods), ylim=(len(methods) - 0.4, -0.6))
handles, labels = axes[2].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside upper center", ncols=2, title=f"{len(forty)} synthetic films")
plots.show(
    figure,
    f"Share of each map in three places, means over {len(forty)} synthetic films with pneumonia and marker, with 95% intervals. "
    + " ".join(
        f"{place.capitalize()} (chance {chance[place]:.0%}), clean and shortcut model: "
        + "; ".join(f"{m} {scores['clean', m].mean():.0%} and {scores['shortcut', m].mean():.0%}" for m in methods)
        + "."
        for place, scores in shares.items()
    ),
)

# %% fold=true
rows = {}
for method in methods:
    for name in models:
        hits = int(pointing_game(maps[name, method], masks["near the marker"]).sum())
        low, high = wilson_interval(hits, len(forty))
        rows.setdefault(f"{name} model", {})[method] = f"{hits / len(forty):.0%} ({low:.0%} to {high:.0%})"
print(
    f"Highest point of the map near the marker, {len(forty)} synthetic films (95% interval); chance {chance['near the marker']:.0%}"
)
pd.DataFrame(rows)

# %% claim=true
mean_share = {(place, *key): v.mean() for place, scores in shares.items() for key, v in scores.items()}
points_at = {key: float(pointing_game(values, masks["near the marker"]).mean()) for key, values in maps.items()}
for kind_of_map in ("gradient", "IG, black", "Grad-CAM", "occlusion, black"):
    assert mean_share["on the lesion", "clean", kind_of_map] > 1.5 * chance["on the lesion"]
    assert mean_share["on the lesion", "clean", kind_of_map] < 0.5
    assert mean_share["near the lesion", "clean", kind_of_map] > 1.2 * chance["near the lesion"]
assert mean_share["near the lesion", "clean", "Grad-CAM"] > mean_share["near the lesion", "shortcut", "Grad-CAM"]
assert mean_share["near the lesion", "clean", "Grad-CAM"] > 0.5
assert points_at["shortcut", "Grad-CAM"] > 0.6
assert min(points_at["shortcut", way] for way in methods) < 0.5
assert min(points_at[name, "edges"] for name in models) > 0.75

# %% [markdown]
# > **Misconception 2.** "The heatmap shows where the disease is."
#
# - On the clean model most of these maps are well above chance. **On** the lesion lies the smaller part of their evidence; **near** it, for Grad-CAM, more than half. The shortcut model's share is lower.
# - Studies with real films agree. Of seven methods Grad-CAM was the best, and on the whole all were worse than radiologists, most of all for small findings and those of complex shape (Saporta 2022). Of eight methods each failed at least
#   one of four criteria of trustworthiness (Arun 2021).
# - The shortcut model was proved to use the marker. By their highest point some maps, Grad-CAM among them, give it away in most films; others in far fewer, and would reassure you on the rest: these films show a pneumonia, too. **The model is the same.** And we looked at the marker because we knew of it.
# - The edges point at the marker in *both* models. "It points at the marker" is evidence only beside a control.
#
# ## 7. Sanity check: does the map know the model?
#
# A map is meant to explain what a model *learned*. So destroy what it learned: replace the weights by random numbers, layer by layer, from the last one down (Adebayo 2018). The network has 11 layers with weights; the explorer above shows its 5 layers of maps. If the map stays as it was, it does not show what was learned.

# %% fold=true slide="vote" say="{{A map is meant to explain ... from the last one down}}. The edges are drawn from the film alone."
Question(
    "All weights of the network (what it learned) are now random numbers. Which map will still look much as before?",
    {
        "The edges of the film": "They never looked at the weights. The film is the same, so the edges are.",
        "Grad-CAM": "It is another map after the first layers already.",
        "The gradient": "It changes, slowly, from layer to layer.",
    },
    right="The edges of the film",
)

# %% fold=true
few = images[:5]
tested = {
    "gradient": lambda model, x, target: saliency(model, x, target),
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

# %% fold=true slide="Does the map know the model? | The weights become random, layer by layer (5 synthetic films; bars: lowest to highest of 4 draws). With 3 layers random, little is left of Grad-CAM's map. The edges stay. To pass is not enough. | What does passing not show?" say=" | That the map is right. Passing shows only that it changes when the model forgets what it learned."
figure, axes = plt.subplots(figsize=(8.4, 4), layout="constrained")
looks = [("o", "-"), ("^", "-."), ("D", ":"), ("v", "-")]
for place, ((name, draws), (marker, line)) in enumerate(zip(sanity.items(), looks, strict=True)):
    layers = np.arange(1, len(draws) + 1) + 0.06 * (place - 1.5)
    mean = draws.mean(axis=1)
    error = np.abs(np.stack([draws.min(axis=1), draws.max(axis=1)]) - mean.to_numpy())
    axes.errorbar(layers, mean, yerr=error, marker=marker, linestyle=line, color=str(0.16 * place), capsize=3)
    axes.text(layers[-1] + 0.35, mean.iloc[-1], name, va="center", fontsize=12)
axes.axhline(0, color="0.6", linewidth=1)
axes.set(
    xlabel="layers made random, from the last one down",
    ylabel="rank correlation with the map\nof the intact model",
    title=f"{len(few)} synthetic films; 1: the map does not notice that the model is destroyed",
    xlim=(0.7, len(draws) + 3),
    xticks=range(1, len(draws) + 1),
    ylim=(-0.7, 1.08),
)
ends = "; ".join(
    f"{name} {draws.mean(axis=1).iloc[0]:.2f} and {draws.mean(axis=1).iloc[-1]:.2f}" for name, draws in sanity.items()
)
plots.show(
    figure,
    f"Rank correlation of each map with that of the intact model while {len(draws)} layers become random one after the other; mean of {len(few)} synthetic films "
    f"and 4 draws, bars from the lowest to the highest draw. After the first and after the last layer: {ends}.",
)

# %% claim=true
three_ends = pd.DataFrame({method: ranks.mean(axis=1).iloc[[0, 2, -1]].to_numpy() for method, ranks in sanity.items()})
assert sanity["Grad-CAM"].iloc[0].min() < 0 < sanity["Grad-CAM"].iloc[0].max()
assert three_ends["Grad-CAM"][0] < three_ends["gradient"][0] - 0.2
assert sanity["Grad-CAM"].iloc[2:].abs().max(axis=None) < 0.25
assert three_ends["gradient"][0] > three_ends["gradient"][2]
assert three_ends["IG, black"][2] > 0.2
assert np.allclose(sanity["edges"], 1)

# %% [markdown]
# **Grad-CAM** notices first: with one random layer its draws lie on both sides of 0, and from the third on there is nearly nothing left of its map. The **gradient** loses it slowly. The **edges fail**: sensible on every film, and nothing to do with the model. Adebayo and colleagues found that two methods in use, Guided
# Backprop and Guided Grad-CAM, do not notice when the higher layers are random. **IG** keeps more: it multiplies by the film itself, so the chest shows through, whatever the model is.
#
# To pass is necessary, not sufficient: Grad-CAM notices, and yet says much less of the letter than the letter is worth (section 5).
#
# ## 8. Deletion: take away what the map calls important
#
# If a map is right, the answer should fall fast when the pixels it calls most important go first. The **deletion curve** (Petsiuk 2018) draws the probability (near 0 and 1 it hardly moves) against the share removed; the area under it is small for a good map. What does "removed" mean? First: painted black. And how fine are
# the steps?

# %% fold=true
Question(
    "We remove pixels in a random order and paint them black. After the first 5% the probability of pneumonia is ...",
    {
        "hardly changed: 95% of the film is still there": "A human reader would say so. The model has never seen such a film.",
        "nearly as low as with the best map": "At 5% every order has wrecked the film for the model. A curve with steps of 5% cannot tell them apart.",
    },
    right="nearly as low as with the best map",
    why="So the first percent is where one must look, with random orders beside the maps.",
)

# %% fold=true
deleted, removed_shares = images[:30], np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
looked_at = list(removed_shares).index(0.005)
draws = [torch.rand(deleted.shape, generator=torch.Generator().manual_seed(seed)) for seed in range(5)]


def falls(values, cover):
    """Return the probability of pneumonia with these shares of the pixels covered, the highest of the map first."""
    place = values.flatten(1).argsort(dim=1, descending=True).argsort(dim=1).reshape(deleted.shape)
    counts = [round(share * size**2) for share in removed_shares]
    return np.stack(
        [predict_proba(clean, torch.where(place < n, cover, deleted))[:, PNEUMONIA] for n in counts], axis=1
    )


figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained", sharey=True)
rows, differences, told = {}, {}, []
for ax, (removed, cover) in zip(
    axes, {"black": torch.zeros_like(deleted), "the blurred film": blurred(deleted)}.items(), strict=True
):
    random_orders = np.mean([falls(values, cover) for values in draws], axis=0)
    lines = {"random (mean of 5)": random_orders}
    for method in ("gradient", "IG, black", "IG, blurred", "Grad-CAM", "occlusion, black"):
        lines[method] = falls(maps["clean", method][:30], cover)
        differences[method, removed] = (lines[method] - random_orders)[:, looked_at]
        rows.setdefault(f"removed = {removed}", {})[method] = with_interval(differences[method, removed])
    drawn = {name: values.mean(axis=0) for name, values in list(lines.items())[:4]}
    plots.draw_lines(ax, 100 * removed_shares, drawn, xlabel="pixels removed (%)", ylabel="probability of pneumonia")
    ax.set(title=f"removed = {removed}", ylim=(-0.03, 1.05))
    told += [f"{removed}: " + ", ".join(f"{name} {values[looked_at]:.2f}" for name, values in drawn.items())]
axes[0].legend(loc="upper right", frameon=False, fontsize=12)
axes[1].get_legend().remove()
axes[1].set_ylabel("")
plots.show(
    figure,
    f"Probability of pneumonia against the share of pixels removed, means of {len(deleted)} synthetic films. After 0.5% is removed as "
    + "; as ".join(told)
    + ".",
)
print(
    f"After 0.5% of the pixels: probability minus that of random orders, film by film, {len(deleted)} synthetic films,"
)
print("mean (95% interval). Below 0: falls faster than by chance")
pd.DataFrame(rows)

# %% claim=true
deletion = {key: values.mean() for key, values in differences.items()}
assert deletion["IG, black", "black"] < -0.2
assert deletion["gradient", "black"] < -0.2
assert deletion["IG, blurred", "the blurred film"] < -0.15
assert all(
    value > deletion["IG, blurred", "the blurred film"] + 0.1
    for (method, removed), value in deletion.items()
    if removed == "the blurred film" and method != "IG, blurred"
)
assert deletion["IG, blurred", "black"] > deletion["IG, black", "black"] + 0.1
assert deletion["IG, black", "the blurred film"] > deletion["IG, blurred", "the blurred film"] + 0.1
assert max(deletion["Grad-CAM", "black"], deletion["occlusion, black", "black"]) < -0.2
assert deletion["IG, blurred", "black"] == max(value for (_, removed), value in deletion.items() if removed == "black")
blur_of_black = differences["IG, black", "the blurred film"]
assert abs(blur_of_black.mean()) < 1.96 * blur_of_black.std(ddof=1) / np.sqrt(len(deleted))  # 0 is in the interval
assert lines["random (mean of 5)"].mean(axis=0)[-1] > 0.9 > lines["random (mean of 5)"].mean(axis=0)[0] > 0.75

# %% [markdown]
# With **black**, IG from black is far better than chance, and so are most others: a few pixels are enough; IG from the blurred film is the last of the five. With **the blurred film** it is the first, by far, and IG from black is not shown to be better than chance. (Most of these curves even rise: a partly blurred film is strange in another way.) **Each is judged by the question it was asked.** So read a deletion curve with
# **what "removed" means, the steps, several random orders, the interval, and the baseline of the map** beside it.
#
# ## 9. Do you need a heatmap at all?
#
# A heatmap explains a model that nobody can read. A **concept bottleneck** (Koh 2020) is built to be read: from the film it first computes a short list of named findings, the *concepts*; from this list alone comes the answer. If a line of the list is wrong, a doctor can correct it and watch.
#
# We build two on the maps of our networks. Five concepts: an opacity, fluid, a round spot, a large heart, each from 0 to 1 by its known severity; and *letter on the film*. The first step learns them; the second, from concepts to
# answers, is a logistic regression that you can read. Its training films come from the hospital where the letter goes with pneumonia.

# %% fold=true
CONCEPTS = ("opacity", "fluid", "round spot", "large heart", "letter")


def listed(some):
    """Return the true concepts of films, one row each."""
    severity = some.metadata["severity"].to_numpy()
    return np.column_stack([severity * (some.labels == k) for k in range(1, 5)] + [some.metadata["marker"]]).astype(
        float
    )


def mean_maps(some):
    """Return the mean of each of the shortcut network's last maps."""
    with torch.no_grad():
        parts = torch.from_numpy(some.images).split(100)
        return torch.cat([models["shortcut"].features(part).mean((2, 3)) for part in parts]).numpy()


learned, habit = make_radiographs(1200, seed=91, marker="random"), make_radiographs(1200, seed=92, marker="shortcut")
to_concepts = Ridge().fit(mean_maps(learned), listed(learned))
concepts = {True: CONCEPTS, False: CONCEPTS[:4]}  # with the letter in the list, or without
readers = {
    has: LogisticRegression(C=10, max_iter=5000).fit(
        to_concepts.predict(mean_maps(habit))[:, : len(names)], habit.labels
    )
    for has, names in concepts.items()
}
print("The second step, for pneumonia: log-odds for one unit of each concept")
weights = pd.DataFrame(
    {
        f"{'with' if has else 'without'} the letter in the list": pd.Series(reader.coef_[PNEUMONIA], concepts[has])
        for has, reader in readers.items()
    }
)
weights.loc[list(CONCEPTS)].map(lambda value: "not in the list" if np.isnan(value) else f"{value:+.1f}")

# %% claim=true
assert weights.loc["letter"].iloc[0] > 1

# %% [markdown]
# **The shortcut can be read off,** a positive number for the letter, without any heatmap. But only because somebody had put the letter on the list: a shortcut that nobody thinks of does not stand there. And it can be taken out. Strike
# the line (every film gets the same mean value), or strike it and fit the second step again. What happens where the letter is swapped?

# %% fold=true
test = {
    name: make_radiographs(600, seed=93, marker=habit)
    for name, habit in (("as in training", "shortcut"), ("swapped", "swapped"))
}
found = {name: to_concepts.predict(mean_maps(some)) for name, some in test.items()}
plain = LogisticRegression(C=10, max_iter=5000).fit(mean_maps(learned), learned.labels)  # on the same 1,200 films
usual = to_concepts.predict(mean_maps(habit))[:, 4].mean()


def struck(values):
    """Return the concepts with the same value for the letter in every film."""
    return np.column_stack([values[:, :4], np.full(len(values), usual)])


rows = {
    "network, shortcut": {n: predict_proba(models["shortcut"], some.images).argmax(axis=1) for n, some in test.items()},
    "concepts, with the letter": {n: readers[True].predict(c) for n, c in found.items()},
    "concepts, the letter struck out": {n: readers[True].predict(struck(c)) for n, c in found.items()},
    "the same, second step fitted again": {n: readers[False].predict(c[:, :4]) for n, c in found.items()},
    "no list: last layer fitted again": {n: plain.predict(mean_maps(some)) for n, some in test.items()},
    "network, clean": {n: predict_proba(clean, some.images).argmax(axis=1) for n, some in test.items()},
}
accuracy = {kind: {n: (answers == test[n].labels).mean() for n, answers in row.items()} for kind, row in rows.items()}


def said(right):
    low, high = wilson_interval(right.sum(), len(right))
    return f"{right.mean():.2f} ({low:.2f} to {high:.2f})"


ill = test["swapped"].labels == PNEUMONIA
print(f"600 synthetic films, {ill.sum()} with pneumonia (95% interval)")
pd.DataFrame(
    {
        kind: {f"accuracy, {n}": said(answers == test[n].labels) for n, answers in row.items()}
        | {"pneumonia found, swapped": said(row["swapped"][ill] == PNEUMONIA)}
        for kind, row in rows.items()
    }
).T

# %% claim=true
swapped = {kind: row["swapped"] for kind, row in accuracy.items()}
assert swapped["concepts, the letter struck out"] > swapped["concepts, with the letter"] + 0.15
assert swapped["concepts, the letter struck out"] > swapped["network, shortcut"] + 0.1
assert (rows["concepts, the letter struck out"]["swapped"][ill] != PNEUMONIA).mean() > 0.55
assert abs(swapped["no list: last layer fitted again"] - swapped["the same, second step fitted again"]) < 0.05
assert accuracy["concepts, with the letter"]["as in training"] > accuracy["network, shortcut"]["as in training"] - 0.05

# %% [markdown]
# The lists are computed from the *shortcut* network: the findings were in its maps all the time. Striking the line brings much of the accuracy back, but more than half of the pneumonias are still missed: the other numbers were fitted with the letter beside them. **Who strikes a line must fit
# and test again.** And the rescue is not the list's: an ordinary last layer, fitted to the same 1,200 films with the letter at random, does as well. What the list adds is that you can read it.
#
# Now **correct the list** of two films that the first model gets wrong: a false alarm with the letter, and a pneumonia without it.

# %% fold=true
c, truth_of = found["swapped"], listed(test["swapped"])
p_now, p_true = (readers[True].predict_proba(values)[:, PNEUMONIA] for values in (c, truth_of))
p_again = readers[False].predict_proba(c[:, :4])[:, PNEUMONIA]


def middle(films_of, score):
    """Return the film with the middle score."""
    return films_of[np.argsort(score[films_of])[len(films_of) // 2]]


false_alarm = middle(np.flatnonzero(~ill & (p_now > 0.5)), p_now)
missed = np.flatnonzero(ill & (truth_of[:, 4] == 0) & (p_now < 0.5))  # without the letter
still, found_again = p_true[missed] < 0.5, p_again[missed] > 0.5
miss = middle(missed[still & found_again], p_now)
corrections = {}
for name, one in (("false alarm", false_alarm), ("missed pneumonia", miss)):
    corrections[name, "as the model sees it"] = c[one]
    if one == false_alarm:
        corrections[name, "letter set to 0"] = np.append(c[one, :4], 0)
    corrections[name, "all set to the truth"] = truth_of[one]
p_after = {key: readers[True].predict_proba(row[None])[0, PNEUMONIA] for key, row in corrections.items()}
table = pd.DataFrame(corrections, index=CONCEPTS).T.round(2)
table["probability of pneumonia"] = [f"{p:.2f}" for p in p_after.values()]
other_letter = make_radiographs(600, seed=93, marker=~test["swapped"].metadata["marker"].to_numpy())
sign = np.where(test["swapped"].metadata["marker"], 1, -1)
moved_by = with_interval(sign * (c - to_concepts.predict(mean_maps(other_letter)))[:, 0], 3)
print(
    f"A true swap of the letter moves the concept 'opacity' (0 to 1) by {moved_by}, 600 synthetic films, 95% interval"
)
print(f"The list misses {len(missed)} of {(ill & (truth_of[:, 4] == 0)).sum()} pneumonias without the letter. Of these")
for what, counted in (
    ("still missed, all lines set to the truth", still),
    ("found by the second step fitted again", found_again),
):
    low, high = wilson_interval(counted.sum(), len(missed))
    print(f"  {what}: {counted.sum()}, {counted.mean():.0%} (95% interval {low:.0%} to {high:.0%})")
table

# %% claim=true
alarm_before, letter_off, _ = (p for (who, _), p in p_after.items() if who == "false alarm")
assert alarm_before > 0.5 > 2 * letter_off
assert still.mean() > 0.5
assert p_after["false alarm", "all set to the truth"] > 0.5
assert found_again.mean() > 0.5

# %% [markdown] slide="key points | without: Occlusion; A model that goes; Four nice | Back to the case | What the map says: cells near there added to the score of pneumonia. That is all. A map can miss a proven shortcut. So read the film yourself, first. | What would you ask of whoever sells the tool?" say=" | {{a score on many films ... comparison group}}. || Bright means = {The gradient is a scatter}: bright dots lie off the lesion, too. | It adds up = {128 steps, white}: another map, and it adds up, too. | Gradient 0 = {Vote 1}: all 4 points come from lactate, and at 8 the gradient is 0. | A map that vanishes = {The same film, shortcut}: Grad-CAM vanishes with random weights, and yet this map is no proof; {Does the map know}: to pass is not enough."
# **The false alarm.** Setting the letter to 0 asks the swap's question of one film: *what would you say without it?*
#
# **The missed pneumonia.** Its letter is rightly near 0. With every line set to the truth, most such films are still missed, and the false alarm stays: the *weights* are wrong. They wait for a letter. A doctor who corrects
# lines cannot mend that. The second step fitted again, without the letter, finds more than half of them.
#
# The price. Somebody must have labelled the findings; here the program knew them. What is not in the list cannot be used, which may cost accuracy. And a concept is only as good as its first
# step, again a black box: does "opacity" see the opacity, or the letter? A true swap answers it (first line of the output): here hardly the letter. Rudin (2019) argues that for high stakes one should look for models that can be read first.
#
# ## Back to Monday morning
#
# "It has seen the pneumonia." What the map says: cells near there added to the score of pneumonia. That is all. A map can miss a proven shortcut. So: read the film yourself, first. If you must judge
# the tool, ask for a score on many films beside chance, a sanity check, and a swap with a comparison group.
#
# Monday's film is invented. The film of this section does show a pneumonia, where the dotted line is. The clean model was right, with the smaller part of its map on the exact place. The shortcut model says pneumonia of it, too, with a map that is warmest near the letter: a hint for those who know where to look. That this model fails at the next hospital, the swap has told, not the map.
#
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** A vendor shows a deletion curve with an area of 0.05 for its maps, "the best of all methods". What do you ask?
#
# <details><summary>A model answer</summary>
# What does "removed" mean: black, blurred, a mean film? How fine were the steps? What area do several random orders have, with an interval of the difference? Was the map made with the same baseline by which it is judged? And what has the area to do with my patients?
# </details>
#
# **2.** Two Grad-CAM maps of one film are equally red. One is for a class with probability 0.93, the other for one with 0.02. What happened?
#
# <details><summary>A model answer</summary>
# Each was stretched to its own maximum. Ask for the raw values on one scale, in logits. Faint evidence then looks faint.
# </details>
#
# **3.** A skin tool's maps are warm on the ruler beside the mole. Describe an experiment that would prove that the ruler counts, and one result that would not prove it although it looks so.
#
# <details><summary>A model answer</summary>
# The same moles with the ruler covered, with an equal patch covered elsewhere as the control; or the same moles photographed without it. Compare the share called malignant, with the interval of the difference. Not a proof: more alarms on photographs with rulers than on those without, if doctors lay a ruler
# beside the suspicious moles. Nor 3 of 20 against 1 of 20.
# </details>
#
# ## Discuss
#
# 1. IG on a CT: air is black, and so is the usual baseline. What could the map never show? Which baseline would you take?
# 2. Should a display show a heatmap when the film is of a kind the model has never seen, such as a child's?
# 3. Which findings would you put into the list of a concept bottleneck for your own specialty, and who would label them?
#
# ## Key points
#
# - The gradient answers "what would a small change do?" It is noisy, and can be zero where all depends on the value. SmoothGrad is steadier.
# - Integrated gradients add up to the logit of the film minus that of the baseline: check it. The baseline is part of the answer; name it.
# - Grad-CAM is a weighted sum of coarse maps. Layer, class and colour scale are choices; keep the raw scale.
# - Occlusion changes the film, so it is nearest to an experiment; what covers matters. The swap is the experiment.
# - Score maps beside chance and a control, with one ruler for all places. A sanity check or a deletion curve can unmask a bad map; neither proves a good one.
# - A model that goes through named findings can be read and corrected. Ask if one is possible.
#
# ## Exercises
#
# {{Count 18.2-ijnoacdfg}} exercises, with hints and solutions:
# [exercises/18_2_1_gradients_and_grad_cam.ipynb](../exercises/18_2_1_gradients_and_grad_cam.ipynb). {{coding 18.2-ijnoacdfg}} Objective 1 is in n, 2 in o (without code) and in a and c, 3 in i, 4 in i and j (without code) and in g, 5 in n.
#
# For coders: the chapter's Grad-CAM listings, hooks and error messages are in [the appendix](appendix_listings.ipynb).
#
# **Next:** [18.2.3 SHAP](18_2_3_shap.ipynb).
#
# ## References
#
# - Adebayo J. et al. Sanity checks for saliency maps. NeurIPS 2018. arXiv:1810.03292
# - Arun N. et al. Assessing the trustworthiness of saliency maps for localizing abnormalities in medical imaging. Radiol Artif Intell 2021;3:e200267. doi:10.1148/ryai.2021200267
# - Koh P. W. et al. Concept bottleneck models. ICML 2020. arXiv:2007.04612
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Petsiuk V., Das A., Saenko K. RISE: randomized input sampling for explanation of black-box models. BMVC 2018. arXiv:1806.07421
# - Rudin C. Stop explaining black box machine learning models for high stakes decisions and use interpretable models instead. Nat Mach Intell 2019;1:206-215. doi:10.1038/s42256-019-0048-x
# - Saporta A. et al. Benchmarking saliency methods for chest X-ray interpretation. Nat Mach Intell 2022;4:867-878. doi:10.1038/s42256-022-00536-x
# - Selvaraju R. R. et al. Grad-CAM: visual explanations from deep networks via gradient-based localization. ICCV 2017. arXiv:1610.02391
# - Simonyan K., Vedaldi A., Zisserman A. Deep inside convolutional networks: visualising image classification models and saliency maps. ICLR workshop 2014. arXiv:1312.6034
# - Smilkov D. et al. SmoothGrad: removing noise by adding noise. 2017. arXiv:1706.03825
# - Sundararajan M., Taly A., Yan Q. Axiomatic attribution for deep networks. ICML 2017. arXiv:1703.01365
# - Zeiler M. D., Fergus R. Visualizing and understanding convolutional networks. ECCV 2014. arXiv:1311.2901
