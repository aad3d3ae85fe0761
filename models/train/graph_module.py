"""A torch module built from the graph JSON that the architecture builders write (src/architectures).

Parameters and buffers carry the graph's tensor names, so that a state dict and the graph's tensors are one set.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def _pair(node: dict, key: str, default: int) -> tuple[int, int]:
    return tuple(node["attributes"].get(key, [default, default]))


def _pool_padding(node: dict) -> tuple[int, int]:
    top, left, bottom, right = node["attributes"].get("padding", [0, 0, 0, 0])
    assert top == bottom and left == right, f"{node['name']}: asymmetric padding"
    return top, left


def _conv(node, x, weight, bias=None):
    top, left, bottom, right = node["attributes"].get("padding", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    return F.conv2d(x, weight, bias, _pair(node, "stride", 1), (top, left), _pair(node, "dilation", 1),
                    node["attributes"].get("groups", 1))


OPS = {
    "conv": _conv,
    "linear": lambda node, x, weight, bias=None: F.linear(x, weight, bias),
    "add": lambda node, a, b: a + b,
    "relu": lambda node, x: F.relu(x),
    "clip": lambda node, x: x.clamp(node["attributes"].get("min"), node["attributes"].get("max")),
    "maxPool": lambda node, x: F.max_pool2d(x, _pair(node, "kernel", 1), _pair(node, "stride", 1), _pool_padding(node)),
    "averagePool": lambda node, x: F.avg_pool2d(x, _pair(node, "kernel", 1), _pair(node, "stride", 1), _pool_padding(node)),
    "globalAveragePool": lambda node, x: x.mean((2, 3), keepdim=True),
    "flatten": lambda node, x: x.flatten(node["attributes"].get("axis", 1)),
    "concat": lambda node, *xs: torch.cat(xs, node["attributes"]["axis"]),
    "pad": lambda node, x: F.pad(x, _torch_pads(node), node["attributes"].get("mode", "constant")),
}


def _torch_pads(node: dict) -> list[int]:
    """Graph order is [begin of every axis, end of every axis]; torch wants (begin, end) pairs from the last axis on."""
    pads = node["attributes"]["pads"]
    rank = len(pads) // 2
    return [p for axis in reversed(range(rank)) for p in (pads[axis], pads[rank + axis])]


class GraphModule(nn.Module):
    """`forward(x)` evaluates the graph; x and the result are NCHW float tensors."""

    def __init__(self, graph: dict):
        super().__init__()
        self.graph = graph
        for node in graph["nodes"]:
            for name in node["inputs"]:
                if name in graph["tensors"]:
                    self._declare(name, node, graph["tensors"][name])
        self.reset_parameters()

    def _declare(self, tensor: str, node: dict, shape: list[int]) -> None:
        *path, leaf = tensor.split(".")
        owner = self
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, nn.Module())
            owner = owner._modules[part]
        if leaf in ("mean", "variance"):
            owner.register_buffer(leaf, torch.zeros(shape) if leaf == "mean" else torch.ones(shape))
        else:
            owner.register_parameter(leaf, nn.Parameter(torch.empty(shape)))

    def reset_parameters(self) -> None:
        """He initialisation (He et al. 2015, fan-in); the branches of an Add share the variance of one layer."""
        producers = {name: node for node in self.graph["nodes"] for name in node["outputs"]}
        branches = {name for node in self.graph["nodes"] if node["op"] == "add"
                    and all(producers.get(i, {}).get("op") == "conv" for i in node["inputs"]) for name in node["inputs"]}
        for node in self.graph["nodes"]:
            if node["op"] not in ("conv", "linear"):
                if node["op"] == "batchNorm":
                    nn.init.ones_(self.tensor(node["inputs"][1]))
                    nn.init.zeros_(self.tensor(node["inputs"][2]))
                continue
            weight = self.tensor(node["inputs"][1])
            share = 0.5 if node["outputs"][0] in branches else 1.0
            nn.init.normal_(weight, std=math.sqrt(2.0 * share / math.prod(weight.shape[1:])))
            if len(node["inputs"]) > 2:
                nn.init.zeros_(self.tensor(node["inputs"][2]))

    def tensor(self, name: str) -> torch.Tensor:
        owner = self
        for part in name.split("."):
            owner = getattr(owner, part)
        return owner

    def _batch_norm(self, node: dict, x: torch.Tensor) -> torch.Tensor:
        scale, shift, mean, variance = (self.tensor(name) for name in node["inputs"][1:5])
        return F.batch_norm(x, mean, variance, scale, shift, self.training, 0.1, node["attributes"]["epsilon"])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = {self.graph["inputs"][0]["name"]: x}
        for node in self.graph["nodes"]:
            arguments = [values[name] if name in values else self.tensor(name) for name in node["inputs"]]
            if node["op"] == "batchNorm":
                result = self._batch_norm(node, arguments[0])
            else:
                result = OPS[node["op"]](node, *arguments)
            values[node["outputs"][0]] = result
        return values[self.graph["outputs"][0]]
