"""Train the two chest-film models that the package ships, and write them with their SHA-256.

    python tools/train_models.py

takes about 12 minutes on 2 cores, one for each model, and needs the `build` extra. Both models have the same network,
the same films, the same seed and the same training; they differ only in how often a film carries a marker. On one
machine a new run gives the same bytes. The result depends on the processor and the torch version in the last digits,
so elsewhere it gives new hashes: commit weights and SHA256SUMS together, and let `tests/models/test_shipped_models.py`
judge them.
"""

import hashlib
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
import torch.nn.functional as F
import typer
from safetensors.torch import save
from tqdm import tqdm

from clinxai_teach.data import make_radiographs
from clinxai_teach.models import ChestNet

WEIGHTS = Path(__file__).parents[1] / "clinxai_teach" / "models" / "weights"
HABIT = {"clean": "random", "shortcut": "shortcut"}  # how the marker is placed in each model's training films
SEED = 1000


def train(habit, *, n_films=2500, epochs=32, batch_size=64, device="cpu"):
    """Return a trained ChestNet. Every number that shapes the result is an argument or SEED."""
    torch.set_num_threads(1)  # the other model has the other core; and sums in one order give the same bytes again
    torch.manual_seed(SEED)
    films = make_radiographs(n_films, seed=SEED, marker=habit)
    images = torch.from_numpy(films.images).to(device, memory_format=torch.channels_last)
    labels = torch.from_numpy(films.labels).to(device)
    model = ChestNet().to(device, memory_format=torch.channels_last)
    steps = epochs * (n_films // batch_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    with tqdm(total=steps, desc=f"marker: {habit}") as bar:
        for _ in range(epochs):
            for rows in torch.randperm(n_films, device=device).split(batch_size)[: n_films // batch_size]:
                loss = F.cross_entropy(model(images[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.3f}")
    return model.cpu().to(memory_format=torch.contiguous_format).eval()


def trained_weights(habit, **options):
    """Return the bytes of a trained model's file: what goes from one process to the other."""
    return save(train(habit, **options).state_dict())


def train_both(**options):
    """Train both models side by side and replace the shipped files. `options` are those of `train`."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    WEIGHTS.mkdir(exist_ok=True)
    with ProcessPoolExecutor(len(HABIT), mp_context=get_context("spawn")) as processes:
        contents = list(processes.map(partial(trained_weights, device=device, **options), HABIT.values()))
    sums = []
    for name, content in zip(HABIT, contents, strict=True):
        (WEIGHTS / f"{name}.safetensors").write_bytes(content)
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}.safetensors\n")
    (WEIGHTS / "SHA256SUMS").write_text("".join(sums), newline="\n")


def main():
    """Train both models and replace the shipped files."""
    train_both()


if __name__ == "__main__":
    typer.run(main)
