#!/usr/bin/python3
"""Train a graph on CIFAR-10 on the CPU (bf16 autocast, channels-last); checkpoints every epoch and resumes.

    node dist/cli.js graph vgg16-cifar10 --kind hetconv --part 4 > vgg16-p4.json
    /usr/bin/python3 models/train/train.py vgg16-p4.json --epochs 40

Recipe: SGD with Nesterov momentum 0.9, one cycle (linear up, linear down to zero), weight decay on weights of
rank >= 2, label smoothing 0.1, random 4-pixel shifts (reflected border) and horizontal flips. Every epoch seeds its
own generators, so a resumed run repeats the same data order.
"""

import argparse
import json
import time
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

import cifar10
from evaluation import accuracy, normalise, predict
from graph_module import GraphModule


def augment(padded: torch.Tensor, generator: torch.Generator, flip: torch.Tensor) -> torch.Tensor:
    """Random 32 x 32 crops of 40 x 40 NHWC images; `flip` says which are mirrored."""
    count = len(padded)
    offset = torch.randint(0, 9, (2, count, 1), generator=generator)
    column = torch.arange(32)
    rows = offset[0] + column
    columns = offset[1] + torch.where(flip[:, None], 31 - column, column)
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]


def one_cycle(progress: float, peak: float, rise: float = 0.2) -> float:
    return peak * (progress / rise if progress < rise else (1 - progress) / (1 - rise))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="graph JSON")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.1, help="peak learning rate")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, help="stop every epoch after so many steps (for tests)")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    graph = json.loads(args.graph.read_text())
    recipe = {k: getattr(args, k) for k in ("epochs", "batch", "lr", "weight_decay", "seed", "steps")}
    folder = cifar10.cache_dir() / "train" / f"{graph['name']}-{args.epochs}e-s{args.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"

    torch.manual_seed(args.seed)
    model = GraphModule(graph).to(memory_format=torch.channels_last)
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimiser = torch.optim.SGD([{"params": weights, "weight_decay": args.weight_decay},
                                 {"params": others, "weight_decay": 0.0}],
                                lr=args.lr, momentum=0.9, nesterov=True)
    history: list[dict] = []
    if checkpoint.exists():
        state = torch.load(checkpoint)
        if state["recipe"] != recipe:
            raise SystemExit(f"{checkpoint} was written with {state['recipe']}; remove it or repeat that recipe")
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        history = state["history"]
        print(f"resuming after epoch {len(history)}", flush=True)

    train_images, train_labels = (torch.from_numpy(a) for a in cifar10.load("train"))
    test_images, test_labels = (torch.from_numpy(a) for a in cifar10.load("test"))
    padded = F.pad(train_images.permute(0, 3, 1, 2).float(), (4, 4, 4, 4), mode="reflect").byte()
    padded = padded.permute(0, 2, 3, 1).contiguous()
    steps = min(args.steps or len(padded), len(padded) // args.batch)

    for epoch in range(len(history), args.epochs):
        generator = torch.Generator().manual_seed(1000 * args.seed + epoch)
        order = torch.randperm(len(padded), generator=generator)
        # A picture is mirrored in every other epoch, the first side drawn once for the whole run.
        first_side = torch.rand(len(padded), generator=torch.Generator().manual_seed(args.seed)) < 0.5
        flip = first_side ^ bool(epoch % 2)
        model.train()
        started, total_loss = time.time(), 0.0
        bar = tqdm(range(steps), desc=f"epoch {epoch + 1}/{args.epochs}", mininterval=5)
        for step in bar:
            rate = one_cycle((epoch + step / steps) / args.epochs, args.lr)
            for group in optimiser.param_groups:
                group["lr"] = rate
            chosen = order[step * args.batch:(step + 1) * args.batch]
            inputs = normalise(augment(padded[chosen], generator, flip[chosen]))
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(inputs)
            loss = F.cross_entropy(logits.float(), train_labels[chosen], label_smoothing=0.1)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total_loss += loss.item()
            bar.set_postfix(loss=f"{total_loss / (step + 1):.3f}", refresh=False)
        row = {"epoch": epoch + 1, "loss": total_loss / steps,
               "accuracy": accuracy(predict(model, test_images, bf16=True), test_labels), "seconds": time.time() - started}
        history.append(row)
        print(json.dumps(row), flush=True)
        partial = checkpoint.with_suffix(".part")
        torch.save({"recipe": recipe, "graph": graph, "model": model.state_dict(), "optimiser": optimiser.state_dict(),
                    "history": history}, partial)
        partial.rename(checkpoint)
    print(f"test accuracy in f32: {accuracy(predict(model, test_images), test_labels):.2f} %", flush=True)
    print(f"checkpoint: {checkpoint}", flush=True)


if __name__ == "__main__":
    main()
