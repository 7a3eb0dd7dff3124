# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import find_lines

# %% [markdown]
# ## Find the bugs
#
# Somebody wrote a heatmap class. Here are its lines, each with a letter. It runs without an error message on many networks.
# Which lines are wrong? Write the set of letters. (The class is meant for any convolutional network, used on patients, and
# must leave the model as it was.)
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium"
wrong_lines = ...
### BEGIN SOLUTION
wrong_lines = {"A", "B", "C", "E", "I"}
### END SOLUTION

# %% judge
LISTING = {  # a heatmap class in the style of older tutorials
    "A": "self.handle = layer.register_forward_hook(self.keep)   # in __init__; never removed",
    "B": "self.maps = output                                     # in keep()",
    "C": "self.model.train()                                     # in heatmap(), before the forward pass",
    "D": "logits = self.model(image)",
    "E": "score = torch.softmax(logits, dim=1)[:, target].sum()",
    "F": "gradient, = torch.autograd.grad(score, self.maps)",
    "G": "weights = gradient.mean(dim=(2, 3), keepdim=True)",
    "H": "cam = (weights * self.maps).sum(dim=1, keepdim=True).relu()",
    "I": "return (cam - cam.min()) / (cam.max() - cam.min())",
}
WRONG = {  # line: a clue that does not name it, and the reason
    "A": (
        "What is still there after the call, and what happens when ten such objects are made?",
        "The hook stays on the model. Each new object adds one, and keeps its maps in memory. Remove it after use.",
    ),
    "B": (
        "What does an in-place ReLU behind this layer do to a tensor that was only kept, not copied?",
        "This keeps the same memory. An in-place layer that comes next overwrites it. Keep output.clone().",
    ),
    "C": (
        "In which state does the network answer a patient, and in which one here?",
        "In training mode dropout is random, and batch normalisation uses the batch and changes the model. Use eval "
        "mode.",
    ),
    "E": (
        "Which score belongs to one class alone?",
        "The softmax mixes in the other classes: the map also shows what lowers their scores. Take the logit of the "
        "class.",
    ),
    "I": (
        "What does the last step do to a film without any evidence?",
        "Without evidence this is 0 / 0: NaN. Otherwise every film gets a 1, so weak looks strong. Return the raw map.",
    ),
}
FINE = {
    "D": "One forward pass, as it should be.",
    "F": "This is right: it asks for one gradient only, and leaves .grad of the weights alone.",
    "G": "This is the weight w of the formula: the mean over the map's cells.",
    "H": "This is right: weighted sum first, then ReLU.",
}

EXERCISE = find_lines(
    wrong_lines,
    LISTING,
    wrong=WRONG,
    fine=FINE,
    expects='the set of the letters of all wrong lines, such as {"A", "B"}',
    also_right=("ABCEI", ["a", "b", "c", "e", "i"], ("A", "B", "C", "E", "I"), "A, B, C, E, I"),
    mistakes=(
        Mistake(
            "only what stops with an error",
            {"A"},
            "A bug is more than an error message. Most of these lines run, and give a wrong or a misleading map.",
        ),
        Mistake(
            "all lines",
            set(LISTING),
            "Some lines are right. For each letter ask: what would go wrong, for whom?",
        ),
        Mistake(
            "forgot the scaling",
            wrong_lines - {"I"},
            "One is missing, near the end. Think of a film without any evidence for the class.",
        ),
        Mistake(
            "forgot the copy",
            wrong_lines - {"B"},
            "One is missing. In many networks the next layer is nn.ReLU(inplace=True). What does it do to a kept "
            "tensor?",
        ),
        Mistake(
            "forgot the mode",
            wrong_lines - {"C"},
            "One is missing. In which mode must a model be when it is used on a patient?",
        ),
        Mistake(
            "forgot the logit",
            wrong_lines - {"E"},
            "One is missing. Which number should be explained: a probability that depends on all classes, or the score "
            "of one?",
        ),
    ),
    hints=(
        "Five of the nine lines are wrong. One of them leaves something behind.",
        "Look at: what is kept, the mode of the model, the score that is explained, and the last step.",
        "Wrong are the hook that stays, the tensor that is not copied, train(), the softmax, and the scaling.",
    ),
    why="Each of these five appears in code that is in use. A map can look plausible with all of them, so test a "
    "method before you trust its pictures.",
)
