"""The networks of the zoo, as zoo.json lists them, and the command line that knows their graphs."""

import dataclasses
import json
import subprocess
from pathlib import Path

from training import Recipe

ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Network:
    """A row of zoo.json."""

    name: str
    architecture: str
    kind: str
    seed: int
    recipe: Recipe
    part: int | None = None
    groups: int | None = None

    def graph(self, *options: str) -> str:
        """What `hetconv graph` prints of it."""
        number = [f"--{key}={value}" for key in ("part", "groups") if (value := getattr(self, key)) is not None]
        return hetconv("graph", self.architecture, "--kind", self.kind, *number, *options)


def hetconv(*arguments: str) -> str:
    """What the built command line prints."""
    return subprocess.run(["node", ROOT / "dist/cli.js", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def read_zoo(path: Path) -> list[Network]:
    zoo = json.loads(path.read_text())
    return [Network(recipe=Recipe(seed=row["seed"], **zoo["recipe"]), **row) for row in zoo["networks"]]
