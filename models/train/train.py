#!/usr/bin/python3
"""Train a graph on CIFAR-10 by the recipe of training.py; a checkpoint after each epoch, from which the same command resumes.

    node dist/cli.js graph vgg16-cifar10 --kind hetconv --part 4 > vgg16-p4.json
    /usr/bin/python3 models/train/train.py vgg16-p4.json --epochs 44 --batch 128
"""

import argparse
import dataclasses
import json
from pathlib import Path

import torch

import cifar10
from evaluation import accuracy, predict
from training import Recipe, checkpoint_path, read_checkpoint, train

DEFAULT = Recipe()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="graph JSON")
    parser.add_argument("--epochs", type=int, default=DEFAULT.epochs)
    parser.add_argument("--batch", type=int, default=DEFAULT.batch)
    parser.add_argument("--lr", type=float, default=DEFAULT.lr, help="peak learning rate")
    parser.add_argument("--weight-decay", type=float, default=DEFAULT.weight_decay)
    parser.add_argument("--seed", type=int, default=DEFAULT.seed)
    parser.add_argument("--steps", type=int, help="stop every epoch after so many steps (for tests)")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    graph = json.loads(args.graph.read_text())
    recipe = Recipe(**{field.name: getattr(args, field.name) for field in dataclasses.fields(Recipe)})
    if state := read_checkpoint(checkpoint_path(graph["name"], recipe), recipe):
        print(f"resuming after epoch {len(state['history'])}", flush=True)
    model, checkpoint = train(graph, recipe, lambda history: print(json.dumps(history[-1]), flush=True))
    images, labels = (torch.from_numpy(array) for array in cifar10.load("test"))
    print(f"test accuracy in f32: {accuracy(predict(model, images), labels):.2f} %", flush=True)
    print(f"checkpoint: {checkpoint}", flush=True)


if __name__ == "__main__":
    main()
