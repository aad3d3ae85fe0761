"""HetConv for your own training: a layer, and the replacement of the K x K convolutions of a network by it.

    import torchvision, hetconv
    model = torchvision.models.resnet18(num_classes=10)
    replaced = hetconv.replace_convs(model, part=4)     # 16 of its 3 x 3 convolutions; the 7 x 7 stem has 3 channels and stays
    ...                                                 # train it as any other network
    torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "resnet18.onnx", opset_version=13)

`hetconv convert resnet18.onnx resnet18.safetensors` folds the pairs of convolutions into exact HetConv layers.

HetConv: Singh, Verma, Rai, Namboodiri, "HetConv: Heterogeneous Kernel-Based Convolutions for Deep CNNs", CVPR 2019.
"""

import math
from collections.abc import Collection

import torch
from torch import nn


class HetConv2d(nn.Module):
    """A convolution in which every filter has K x K kernels on 1/part of the channels and 1 x 1 kernels on the others.

    x [B, in_channels, H, W] -> [B, out_channels, ceil(H / stride), ceil(W / stride)]: the padding is always "same".
    Filters [k N/P, (k+1) N/P) have their K x K kernels on channels [k M/P, (k+1) M/P).

    The sum of a grouped K x K convolution `gwc` and a dense 1 x 1 convolution `pwc`: this is how it trains fastest. Where a
    filter has both, on its own channels, the 1 x 1 kernel only adds to the centre tap; conversion folds it away. A fresh
    layer has the variance of one He-initialised convolution. `part` divides both channel counts and is above 1,
    `kernel_size` is odd and above 1, else ValueError.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, part: int, stride: int | tuple[int, int] = 1,
                 dilation: int | tuple[int, int] = 1, bias: bool = True):
        super().__init__()
        if part < 2 or in_channels % part or out_channels % part:
            raise ValueError(f"part {part} must be above 1 and divide {in_channels} input and {out_channels} output channels")
        if kernel_size < 3 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size {kernel_size} must be odd and above 1")
        self.in_channels, self.out_channels, self.kernel_size, self.part = in_channels, out_channels, kernel_size, part
        rows, columns = (dilation, dilation) if isinstance(dilation, int) else dilation
        padding = (rows * (kernel_size // 2), columns * (kernel_size // 2))
        self.gwc = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups=part, bias=False)
        self.pwc = nn.Conv2d(in_channels, out_channels, 1, stride, bias=bias)
        for conv in (self.gwc, self.pwc):
            nn.init.normal_(conv.weight, std=math.sqrt(1 / math.prod(conv.weight.shape[1:])))
        if bias:
            nn.init.zeros_(self.pwc.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.gwc(x) + self.pwc(x)

    def macs(self, height: int, width: int) -> int:
        """Multiply-accumulates of an output of height x width, once converted: D² N (K² M/P + M - M/P), as the paper counts."""
        own = self.in_channels // self.part
        return height * width * self.out_channels * (own * self.kernel_size ** 2 + self.in_channels - own)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, part={self.part}"


def replace_convs(model: nn.Module, part: int, skip: Collection[str] = ()) -> list[str]:
    """Replace, in place, every convolution that a HetConv2d can stand for; returns their names as in `named_modules()`.

    Eligible is an nn.Conv2d with a square odd kernel above 1 x 1, groups = 1, "same" zero padding, and `part` dividing both
    channel counts, unless its name is in `skip`. A convolution used in several places stays one. The new layers start
    from fresh weights, on the device and in the type of the old ones: replace before training and before making an optimiser.
    """
    unknown = set(skip) - {name for name, _ in model.named_modules(remove_duplicate=False)}
    if unknown:
        raise ValueError(f"skip names modules that the network does not have: {', '.join(sorted(unknown))}")
    found = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if name and _eligible(module, part):
            found.setdefault(module, []).append(name)
    replaced = []
    for conv, names in found.items():
        if set(names) & set(skip):
            continue
        layer = HetConv2d(conv.in_channels, conv.out_channels, conv.kernel_size[0], part, conv.stride, conv.dilation,
                          conv.bias is not None).to(conv.weight.device, conv.weight.dtype).train(conv.training)
        for name in names:
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, layer)
        replaced.append(names[0])
    return replaced


def _eligible(conv: nn.Module, part: int) -> bool:
    if type(conv) is not nn.Conv2d or conv.groups > 1 or conv.padding_mode != "zeros":
        return False
    size = conv.kernel_size[0]
    same = conv.padding == "same" or conv.padding == tuple(d * (size // 2) for d in conv.dilation)
    fits = conv.in_channels % part == 0 and conv.out_channels % part == 0
    return size > 1 and size % 2 == 1 and conv.kernel_size[1] == size and same and fits
