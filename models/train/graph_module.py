"""A torch module built from a graph: the JSON that `hetconv graph` prints, or a converted model file.

Parameters and buffers carry the graph's tensor names, so that a state dict and the graph's tensors are one set.
"""

import json
import math
import os
from collections import Counter

import torch
from torch import nn
from torch.nn import functional as F

import safetensors_io


def _pair(node: dict, key: str, default: int) -> tuple[int, int]:
    return tuple(node["attributes"].get(key, [default, default]))


def _pool_padding(node: dict) -> tuple[int, int]:
    top, left, bottom, right = node["attributes"].get("padding", [0, 0, 0, 0])
    assert top == bottom and left == right, f"{node['name']}: asymmetric padding"
    return top, left


def _clamp(node: dict, x: torch.Tensor, low: str = "clampMin", high: str = "clampMax") -> torch.Tensor:
    bounds = [node["attributes"].get(key) for key in (low, high)]
    return x if bounds == [None, None] else x.clamp(*bounds)


NARROW = 32
"""Up to so many channels, a grouped convolution computes faster as the dense one that it equals."""


def dense_groups(weight: torch.Tensor, groups: int) -> torch.Tensor:
    """The [N, M, kH, kW] weight of the dense convolution that equals a grouped one of [N, M / groups, kH, kW]: zero between groups."""
    apart = torch.eye(groups).view(groups, 1, groups, 1, 1, 1)
    return (weight.unflatten(0, (groups, -1)).unsqueeze(2) * apart).flatten(2, 3).flatten(0, 1)


def _conv(node, x, weight, bias=None, residual=None, groups=None):
    top, left, bottom, right = node["attributes"].get("padding", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    groups = groups or node["attributes"].get("groups", 1)
    if 1 < groups < x.shape[1] <= NARROW:
        weight, groups = dense_groups(weight, groups), 1
    y = F.conv2d(x, weight, bias, _pair(node, "stride", 1), (top, left), _pair(node, "dilation", 1), groups)
    return _clamp(node, y if residual is None else y + residual)


def own_channels(filter_: int, filters: int, channels: int, part: int, pattern: str) -> list[int]:
    """The M/P input channels on which a filter of a HetConv has K x K kernels: those of its class, ascending."""
    if pattern == "shifted":
        return list(range(filter_ % part, channels, part))
    first = filter_ * part // filters * (channels // part)
    return list(range(first, first + channels // part))


def dense_weight(node: dict, weight: torch.Tensor, pointwise: torch.Tensor) -> torch.Tensor:
    """The [N, M, kH, kW] weight of the standard convolution that a hetConv node equals, by the definition."""
    filters, own_count, height, width = weight.shape
    channels, part = own_count + pointwise.shape[1], node["attributes"]["part"]
    assert own_count * part == channels and filters % part == 0, f"{node['name']}: part {part} does not fit {tuple(weight.shape)}"
    dense = weight.new_zeros(filters, channels, height, width)
    for n in range(filters):
        own = own_channels(n, filters, channels, part, node["attributes"].get("pattern", "block"))
        others = sorted(set(range(channels)) - set(own))
        dense[n, own] = weight[n]
        dense[n, others, height // 2, width // 2] = pointwise[n, :, 0, 0]
    return dense


def _het_conv(node, x, weight, pointwise, bias=None, residual=None):
    return _conv(node, x, dense_weight(node, weight, pointwise), bias, residual, groups=1)


def _torch_pads(node: dict) -> list[int]:
    """Graph order is [begin of every axis, end of every axis]; torch wants (begin, end) pairs from the last axis on."""
    pads = node["attributes"]["pads"]
    rank = len(pads) // 2
    return [p for axis in reversed(range(rank)) for p in (pads[axis], pads[rank + axis])]


def _pad(node, x):
    modes = {"constant": "constant", "reflect": "reflect", "edge": "replicate"}
    mode = modes[node["attributes"].get("mode", "constant")]
    return F.pad(x, _torch_pads(node), mode, node["attributes"].get("value", 0) if mode == "constant" else None)


def _slice(node, x):
    attributes = node["attributes"]
    pieces = [slice(None)] * x.dim()
    for axis, begin, end, step in zip(attributes["axes"], attributes["starts"], attributes["ends"], attributes["steps"]):
        pieces[axis] = slice(begin, end, step)
    return x[tuple(pieces)]


def _max_pool(node, x):
    return F.max_pool2d(x, _pair(node, "kernel", 1), _pair(node, "stride", 1), _pool_padding(node), _pair(node, "dilation", 1),
                        node["attributes"].get("ceilMode", False))


def _average_pool(node, x):
    return F.avg_pool2d(x, _pair(node, "kernel", 1), _pair(node, "stride", 1), _pool_padding(node),
                        node["attributes"].get("ceilMode", False), node["attributes"].get("countIncludePad", True))


def _narrow_pairs(graph: dict) -> list[tuple[dict, dict, dict]]:
    """(add, grouped K x K, 1 x 1) for every sum of two such convolutions of one narrow input, of one stride, that nothing else reads."""
    producers = {name: node for node in graph["nodes"] for name in node["outputs"]}
    reads = Counter(name for node in graph["nodes"] for name in node["inputs"])
    reads.update(graph["outputs"])
    pairs = []
    for add in graph["nodes"]:
        terms = [producers.get(name) for name in add["inputs"]]
        if add["op"] != "add" or add["attributes"] or any(term is None or term["op"] != "conv" or len(term["inputs"]) > 2 or
                                                        reads[term["outputs"][0]] > 1 for term in terms):
            continue
        shapes = [graph["tensors"].get(term["inputs"][1]) for term in terms]
        if None in shapes or terms[0]["inputs"][0] != terms[1]["inputs"][0] or _pair(terms[0], "stride", 1) != _pair(terms[1], "stride", 1):
            continue
        (grouped, own), (pointwise, other) = sorted(zip(terms, shapes), key=lambda term: term[1][1])
        same = own[2] == own[3] and own[2] % 2 == 1 and grouped["attributes"].get("padding") == [own[2] // 2] * 4
        dense = other[2:] == [1, 1] and not any(pointwise["attributes"].get("padding", [])) and other[1] <= NARROW
        if same and dense and own[1] * grouped["attributes"].get("groups", 1) == other[1] and _pair(grouped, "dilation", 1) == (1, 1):
            pairs.append((add, grouped, pointwise))
    return pairs


OPS = {
    "conv": _conv,
    "hetConv": _het_conv,
    "linear": lambda node, x, weight, bias=None: _clamp(node, F.linear(x, weight, bias)),
    "add": lambda node, a, b: _clamp(node, a + b),
    "relu": lambda node, x: F.relu(x),
    "clip": lambda node, x: _clamp(node, x, "min", "max"),
    "maxPool": _max_pool,
    "averagePool": _average_pool,
    "globalAveragePool": lambda node, x: x.mean((2, 3), keepdim=True),
    "flatten": lambda node, x: x.flatten(node["attributes"].get("axis", 1)),
    "concat": lambda node, *xs: torch.cat(xs, node["attributes"]["axis"]),
    "slice": _slice,
    "pad": _pad,
}


class GraphModule(nn.Module):
    """`forward(x)` evaluates the graph; x and the result are NCHW float tensors.

    Where a narrow HetConv is spelled as a grouped K x K plus a 1 x 1 convolution, the one dense convolution that the two equal is
    computed, its weight assembled anew each time: they train as two and cost as one.
    """

    def __init__(self, graph: dict):
        super().__init__()
        self.graph = graph
        unknown = sorted({node["op"] for node in graph["nodes"]} - {"batchNorm", *OPS})
        if unknown:
            raise ValueError(f"{graph['name']}: no torch equivalent for {', '.join(unknown)}; known are {', '.join(OPS)}")
        for node in graph["nodes"]:
            for name in node["inputs"]:
                if name in graph["tensors"]:
                    self._declare(name, node, graph["tensors"][name])
        self._pairs = {add["name"]: (grouped, pointwise) for add, grouped, pointwise in _narrow_pairs(graph)}
        self._within_pairs = {node["name"] for pair in self._pairs.values() for node in pair}
        self.reset_parameters()

    @classmethod
    def from_file(cls, path: str | os.PathLike) -> "GraphModule":
        """The network of a model file, its weights expanded to f32."""
        tensors, metadata = safetensors_io.read(path)
        graph = json.loads(metadata["graph"])
        model = cls({**graph, "tensors": {name: list(array.shape) for name, array in tensors.items()}})
        model.load_state_dict({name: torch.from_numpy(array.astype("float32")) for name, array in tensors.items()})
        return model.eval()

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
        """He initialisation (He et al. 2015, fan-in) of primitives; the branches of an Add share the variance of one layer."""
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
            if len(node["inputs"]) > 2 and node["inputs"][2]:
                nn.init.zeros_(self.tensor(node["inputs"][2]))

    def tensor(self, name: str) -> torch.Tensor:
        owner = self
        for part in name.split("."):
            owner = getattr(owner, part)
        return owner

    def _batch_norm(self, node: dict, x: torch.Tensor) -> torch.Tensor:
        scale, shift, mean, variance = (self.tensor(name) for name in node["inputs"][1:5])
        return F.batch_norm(x, mean, variance, scale, shift, self.training, 0.1, node["attributes"].get("epsilon", 1e-5))

    def _pair(self, values: dict[str, torch.Tensor], grouped: dict, pointwise: dict) -> torch.Tensor:
        own, other = (self.tensor(node["inputs"][1]) for node in (grouped, pointwise))
        margin = own.shape[-1] // 2
        weight = dense_groups(own, grouped["attributes"]["groups"]) + F.pad(other, [margin] * 4)
        return _conv(grouped, values[grouped["inputs"][0]], weight, groups=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = {self.graph["inputs"][0]["name"]: x}
        for node in self.graph["nodes"]:
            if node["name"] in self._within_pairs:
                continue
            if node["name"] in self._pairs:
                values[node["outputs"][0]] = self._pair(values, *self._pairs[node["name"]])
                continue
            arguments = [values[name] if name in values else self.tensor(name) if name else None for name in node["inputs"]]
            if node["op"] == "batchNorm":
                result = self._batch_norm(node, arguments[0])
            else:
                result = OPS[node["op"]](node, *arguments)
            values[node["outputs"][0]] = result
        return values[self.graph["outputs"][0]]
