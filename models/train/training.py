"""The recipe by which every network is trained on CIFAR-10: on the CPU, channels-last, bf16 autocast where the CPU has it.

SGD with Nesterov momentum 0.9, one cycle (linear up, linear down to zero), weight decay on weights of rank >= 2, label
smoothing 0.1, random 4-pixel shifts (reflected border); a picture is mirrored in every other epoch. Every epoch seeds its
own generators, so that a resumed run repeats the same data order.
"""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

import cifar10
from evaluation import accuracy, autocast, bf16_is_fast, normalise, predict
from graph_module import GraphModule


FOLLOWED = 2000
"""Test pictures on which the accuracy is followed after each epoch."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    epochs: int = 20
    batch: int = 64
    lr: float = 0.1
    """Peak learning rate."""
    weight_decay: float = 5e-4
    seed: int = 1
    steps: int | None = None
    """Stop every epoch after so many steps (for tests)."""


def checkpoint_path(graph_name: str, recipe: Recipe) -> Path:
    return cifar10.cache_dir() / "train" / f"{graph_name}-{recipe.epochs}e-s{recipe.seed}" / "checkpoint.pt"


def read_checkpoint(path: Path, recipe: Recipe) -> dict | None:
    """{recipe, graph, model, optimiser, history} as the last epoch left it, None before the first. Exits where another recipe left it."""
    if not path.exists():
        return None
    state = torch.load(path)
    if state["recipe"] != dataclasses.asdict(recipe):
        raise SystemExit(f"{path} was written with {state['recipe']}; remove it or repeat that recipe")
    return state


def train(graph: dict, recipe: Recipe, on_epoch: Callable[[list[dict]], None]) -> tuple[GraphModule, Path]:
    """Trains a graph to the end from where its checkpoint stands; a new checkpoint replaces it after each epoch.

    `on_epoch` gets the history, a row {epoch, loss, accuracy, seconds, arithmetic} for each epoch so far; the loss and the accuracy are in that
    arithmetic, "bf16 autocast" or "f32". Returns the network and its checkpoint.
    """
    path = checkpoint_path(graph["name"], recipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    model = GraphModule(graph).to(memory_format=torch.channels_last)
    optimiser = _optimiser(model, recipe)
    history: list[dict] = []
    if state := read_checkpoint(path, recipe):
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        history = state["history"]
    pictures = TrainingPictures(recipe)
    test_images, test_labels = (torch.from_numpy(array[:FOLLOWED]) for array in cifar10.load("test"))
    bf16 = bf16_is_fast()
    for epoch in range(len(history), recipe.epochs):
        started = time.time()
        loss = _train_epoch(model, optimiser, pictures, recipe, epoch, bf16)
        percent = accuracy(predict(model, test_images, bf16), test_labels)
        history.append({"epoch": epoch + 1, "loss": loss, "accuracy": percent, "seconds": time.time() - started,
                        "arithmetic": "bf16 autocast" if bf16 else "f32"})
        partial = path.with_suffix(".part")
        torch.save({"recipe": dataclasses.asdict(recipe), "graph": graph, "model": model.state_dict(),
                    "optimiser": optimiser.state_dict(), "history": history}, partial)
        partial.rename(path)
        on_epoch(history)
    return model, path


def _optimiser(model: GraphModule, recipe: Recipe) -> torch.optim.Optimizer:
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    return torch.optim.SGD([{"params": weights, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}],
                           lr=recipe.lr, momentum=0.9, nesterov=True)


def _train_epoch(model: GraphModule, optimiser: torch.optim.Optimizer, pictures: "TrainingPictures", recipe: Recipe,
                 epoch: int, bf16: bool) -> float:
    """The mean loss."""
    model.train()
    total = 0.0
    steps = pictures.steps
    bar = tqdm(pictures.epoch(epoch), total=steps, desc=f"epoch {epoch + 1}/{recipe.epochs}", mininterval=5, leave=False)
    for step, (inputs, labels) in enumerate(bar):
        for group in optimiser.param_groups:
            group["lr"] = one_cycle((epoch + step / steps) / recipe.epochs, recipe.lr)
        with autocast(bf16):
            logits = model(inputs)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=0.1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        total += loss.item()
        bar.set_postfix(loss=f"{total / (step + 1):.3f}", refresh=False)
    return total / steps


def one_cycle(progress: float, peak: float, rise: float = 0.2) -> float:
    return peak * (progress / rise if progress < rise else (1 - progress) / (1 - rise))


class TrainingPictures:
    """Batches of CIFAR-10's training pictures, augmented on the fly."""

    def __init__(self, recipe: Recipe):
        images, self.labels = (torch.from_numpy(array) for array in cifar10.load("train"))
        padded = F.pad(images.permute(0, 3, 1, 2).float(), (4, 4, 4, 4), mode="reflect").byte()
        self.padded = padded.permute(0, 2, 3, 1).contiguous()
        self.recipe = recipe
        self.steps = min(recipe.steps or len(images), len(images) // recipe.batch)

    def epoch(self, epoch: int):
        """(normalised NCHW inputs, labels) of each step."""
        count, batch, seed = len(self.padded), self.recipe.batch, self.recipe.seed
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        order = torch.randperm(count, generator=generator)
        # A picture is mirrored in every other epoch, the first side drawn once for the whole run.
        first_side = torch.rand(count, generator=torch.Generator().manual_seed(seed)) < 0.5
        flip = first_side ^ bool(epoch % 2)
        for step in range(self.steps):
            chosen = order[step * batch:(step + 1) * batch]
            yield normalise(augment(self.padded[chosen], generator, flip[chosen])), self.labels[chosen]


def augment(padded: torch.Tensor, generator: torch.Generator, flip: torch.Tensor) -> torch.Tensor:
    """Random 32 x 32 crops of 40 x 40 NHWC images; `flip` says which are mirrored."""
    count = len(padded)
    offset = torch.randint(0, 9, (2, count, 1), generator=generator)
    column = torch.arange(32)
    rows = offset[0] + column
    columns = offset[1] + torch.where(flip[:, None], 31 - column, column)
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
