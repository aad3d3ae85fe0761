"""Logits and accuracy of a network on CIFAR-10 pictures: what training, export and the goldens share."""

import torch
from torch import nn

import cifar10


def autocast(bf16: bool) -> torch.autocast:
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16)


def bf16_is_fast() -> bool:
    """oneDNN has bf16 kernels for AVX-512 alone; elsewhere its reference code is forty times slower than f32."""
    return "CPU capability usage: AVX512" in torch.__config__.show()


def normalise(images: torch.Tensor, mean=cifar10.MEAN, std=cifar10.STD) -> torch.Tensor:
    """uint8 NHWC -> normalised float NCHW (channels-last in memory)."""
    mean, std = (torch.tensor(v) * 255 for v in (mean, std))
    return ((images.float() - mean) / std).permute(0, 3, 1, 2)


@torch.no_grad()
def predict(model: nn.Module, images: torch.Tensor, bf16: bool = False, mean=cifar10.MEAN, std=cifar10.STD) -> torch.Tensor:
    """Logits [N, classes] of uint8 NHWC images, computed in f32, or in bf16 to follow a training that is."""
    model.eval()
    logits = []
    for begin in range(0, len(images), 500):
        with autocast(bf16):
            logits.append(model(normalise(images[begin:begin + 500], mean, std)).float())
    return torch.cat(logits)


def accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Percent of the pictures whose largest logit is that of their label."""
    return 100 * (logits.argmax(1) == labels).sum().item() / len(labels)
