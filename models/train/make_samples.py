"""Writes the sample pictures of `samples/`: the first CIFAR-10 test picture of each class and the second cat and ship,
none of them seen in training, in the three file formats and at several sizes. Needs Pillow with WebP.

    python3 models/train/make_samples.py
"""

from pathlib import Path

from PIL import Image

import cifar10

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

# Class, which of its pictures in the order of the test set, size, format.
PICTURES = [
    ("airplane", 0, 32, "png"),
    ("automobile", 0, 256, "jpg"),
    ("bird", 0, 32, "png"),
    ("cat", 0, 32, "png"),
    ("cat", 1, 256, "jpg"),
    ("deer", 0, 32, "png"),
    ("dog", 0, 192, "webp"),
    ("frog", 0, 32, "png"),
    ("horse", 0, 256, "jpg"),
    ("ship", 0, 32, "png"),
    ("ship", 1, 256, "jpg"),
    ("truck", 0, 320, "jpg"),
]


def main() -> None:
    images, labels = cifar10.load("test")
    SAMPLES.mkdir(exist_ok=True)
    for name, nth, size, kind in PICTURES:
        pixels = images[(labels == cifar10.CLASSES.index(name)).nonzero()[0][nth]]
        picture = Image.fromarray(pixels)
        if size != 32:
            picture = picture.resize((size, size), Image.BICUBIC)
        path = SAMPLES / f"{name}-{nth + 1}.{kind}"
        picture.save(path, **({} if kind == "png" else {"quality": 92}))
        print(path.name, picture.size, path.stat().st_size)


if __name__ == "__main__":
    main()
