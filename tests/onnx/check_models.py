#!/usr/bin/python3
"""Checks ONNX files, shape inference included, with onnx.checker (Debian: python3-onnx). Usage: check_models.py FOLDER"""

import sys
from pathlib import Path

import onnx

failed = 0
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    try:
        onnx.checker.check_model(onnx.load(str(path)), full_check=True)
    except Exception as error:  # whatever the checker's C++ part throws
        failed += 1
        print(f"{path.name}: {error}")
sys.exit(1 if failed else 0)
