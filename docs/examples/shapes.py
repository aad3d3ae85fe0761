"""Trains the two networks of docs/detection.md and docs/segmentation.md, in two to four minutes each on two cores, on pictures of shapes.

    python3 shapes.py detector detector.onnx
    python3 shapes.py segmenter segmenter.onnx
    python3 shapes.py picture shapes.png        # a picture to try them on

Needs torch, onnx, numpy and Pillow. Both networks are HetConv with P = 4; what the loader needs to know of pictures and classes
is written into the ONNX file's metadata.
"""

import argparse
import json
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw
from torch import nn

CLASSES = ["circle", "square", "triangle"]
SIZE, STRIDE = 96, 8
GREY = (114, 114, 114)


def draw(rng: np.random.Generator, width: int, height: int, least: int, most: int):
    """A picture of one to four shapes, which may overlap; its map of classes (0 is background), and (class, left, top, right, bottom) of each."""
    ground = rng.integers(40, 216, 3)
    noise = rng.standard_normal((height, width, 3), np.float32) * 12 + ground
    picture = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    mask = Image.new("L", (width, height))
    shapes = []
    for _ in range(rng.integers(1, 5)):
        side = int(rng.integers(least, most))
        left, top = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
        right, bottom = left + side, top + side
        if any(left < r and l < right and top < b and t < bottom for _, l, t, r, b in shapes) and rng.random() < 0.8:
            continue
        kind = int(rng.integers(len(CLASSES)))
        color = ground
        while abs(color - ground).max() < 60:
            color = rng.integers(0, 256, 3)
        for canvas, fill in ((picture, tuple(map(int, color))), (mask, kind + 1)):
            pen = ImageDraw.Draw(canvas)
            if kind == 0:
                pen.ellipse((left, top, right, bottom), fill)
            elif kind == 1:
                pen.rectangle((left, top, right, bottom), fill)
            else:
                pen.polygon(((left, bottom), ((left + right) // 2, top), (right, bottom)), fill)
        shapes.append((kind, left, top, right, bottom))
    return picture, mask, shapes


def letterbox(picture: Image.Image, mask: Image.Image, shapes: list):
    """What the network sees of it: fitted into SIZE × SIZE pixels, in the middle, as the exported file will tell the loader to."""
    scale = SIZE / max(picture.size)
    size = [round(scale * side) for side in picture.size]
    left, top = ((SIZE - side) // 2 for side in size)
    seen, seen_mask = Image.new("RGB", (SIZE, SIZE), GREY), Image.new("L", (SIZE, SIZE))
    seen.paste(picture.resize(size, Image.BILINEAR), (left, top))
    seen_mask.paste(mask.resize(size, Image.NEAREST), (left, top))
    return seen, seen_mask, [(kind, *np.array(box) * scale + [left, top, left, top]) for kind, *box in shapes]


def random_picture(rng: np.random.Generator):
    """Of any proportions, the shapes from a tenth to a half of its longer side."""
    width, height = (int(side) for side in rng.integers(96, 193, 2))
    longer = max(width, height)
    return letterbox(*draw(rng, width, height, longer // 10, min(longer // 2, width - 1, height - 1)))


class HetConv(nn.Module):
    """K×K kernels on a quarter of the channels and 1×1 on the others: as trained, both on all that they reach, and their sum."""

    def __init__(self, channels: int, filters: int, stride: int = 1, part: int = 4) -> None:
        super().__init__()
        self.gwc = nn.Conv2d(channels, filters, 3, stride, 1, groups=part, bias=False)
        self.pwc = nn.Conv2d(channels, filters, 1, stride, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.norm(self.gwc(x) + self.pwc(x)))


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.quarter = nn.Sequential(HetConv(16, 32, 2), HetConv(32, 32))
        self.eighth = nn.Sequential(HetConv(32, 48, 2), *(HetConv(48, 48) for _ in range(4)))

    def forward(self, x: torch.Tensor):
        fine = self.quarter(self.stem(x))
        return fine, self.eighth(fine)


class Detector(nn.Module):
    """For each cell of 8 × 8 pixels the scores of the classes, and a box by the distances of its edges from the cell's centre."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.head = nn.Conv2d(48, len(CLASSES) + 4, 1)
        nn.init.constant_(self.head.bias[: len(CLASSES)], -3)
        steps = (torch.arange(SIZE // STRIDE) + 0.5) * STRIDE
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        self.register_buffer("centers", torch.stack([x.flatten(), y.flatten()]))

    def raw(self, x: torch.Tensor):
        scores, edges = self.head(self.backbone(x)[1]).flatten(2).split([len(CLASSES), 4], 1)
        return scores, F.softplus(edges) * STRIDE

    def forward(self, x: torch.Tensor):
        scores, distances = self.raw(x)
        boxes = torch.cat([self.centers - distances[:, :2], self.centers + distances[:, 2:]], 1)
        return boxes.transpose(1, 2), scores.sigmoid()

    def loss(self, x: torch.Tensor, masks: torch.Tensor, shapes: list) -> torch.Tensor:
        scores, distances = self.raw(x)
        truth, wanted = torch.zeros_like(scores), torch.ones_like(distances)
        for i, listed in enumerate(shapes):
            for kind, *edges in listed:
                box = torch.tensor(edges, dtype=torch.float32)[:, None]
                to_edges = torch.cat([self.centers - box[:2], box[2:] - self.centers])
                # The cells near the middle of a shape answer for it.
                near = ((to_edges[:2] - to_edges[2:]).abs() <= 2 * STRIDE).all(0) & (to_edges > 0).all(0)
                truth[i, :, near] = F.one_hot(torch.tensor(kind), len(CLASSES)).float()[:, None]
                wanted[i, :, near] = to_edges[:, near]
        near = truth.sum(1) > 0
        chance = scores.sigmoid()
        focal = (truth - chance).abs() ** 2 * F.binary_cross_entropy_with_logits(scores, truth, reduction="none")
        # Box and shape both hold the cell's centre, so that they overlap, however wrong the box.
        ours, theirs = distances.transpose(1, 2)[near], wanted.transpose(1, 2)[near]
        area = lambda sides: (sides[:, 0] + sides[:, 2]) * (sides[:, 1] + sides[:, 3])
        shared = area(torch.minimum(ours, theirs))
        overlap = shared / (area(ours) + area(theirs) - shared)
        return (focal.sum() - overlap.log().sum()) / near.sum().clamp(min=1)


class Segmenter(nn.Module):
    """Scores of background and classes for every pixel, by way of a quarter of the resolution."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.fuse = HetConv(80, 32)
        self.head = nn.Conv2d(32, len(CLASSES) + 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        fine, coarse = self.backbone(x)
        coarse = F.interpolate(coarse, scale_factor=2.0, mode="bilinear", align_corners=False)
        scores = self.head(self.fuse(torch.cat([fine, coarse], 1)))
        return F.interpolate(scores, scale_factor=4.0, mode="bilinear", align_corners=False)

    def loss(self, x: torch.Tensor, masks: torch.Tensor, shapes: list) -> torch.Tensor:
        return F.cross_entropy(self(x), masks)


def train(network: nn.Module, steps: int, batch: int) -> None:
    rng = np.random.default_rng(1)
    begin = time.monotonic()
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, steps)
    for step in range(steps):
        drawn = [random_picture(rng) for _ in range(batch)]
        pictures = torch.from_numpy(np.stack([np.asarray(picture) for picture, _, _ in drawn])).permute(0, 3, 1, 2) / 255
        masks = torch.from_numpy(np.stack([np.asarray(mask) for _, mask, _ in drawn])).long()
        loss = network.loss(pictures, masks, [shapes for _, _, shapes in drawn])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            print(f"step {step + 1} of {steps}: loss {loss.item():.3f}, {time.monotonic() - begin:.0f} s", flush=True)


def export(network: nn.Module, path: str, outputs: list, labels: list) -> None:
    torch.onnx.export(network.eval(), torch.zeros(1, 3, SIZE, SIZE), path, opset_version=13, input_names=["image"], output_names=outputs)
    model = onnx.load(path)
    if outputs == ["boxes", "scores"]:
        # At most 20 boxes of a class, of which no two overlap by more than 0.45, with a score of at least 0.5.
        limits = {"most": np.int64([20]), "overlap": np.float32([0.45]), "least": np.float32([0.5])}
        model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in limits.items())
        model.graph.node.append(helper.make_node("NonMaxSuppression", ["boxes", "scores", *limits], ["selected"], "select"))
        model.graph.output.append(helper.make_tensor_value_info("selected", TensorProto.INT64, [None, 3]))
    preprocessing = {
        "size": [SIZE, SIZE], "fit": "letterbox", "placement": "center", "fill": GREY,
        "resize": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1], "colorOrder": "RGB",
    }
    for key, value in (("preprocessing", preprocessing), ("labels", labels)):
        model.metadata_props.add(key=f"hetconv.{key}", value=json.dumps(value))
    onnx.checker.check_model(model)
    onnx.save(model, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["detector", "segmenter", "picture"])
    parser.add_argument("path")
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--seed", type=int, default=33, help="of the picture")
    options = parser.parse_args()
    torch.manual_seed(1)
    if options.what == "picture":
        draw(np.random.default_rng(options.seed), 320, 200, 40, 90)[0].save(options.path)
    else:
        network = Detector() if options.what == "detector" else Segmenter()
        train(network, options.steps, 32)
        outputs, labels = (["boxes", "scores"], CLASSES) if options.what == "detector" else (["scores"], ["background", *CLASSES])
        export(network, options.path, outputs, labels)
