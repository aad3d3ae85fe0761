#!/usr/bin/python3
"""Writes networks of torchvision with random weights as ONNX, and what PyTorch computes with them, in double precision.

    export.py --data FOLDER [--size PIXELS] [--opset N] [name …]

For each network, at the size that it was published for unless told otherwise: <name>-<size>-opset<N>.onnx, and the raw floats
of <name>-<size>.input.f32 and .output.f32. Batch norms get the statistics of one forward pass, so that activations neither vanish
nor explode. What is there already is kept. Prints a line of JSON for each. Debian: python3-torchvision."""

import argparse
import json
import os
import warnings
from pathlib import Path
from typing import Callable

import torch
import torchvision
from torch import Tensor, nn

from xception import xception

SEED = 1
BATCH = 4  # of the forward pass that gives the batch norms their statistics


class Segmenter(nn.Module):
    """torchvision's segmenters give a dictionary; its main entry alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)["out"]


def classifier(name: str, **options) -> Callable[[], nn.Module]:
    return lambda: torchvision.models.get_model(name, weights=None, **options)


def segmenter(name: str) -> Callable[[], nn.Module]:
    return lambda: Segmenter(torchvision.models.get_model(name, weights=None, weights_backbone=None))


# Without auxiliary heads, which only training uses.
INCEPTION = {"aux_logits": False, "init_weights": False}

NETWORKS: dict[str, tuple[int, Callable[[], nn.Module]]] = {
    **{name: (224, classifier(name)) for name in [
        "alexnet", "vgg11_bn", "resnet18", "resnet50", "wide_resnet50_2", "resnext50_32x4d", "densenet121", "squeezenet1_1",
        "mobilenet_v2", "mobilenet_v3_large", "shufflenet_v2_x1_0", "mnasnet1_0", "efficientnet_b0", "regnet_y_400mf",
    ]},
    "googlenet": (224, classifier("googlenet", **INCEPTION)),
    "inception_v3": (299, classifier("inception_v3", **INCEPTION)),
    "xception": (299, xception),
    "fcn_resnet50": (224, segmenter("fcn_resnet50")),
    "deeplabv3_mobilenet_v3_large": (520, segmenter("deeplabv3_mobilenet_v3_large")),
    "lraspp_mobilenet_v3_large": (520, segmenter("lraspp_mobilenet_v3_large")),
}


def prepared(build: Callable[[], nn.Module], size: int) -> nn.Module:
    """The network with weights of unit gain, batch norms that differ per channel, and their statistics from random pictures."""
    torch.manual_seed(SEED)
    network = build()
    norms = []
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            module.momentum = 1.0
            norms.append(module)
    network.eval()
    for norm in norms:
        norm.train()
    with torch.no_grad():
        network(torch.randn(BATCH, 3, size, size))
    return network.eval()


def write(folder: Path, name: str, size: int, opsets: list[int]) -> None:
    stem = f"{name}-{size}"
    files = {opset: folder / f"{stem}-opset{opset}.onnx" for opset in opsets}
    values = {key: folder / f"{stem}.{key}.f32" for key in ["input", "output"]}
    missing = {opset: path for opset, path in files.items() if not path.exists()}
    if missing or not all(path.exists() for path in values.values()):
        network = prepared(NETWORKS[name][1], size)
        picture = torch.randn(1, 3, size, size)
        for opset, path in missing.items():
            partial = path.with_suffix(".part")
            names = {"input_names": ["input"], "output_names": ["output"]}
            torch.onnx.export(network, picture, str(partial), opset_version=opset, **names)
            os.replace(partial, path)
        with torch.no_grad():
            expected = network.double()(picture.double()).float()
        values["input"].write_bytes(picture.numpy().tobytes())
        values["output"].write_bytes(expected.numpy().tobytes())
    named = {key: str(path) for key, path in values.items()}
    models = {str(opset): str(path) for opset, path in files.items()}
    print(json.dumps({"name": name, "size": size, "models": models, **named}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--size", type=int, metavar="PIXELS")
    parser.add_argument("--opset", type=int, action="append", metavar="N", help="repeat for several; default 13 and 17")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NETWORKS))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    options.data.mkdir(parents=True, exist_ok=True)
    for name in options.names or NETWORKS:
        write(options.data, name, options.size or NETWORKS[name][0], options.opset or [13, 17])


if __name__ == "__main__":
    main()
