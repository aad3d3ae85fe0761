#!/usr/bin/python3
"""Compute the golden outputs of a converted model file with PyTorch in f32, on the very weights that the file holds.

    /usr/bin/python3 models/train/golden.py models/vgg16-cifar10-p4/model.safetensors models/vgg16-cifar10-p4/golden.safetensors

The golden file holds `input` [n, 3, 32, 32] (preprocessed), `logits` [n, 10] and `labels` [n] of the first n test pictures. Its
metadata names the model file by its SHA-256 and records the accuracy. A hetConv node is evaluated as the dense
convolution that it equals by definition, so that the goldens depend on no code of the runtime.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch

import cifar10
import safetensors_io
from evaluation import accuracy, normalise, predict
from graph_module import GraphModule


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="converted model file")
    parser.add_argument("golden", type=Path, help="file to write")
    parser.add_argument("--count", type=int, default=32, help="pictures in the golden file")
    parser.add_argument("--pictures", type=int, default=10000, help="test pictures that the accuracy is measured on")
    parser.add_argument("--all-logits", type=Path, help="also write the logits of all these pictures to this file")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    model = GraphModule.from_file(args.model)
    preprocessing = json.loads(safetensors_io.read(args.model)[1]["preprocessing"])
    mean, std = preprocessing["mean"], preprocessing["std"]
    images, labels = (torch.from_numpy(array[:args.pictures]) for array in cifar10.load("test"))
    logits = predict(model, images, mean=mean, std=std)
    percent = accuracy(logits, labels)

    metadata = {
        "model": f"sha256:{hashlib.sha256(args.model.read_bytes()).hexdigest()}",
        "torch": torch.__version__,
        "accuracy": json.dumps({"percent": round(percent, 2), "pictures": len(labels), "arithmetic": "f32"}),
    }
    numbers = labels.float().numpy()
    golden = {"input": normalise(images[:args.count], mean, std).contiguous().numpy(), "logits": logits[:args.count].numpy(),
              "labels": numbers[:args.count]}
    safetensors_io.write(args.golden, golden, metadata)
    if args.all_logits:
        safetensors_io.write(args.all_logits, {"logits": logits.numpy(), "labels": numbers}, metadata)
    print(f"{args.golden}: {args.count} pictures; accuracy {percent:.2f} % on {len(labels):,} test pictures in f32")


if __name__ == "__main__":
    main()
