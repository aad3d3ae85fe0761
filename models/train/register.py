"""What else of the repository names a published network: the list in README.md."""

import json
import re
from pathlib import Path

PLACE = re.compile(r"(<!-- networks: [^\n]* -->\n)(.*?)(<!-- end of networks -->)", re.DOTALL)


def register(root: Path, name: str, title: str, accuracy: float) -> None:
    """Of the network in `root`/models/`name`. Done again, it changes nothing."""
    model, readme_path = f"models/{name}/model.safetensors", root / "README.md"
    packed = model in json.loads((root / "package.json").read_text())["files"]
    size = (root / model).stat().st_size
    line = f"- [{title}](models/{name}/README.md): {accuracy:.2f} %, {size / 1e6:.2f} MB{', in the npm package' if packed else ''}"
    readme, places = PLACE.subn(lambda match: match[1] + listed(match[2], name, line) + match[3], readme_path.read_text())
    if places != 1:
        raise SystemExit(f"{readme_path} has {places} places for networks: {PLACE.pattern}")
    readme_path.write_text(readme)


def listed(text: str, name: str, line: str) -> str:
    """The list with `line` in place of an older one of that network."""
    others = [other for other in text.splitlines() if other and f"](models/{name}/" not in other]
    return "".join(f"{each}\n" for each in ["", *sorted([*others, line]), ""])
