#!/usr/bin/python3
"""The zoo: the networks of zoo.json, all trained by its one recipe. What is done is skipped, what was stopped goes on.

    /usr/bin/python3 models/train/zoo.py                    # what stands where
    /usr/bin/python3 models/train/zoo.py train              # trains what is missing, in the order of the table
    /usr/bin/python3 models/train/zoo.py publish            # of what is trained: model file, goldens and card into models/, and its line
                                                            # in README.md
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from card import write_card
from register import register
from training import checkpoint_path, read_checkpoint, train
from zoo_table import ROOT, Network, hetconv, read_zoo

HERE = Path(__file__).resolve().parent


class State:
    """How far the zoo is: networks that `models` holds are done, of the others the checkpoints tell."""

    def __init__(self, zoo: list[Network], models: Path):
        self.zoo, self.models = zoo, models
        self.graphs: dict[str, dict] = {}
        self.histories: dict[str, list[dict]] = {}
        for network in zoo:
            if not self.published(network):
                self.graphs[network.name] = json.loads(network.graph())
                checkpoint = read_checkpoint(self.checkpoint(network), network.recipe)
                self.histories[network.name] = checkpoint["history"] if checkpoint else []

    def folder(self, network: Network) -> Path:
        return self.models / network.name

    def published(self, network: Network) -> bool:
        return (self.folder(network) / "model.safetensors").exists()

    def checkpoint(self, network: Network) -> Path:
        return checkpoint_path(self.graphs[network.name]["name"], network.recipe)

    def trained(self, network: Network) -> bool:
        return self.published(network) or len(self.histories[network.name]) == network.recipe.epochs

    def time_left(self) -> str:
        """Of what is not trained, by the seconds that epochs took: of the network, of its architecture, of any."""
        rows = [(network, row["seconds"]) for network in self.zoo for row in self.histories.get(network.name, [])]
        seconds = 0.0
        for network in self.zoo:
            alike = [[s for other, s in rows if other.name == network.name],
                     [s for other, s in rows if other.architecture == network.architecture], [s for _, s in rows]]
            known = next((times for times in alike if times), None)
            if not self.trained(network):
                if known is None:
                    return "time left unknown"
                seconds += (network.recipe.epochs - len(self.histories[network.name])) * sum(known) / len(known)
        return f"{seconds / 3600:.1f} h left"


def show(state: State) -> None:
    for network in state.zoo:
        if state.published(network):
            print(f"{network.name:32} published")
            continue
        history = state.histories[network.name]
        last = f", loss {history[-1]['loss']:.3f}, {history[-1]['accuracy']:.2f} %" if history else ""
        print(f"{network.name:32} epoch {len(history)} of {network.recipe.epochs}{last}")
    print(f"{sum(map(state.trained, state.zoo))} of {len(state.zoo)} trained, {state.time_left()}")


def train_missing(state: State, chosen: list[Network]) -> None:
    for network in chosen:
        if state.trained(network):
            print(f"{network.name} is trained", flush=True)
            continue

        def on_epoch(history: list[dict]) -> None:
            state.histories[network.name] = history
            row = history[-1]
            print(f"{network.name} ({state.zoo.index(network) + 1} of {len(state.zoo)}): epoch {row['epoch']} of "
                  f"{network.recipe.epochs}, loss {row['loss']:.3f}, {row['accuracy']:.2f} %, {row['seconds']:.0f} s; "
                  f"all: {state.time_left()}", flush=True)

        train(state.graphs[network.name], network.recipe, on_epoch)


def publish(state: State, chosen: list[Network], threads: int) -> None:
    """Whole folders only: each is made beside its place and renamed."""
    for network in chosen:
        if state.published(network) or not state.trained(network):
            print(f"{network.name} is {'published' if state.published(network) else 'not trained yet'}", flush=True)
            continue
        folder = state.folder(network)
        partial = folder.with_name(f"{network.name}.part")
        partial.mkdir(exist_ok=True)
        model, golden = partial / "model.safetensors", partial / "golden.safetensors"
        with tempfile.TemporaryDirectory() as scratch:
            trained = Path(scratch) / "trained.safetensors"
            script("export.py", state.checkpoint(network), trained, "--threads", threads)
            hetconv("convert", str(trained), str(model))
        script("golden.py", model, golden, "--threads", threads)
        card = write_card(network, partial)
        partial.rename(folder)
        register(state.models.parent, network.name, card.title, card.accuracy)
        print(f"{folder}: {card.accuracy:.2f} % ({card.variant}), {(folder / 'model.safetensors').stat().st_size:,} bytes", flush=True)


def script(name: str, *arguments) -> None:
    subprocess.run([sys.executable, HERE / name, *map(str, arguments)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", nargs="?", choices=["status", "train", "publish"], default="status")
    parser.add_argument("names", nargs="*", help="networks (default: all of the table)")
    parser.add_argument("--table", type=Path, default=HERE / "zoo.json")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="where published networks are, beside README.md and package.json")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_intermixed_args()

    torch.set_num_threads(args.threads)
    zoo = read_zoo(args.table)
    if unknown := set(args.names) - {network.name for network in zoo}:
        raise SystemExit(f"{args.table} has no {', '.join(sorted(unknown))}")
    chosen = [network for network in zoo if not args.names or network.name in args.names]
    state = State(zoo, args.models)
    if args.action == "status":
        show(state)
    elif args.action == "train":
        train_missing(state, chosen)
    else:
        publish(state, chosen, args.threads)


if __name__ == "__main__":
    main()
