"""Xception (Chollet, CVPR 2017, arXiv 1610.02357), written from the paper's figure 5: torchvision does not have it."""

from torch import Tensor, nn


def separable(inputs: int, outputs: int) -> list[nn.Module]:
    """Depthwise 3×3, then pointwise, with one batch norm behind both, as the paper's separable convolutions are."""
    return [
        nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
    ]


class Block(nn.Module):
    """Separable convolutions beside a shortcut; where it halves the size, by pooling here and by a strided 1×1 there."""

    def __init__(self, widths: list[int], first_relu: bool = True, halves: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
            if i > 0 or first_relu:
                layers.append(nn.ReLU())
            layers += separable(inputs, outputs)
        if halves:
            layers.append(nn.MaxPool2d(3, 2, 1))
        self.layers = nn.Sequential(*layers)
        shortcut = [nn.Conv2d(widths[0], widths[-1], 1, 2, bias=False), nn.BatchNorm2d(widths[-1])]
        self.shortcut = nn.Sequential(*shortcut) if halves else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x) + self.shortcut(x)


def xception(classes: int = 1000) -> nn.Module:
    entry = [
        nn.Conv2d(3, 32, 3, 2, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        Block([64, 128, 128], first_relu=False), Block([128, 256, 256]), Block([256, 728, 728]),
    ]
    middle = [Block([728] * 4, halves=False) for _ in range(8)]
    leave = [
        Block([728, 728, 1024]),
        *separable(1024, 1536), nn.ReLU(), *separable(1536, 2048), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, classes),
    ]
    return nn.Sequential(*entry, *middle, *leave)
