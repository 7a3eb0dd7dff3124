# %% judge
import numpy as np
from scipy.special import entr

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind, array

# %% [markdown]
# ## Two kinds of doubt
#
# `samples` is a numpy array `(T, K)`: T dropout passes for one patient, K class probabilities in each. Write
# `entropy_split(samples)` that returns three numbers, in nats and in this order:
#
# 1. the **total** entropy: of the mean of the passes,
# 2. the **expected** entropy: the mean of the passes' own entropies (the aleatoric part),
# 3. the **mutual information**: the first minus the second (the epistemic part).
#
# The entropy of probabilities $p$ is $-\sum_k p_k \log p_k$, where a probability of 0 counts as 0.


# %% answer points=3 minutes=10 difficulty="medium"
def entropy_split(samples):
    ### BEGIN SOLUTION
    def entropy(p):
        p = p[p > 0]  # p log p is 0 at p = 0, but the computer says nan
        return -(p * np.log(p)).sum()

    total = entropy(samples.mean(axis=0))  # of the mean opinion
    expected = np.mean([entropy(p) for p in samples])  # the mean of each opinion's own
    return total, expected, total - expected
    ### END SOLUTION


# %% [markdown]
# Two of 300 synthetic films: the one with the least and the one with the most total doubt. Which part makes the difference?

# %%
films = make_radiographs(300, seed=184)
passes = mc_dropout_samples(load_cxr_model("clean"), torch.from_numpy(films.images), n_samples=100, seed=0)
passes = passes.double().numpy()  # 100 passes, 300 films, 5 classes
splits = [entropy_split(passes[:, film]) for film in range(300)]
if splits[0] is None:
    print("18.4-a is still open.")
else:
    totals = [split[0] for split in splits]
    for name, film in {"least doubt": int(np.argmin(totals)), "most doubt": int(np.argmax(totals))}.items():
        total, expected, information = splits[film]
        print(
            f"{name:11} (film {film}, {films.class_names[films.labels[film]]}): total {total:.2f}, "
            f"expected {expected:.2f}, mutual information {information:.2f} nats"
        )

# %% [markdown]
# Which part is the larger one in the film with the most doubt? If it is the expected entropy, the passes agree that the film is
# unclear: more training films would help little with this one, another projection might.


# %% judge
def _split_with_scipy(samples):
    total, expected = entr(samples.mean(axis=0)).sum(), entr(samples).sum(axis=1).mean()
    return {"total": total, "expected": expected, "mutual information": total - expected}


def _split(change):
    """Return a variant that changes the three numbers."""
    return lambda samples: change(*entropy_split(samples))


def _split_with_nan(samples):
    with np.errstate(all="ignore"):
        total = -(samples.mean(axis=0) * np.log(samples.mean(axis=0))).sum()
        expected = -(samples * np.log(samples)).sum(axis=1).mean()
    return total, expected, total - expected


def _sample_cases():
    rng = np.random.default_rng(184)
    three = rng.dirichlet([1.0, 2.0, 0.5], size=30).round(3)
    three[:, 2] = 1 - three[:, 0] - three[:, 1]
    cases = {
        "all passes say 50:50": [[0.5, 0.5]] * 4,
        "the passes are certain and disagree": [[1, 0], [0, 1], [1, 0], [0, 1]],
        "two passes, three classes": [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]],
        "30 passes, three classes": np.clip(three, 0, 1),
    }
    return tuple(Case(label, {"samples": np.array(samples, dtype=float)}) for label, samples in cases.items())


def _three_numbers(output):
    """Read the three numbers: a tuple in this order, an array, or a dict."""
    if isinstance(output, dict):
        output = list(output.values())
    values = array(output)
    if len(values) != 3:
        raise WrongKind(f"{len(values)} numbers came, where three are needed: total, expected, mutual information.")
    return dict(zip(("total entropy", "expected entropy", "mutual information"), values.values(), strict=True))


EXERCISE = function_on_cases(
    entropy_split,
    _sample_cases(),
    read=_three_numbers,
    expects="a function entropy_split(samples) that returns three numbers: total entropy, expected entropy, mutual "
    "information",
    also_right=(_split_with_scipy, lambda samples: np.array(entropy_split(samples))),
    mistakes=(
        Mistake(
            "nan where a probability is 0",
            _split_with_nan,
            "nan came: 0 * log(0) is nan for the computer, but it must count as 0. Leave out the probabilities that "
            "are 0.",
        ),
        Mistake(
            "bits instead of nats",
            _split(lambda t, e, m: (t / np.log(2), e / np.log(2), m / np.log(2))),
            "These are bits (log2). This course uses nats: np.log.",
        ),
        Mistake(
            "total and expected exchanged",
            _split(lambda t, e, m: (e, t, e - t)),
            "Total and expected are exchanged. Total: average the passes first, then take the entropy.",
        ),
        Mistake(
            "aleatoric and epistemic exchanged",
            _split(lambda t, e, m: (t, m, e)),
            "The last two are exchanged. The mean of the passes' own entropies is the expected (aleatoric) part.",
        ),
        Mistake(
            "standard deviation as doubt",
            lambda samples: (*entropy_split(samples)[:2], samples.std(axis=0).mean()),
            "The third is a standard deviation. Asked is the mutual information: total minus expected entropy.",
        ),
        Mistake(
            "minus sign forgotten",
            _split(lambda t, e, m: (-t, -e, -m)),
            "The entropies are negative. There is a minus sign in front of the sum of p log p.",
        ),
    ),
    hints=(
        "Entropy of probabilities p: minus the sum of p log p, with 0 log 0 = 0.",
        "Total: the entropy of samples.mean(axis=0). Expected: the mean of the entropies of the single rows.",
        "Mutual information = total - expected.",
    ),
    why="Passes that all say 50:50 do not disagree: all doubt is aleatoric, and the standard deviation is 0. Passes "
    "that are certain but disagree: all doubt is epistemic.",
    tolerance=1e-6,
)
