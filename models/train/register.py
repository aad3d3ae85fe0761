"""What else of the repository names a published network: the list in README.md, and the files of the npm package."""

import json
import re
from pathlib import Path

PACKED = 2**20
"""Bytes of a model that comes with the npm package, which stays small; larger ones are in the repository alone."""

PLACE = re.compile(r"(<!-- networks: [^\n]* -->\n)(.*?)(<!-- end of networks -->)", re.DOTALL)


def register(root: Path, name: str, title: str, accuracy: float) -> None:
    """Of the network in `root`/models/`name`. Done again, it changes nothing."""
    size = (root / "models" / name / "model.safetensors").stat().st_size
    manifest_path, readme_path = root / "package.json", root / "README.md"
    manifest = json.loads(manifest_path.read_text())
    files = [f"models/{name}/{file}" for file in ("model.safetensors", "README.md")]
    if size <= PACKED:
        manifest["files"] += [file for file in files if file not in manifest["files"]]
    packed = files[0] in manifest["files"]
    line = f"- [{title}](models/{name}/README.md): {accuracy:.2f} %, {size / 1e6:.2f} MB, {f'`hetconv/models/{name}/model.safetensors`' if packed else 'not in the npm package'}"
    readme, places = PLACE.subn(lambda match: match[1] + listed(match[2], name, line) + match[3], readme_path.read_text())
    if places != 1:
        raise SystemExit(f"{readme_path} has {places} places for networks: {PLACE.pattern}")
    manifest_path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    readme_path.write_text(readme)


def listed(text: str, name: str, line: str) -> str:
    """The list with `line` in place of an older one of that network."""
    others = [other for other in text.splitlines() if other and f"](models/{name}/" not in other]
    return "".join(f"{each}\n" for each in ["", *sorted([*others, line]), ""])
