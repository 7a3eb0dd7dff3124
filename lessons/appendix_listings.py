# %% [markdown]
# # Appendix for coders: the chapter's listings today
#
# **For** those who write code. Nobody else needs it: the sections of the course do not build on it. Two parts are worth a
# look for everyone: [Stretched to 1](#Stretched-to-1) and [Goldfish](#Goldfish).
#
# It does not count in the course's minutes.
#
# The chapter prints listings. Some no longer run, some run and say something else than they did. Here each is shown by running
# it, beside the call that works today.
#
# > The chest films are **synthetic**. The people of the table are real (NHANES 2017-2018).

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import copy
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import train_test_split
from torch import nn
from torchvision.models import ResNet18_Weights

from clinxai_teach.attribution import GradCAM, grad_cam, shap_explanation
from clinxai_teach.checks import Question
from clinxai_teach.conformal import conformal_quantile
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model, predict_proba
from clinxai_teach.own_image import explain_my_image
from clinxai_teach.uncertainty import mc_dropout_samples

clean = load_cxr_model("clean")
PNEUMONIA = 1
films = make_radiographs(320, seed=5, marker=1.0)
film = torch.from_numpy(films.images[1:2])
ten = torch.from_numpy(films.images[films.labels == PNEUMONIA][:10])
norm = [layer for layer in clean.features if isinstance(layer, nn.BatchNorm2d)][-1]  # an in-place ReLU comes next

data = load_nhanes_diabetes()
X_train, X_test, y_train, y_test = train_test_split(data.X, data.y, test_size=0.3, random_state=0, stratify=data.y)
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
booster.fit(X_train, y_train)

# %% [markdown]
# ## 18.2.2 Grad-CAM: listings 1 and 2
#
# Many listings for Grad-CAM look like the chapter's (its listings 1 and 2). They run, and on `model.layer4[-1]` of a
# ResNet the map is right. On other layers, or on other days, they go wrong without a message. What goes wrong is
# shown by running it, in the cells below; the calls of the last column are those that this course's `grad_cam` makes.
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
hook = norm.register_forward_hook(
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
# ### Stretched to 1
#
# The evidence for a nodule on the film with a pneumonia is faint. After the division it is not:

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
# ### Goldfish
#
# Listing 2 loads a network trained on ImageNet, a collection of photographs in 1,000 classes, and asks
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
weights = ResNet18_Weights.IMAGENET1K_V1
names = weights.meta["categories"]
print(f"class 1 of {len(names)}: {names[1]}")
print("classes with 'pneumonia' in their name:", [name for name in names if "pneumonia" in name])

# %% [markdown]
# The listing would have drawn a heatmap all the same: *where does this chest film look like a goldfish?* A heatmap
# never says that the question was senseless.
#
# ### Your own image
#
# With an internet connection you can try Grad-CAM with the pretrained ResNet-18 on a photograph of yours: write the
# path of a JPEG or PNG file into the next cell. The network knows everyday things, **not** diseases. Your image stays
# on this computer; the network's weights (about 45 MB) are downloaded once.

# %%
MY_IMAGE = None  # for example "/home/me/cat.jpg"

# %%
explain_my_image(MY_IMAGE)

# %% [markdown]
# ## 18.2.3 SHAP: listings 3 and 4
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
# One more reason for the helper. With a *background* (section 6 of [18.2.3](18_2_3_shap.ipynb)), shap itself does not always add up on this kind of
# model:

# %% tags=["nbval-check-output"]
background = X_train.sample(100, random_state=0)
people = X_test[:400]
own = shap.TreeExplainer(booster, background, feature_perturbation="interventional")(people, check_additivity=False)
ours = shap_explanation(booster, people, background=background)
for name, e in (("shap alone", own), ("shap_explanation", ours)):
    off = np.abs(e.values.sum(axis=1) + e.base_values - booster.decision_function(people))
    print(f"{name:17} largest gap {off.max():.2f} log-odds; above 0.01 for {(off > 0.01).sum()} of {len(off)} people")

# %% [markdown]
# (shap compares numbers in single precision. A person who lies right on a split of a tree, the patient or one of the
# background, can be sent to the wrong side. By default shap stops with an error then; the advice one finds is to switch this check off.)

# %% [markdown]
# ## 18.4.2 Monte Carlo dropout: `model.train()`
#
# The chapter switches dropout on with `model.train()  # Enable dropout`. That puts *every* layer into training mode. This network, like most networks
# for images, has **BatchNorm**: in training mode it rescales by the mean and the spread of the films that are in the computer *at this moment*, and
# overwrites the values that it learned. One synthetic film with pneumonia, alone and together with others:


# %%
def with_model_train(network, x, n_samples=10):
    """Monte Carlo dropout with the chapter's line; returns the mean of the passes."""
    network.train()  # Enable dropout
    torch.manual_seed(0)
    with torch.no_grad():
        return torch.stack([network(x).softmax(dim=1) for _ in range(n_samples)]).mean(dim=0)


# %% fold=true
new = make_radiographs(200, seed=99)
images = torch.from_numpy(new.images)
patient = images[new.labels == PNEUMONIA][:1]
before = (predict_proba(clean, new.images).argmax(axis=1) == new.labels).mean()
rows = {}
for company, others in {
    "alone": images[:0],
    "with 15 normal films": images[new.labels == 0][:15],
    "with 15 other films of pneumonia": images[new.labels == PNEUMONIA][-15:],
}.items():
    damaged, batch = copy.deepcopy(clean), torch.cat([patient, others])
    rows[company] = {
        "P(pneumonia), model.train()": with_model_train(damaged, batch)[0, PNEUMONIA].item(),
        "P(pneumonia), dropout only": mc_dropout_samples(clean, batch, n_samples=10, seed=0)
        .mean(dim=0)[0, PNEUMONIA]
        .item(),
        "accuracy on 200 films, before": before,
        "afterwards": (predict_proba(damaged.eval(), new.images).argmax(axis=1) == new.labels).mean(),
    }
company = pd.DataFrame(rows).T
company.round(2)

# %% claim=true
assert np.ptp(company.iloc[:, 1]) < 0.05
assert np.ptp(company.iloc[:, 0]) > 0.1
assert (company["afterwards"] < before).any()

# %% [markdown]
# The same film, the same network, three answers, by who else is in the computer. Nobody sees an error. And afterwards the network is another one. With dropout only, the company
# does not matter.
#
# **A network without dropout.** Many have none; torchvision's ResNet-18 is one. Then all passes are the same pass:

# %% tags=["nbval-check-output"]
without = copy.deepcopy(clean)
without.classifier[2] = nn.Identity()  # the dropout layer, taken out
with torch.no_grad():
    passes = torch.stack([without(images[:50]).softmax(dim=1) for _ in range(3)])
print("largest std over 50 films:", passes.std(dim=0).max().item())
try:
    mc_dropout_samples(without, images)
except ValueError as error:
    print(error)

# %% [markdown]
# | The chapter's line | What works today | Why |
# |---|---|---|
# | `model.train()  # Enable dropout` | `mc_dropout_predict(model, x)`, or: `eval()` for all, `train()` for the dropout layers only | BatchNorm stays as it was; the modes are put back, also after an error |
# | `predictions.std(dim=0)` | std with `correction=0`, and the two parts of the entropy beside it | with one pass the chapter's std is NaN ("not a number"); a std hides agreement on 50:50 |
#
# ## 18.4.3 Prediction sets: the line for the threshold
#
# The chapter's threshold is `np.quantile(scores, np.ceil((n + 1) * (1 - alpha)) / n)`. It is close to "the k-th smallest score", k = ceil((n + 1)(1 - alpha)):

# %% tags=["nbval-check-output"]
for n in (8, 9, 20, 100):
    scores = np.arange(1.0, n + 1)  # scores 1, 2, ... n: the k-th smallest is k
    try:
        line = f"{np.quantile(scores, np.ceil((n + 1) * 0.9) / n):.2f}"
    except ValueError as error:
        line = f"ValueError: {error}"
    print(f"n = {n:3}: k-th smallest = {conformal_quantile(scores, 0.1):5.1f} | np.quantile: {line}")

# %% [markdown]
# - **It fails** for n = 8: eight patients are too few to promise 90%. The helper returns infinity (every label in every set).
# - **It interpolates** between two scores, by default, and errs a little on the safe side. Without the n + 1 it errs on the other: twenty calibration patients then cover 18/21 = 0.86 instead of 0.90.
# - **It rounds.** (249 + 1)(1 - 0.172) is 207; a computer gets 207.00000000000003, and k becomes 208. The helper computes k exactly.
# - The chapter keeps a class when `p >= 1 - threshold`. On paper this is `1 - p <= threshold`; in the computer it can lose the very patient who set the threshold.
