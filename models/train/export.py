#!/usr/bin/python3
r"""Write a checkpoint of train.py as a model file: every parameter and buffer as trained, in F32, nothing folded.

    /usr/bin/python3 models/train/export.py ~/.cache/hetconv/train/vgg16-cifar10-hetconv-p4-44e-s1/checkpoint.pt \
        trained.safetensors

`hetconv convert` folds and rounds the result into the file to publish. docs/format.md describes the file.
"""

import argparse
import json
from pathlib import Path

import torch

import cifar10
import safetensors_io
from evaluation import accuracy, predict
from graph_module import GraphModule

PREPROCESSING = {"size": [32, 32], "fit": "stretch", "resize": "bilinear",
                 "mean": cifar10.MEAN, "std": cifar10.STD, "colorOrder": "RGB"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pictures", type=int, default=10000, help="test pictures that the recorded accuracy is measured on")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    state = torch.load(args.checkpoint, map_location="cpu")
    graph, recipe, history = state["graph"], state["recipe"], state["history"]
    model = GraphModule(graph)
    model.load_state_dict(state["model"])
    images, labels = (torch.from_numpy(array[:args.pictures]) for array in cifar10.load("test"))
    percent = accuracy(predict(model, images), labels)

    provenance = {
        "dataset": "CIFAR-10 (Krizhevsky 2009), 50,000 training pictures",
        "recipe": {**recipe, "optimiser": "SGD, Nesterov momentum 0.9", "schedule": "one cycle", "labelSmoothing": 0.1,
                   "augmentation": "4-pixel shifts, reflected border; a picture is mirrored in every other epoch",
                   "arithmetic": " and ".join(sorted({row["arithmetic"] for row in history}))},
        "epochs": len(history),
        "losses": [round(row["loss"], 4) for row in history],
        "seed": recipe["seed"],
        "torch": torch.__version__,
        "accuracy": {"percent": round(percent, 2), "pictures": len(labels), "arithmetic": "f32"},
    }
    metadata = {
        "format": "hetconv",
        "version": "1",
        "graph": json.dumps({key: value for key, value in graph.items() if key != "tensors"}),
        "preprocessing": json.dumps(PREPROCESSING),
        "labels": json.dumps(cifar10.CLASSES),
        "provenance": json.dumps(provenance),
        "license": "MIT",
    }
    tensors = {name: value.float().numpy() for name, value in model.state_dict().items()}
    safetensors_io.write(args.output, tensors, metadata)
    if len(history) < recipe["epochs"]:
        print(f"the training stands at epoch {len(history)} of {recipe['epochs']}")
    print(f"{args.output}: {args.output.stat().st_size:,} bytes; accuracy {percent:.2f} % on {len(labels):,} test pictures in f32")


if __name__ == "__main__":
    main()
