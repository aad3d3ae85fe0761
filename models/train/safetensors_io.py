"""The safetensors file: 8 bytes little-endian header length, a JSON header, the tensors' bytes (row-major, little-endian)."""

import json
import math
import os
from pathlib import Path

import numpy as np

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2",
          "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


def write(path: str | os.PathLike, tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Widest elements first, and a header padded with spaces to 8 bytes, so that every tensor is aligned to its element."""
    header: dict = {"__metadata__": metadata} if metadata else {}
    chunks, end = [], 0
    for name, array in sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize):
        if name == "__metadata__":
            raise ValueError('"__metadata__" cannot be the name of a tensor')
        dtype = array.dtype.newbyteorder("<")
        if dtype not in NAMES:
            raise ValueError(f"{name}: safetensors has no type for {array.dtype}")
        data = array.astype(dtype, copy=False).tobytes("C")
        header[name] = {"dtype": NAMES[dtype], "shape": list(array.shape), "data_offsets": [end, end + len(data)]}
        chunks.append(data)
        end += len(data)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    partial = Path(f"{os.fspath(path)}.part")
    with open(partial, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.writelines(chunks)
    partial.rename(path)


def read(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors, read-only views of one buffer, and the metadata. Raises ValueError where the file contradicts itself."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or 8 + length > len(data):
        raise ValueError(f"{path}: {len(data)} bytes cannot hold a header of {length}")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length:]
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"{path}: {name} has the type {entry['dtype']}; known are {', '.join(DTYPES)}")
        dtype, (begin, end) = np.dtype(DTYPES[entry["dtype"]]), entry["data_offsets"]
        if not 0 <= begin <= end <= len(body) or end - begin != dtype.itemsize * math.prod(entry["shape"]):
            raise ValueError(f"{path}: {name} {entry['shape']} does not fit bytes {begin} to {end} of {len(body)}")
        tensors[name] = np.frombuffer(body[begin:end], dtype).reshape(entry["shape"])
    return tensors, metadata
