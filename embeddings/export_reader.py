"""Turn a trained reader (`reader.safetensors` of train_reader.py) into the model folder the runtime reads.

    python embeddings/export_reader.py RUN/reader.safetensors embeddings/reader-zh --data ../shared/dev

Writes `model.onnx` and `config.json`; the tokenizer is the encoder's and is not copied, config.json says
where it lies. Weights and inputs of all linear layers are 8-bit; what a few large channels of an input
would cost the others is first moved into the weights, as measured on training questions.
Source: Xiao et al., SmoothQuant, ICML 2023.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from reader_data import Example  # noqa: E402
from reader_model import Output, ReaderModel  # noqa: E402
from train_reader import LIMIT, encode, tensors  # noqa: E402

TOKENIZER = "multilingual-e5-small-zh/tokenizer.json"
SMOOTHING = 0.5
"""0 leaves the inputs as they are, 1 evens them out and leaves all the range to the weights."""


class ByteEmbedding(nn.Module):
    """Rows of int8 and a scale for each; the same vectors to within 1/254 of a row's largest value."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("rows", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]


class Smoothed(nn.Module):
    """A linear layer whose input channels are brought to like ranges first; it computes the same."""

    def __init__(self, linear: nn.Linear, largest: Tensor) -> None:
        super().__init__()
        weight = linear.weight.detach()
        s = largest.clamp_min(1e-3) ** SMOOTHING / weight.abs().amax(0).clamp_min(1e-4) ** (1 - SMOOTHING)
        self.register_buffer("inverse", 1 / s)
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.load_state_dict({"weight": weight * s, "bias": linear.bias.detach()})

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x * self.inverse)
        return y


class Exported(nn.Module):
    """The graph's outputs, named and shaped as those of `Output`."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, kinds: Tensor) -> tuple[Tensor, ...]:
        out: Output = self.model(ids, kinds, torch.ones_like(ids))
        return out.answerable, out.span, out.trim, out.tag, out.kind


def load(path: Path, earlier: Path | None = None, share: float = 0.0) -> ReaderModel:
    """The trained model, in evaluation mode; with `share` of the weights of an earlier run's.

    A path that ends in .pt is the checkpoint of a run under way.
    Source: Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022.
    """
    state = weights(path)
    if earlier is not None:
        old = weights(earlier)
        state = {name: torch.lerp(value, old[name], share) for name, value in state.items()}
    layers = len([name for name in state if name.endswith(".qkv.bias")])
    model = ReaderModel(state["word.weight"].shape[0], layers)
    model.load_state_dict(state)
    return model.eval()


def weights(path: Path) -> dict[str, Tensor]:
    """Weights in float32 by name."""
    if path.suffix == ".pt":
        found = torch.load(path, map_location="cpu", weights_only=True)["model"]
    else:
        found = load_file(path)
    return {name: value.float() for name, value in found.items()}


def examples(data: Path, n: int) -> Iterator[Example]:
    """n training questions, each with the beginning of its passage."""
    folder = data / "train" / "cmrc2018"
    with (folder / "passages.jsonl").open(encoding="utf-8") as file:
        texts = {row["id"]: row["text"] for row in map(json.loads, file)}
    with (folder / "questions.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, itertools.islice(file, 0, n * 40, 40)):
            yield Example(row["question"], texts[row["gold"][0]][:400], 0.0)


def smooth(model: ReaderModel, tokenizer: Tokenizer, data: Path, n: int = 48) -> None:
    """Replace the layers' linear maps by smoothed ones, by the inputs that n examples give."""
    linears = {
        (layer, name): getattr(layer, name) for layer in model.layers for name in ("qkv", "up", "down", "out")
    }
    largest: dict[nn.Module, Tensor] = {}

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen = inputs[0].abs().amax((0, 1))
        largest[module] = torch.maximum(largest.get(module, seen), seen)

    hooks = [linear.register_forward_pre_hook(note) for linear in linears.values()]
    with torch.no_grad():
        for example in examples(data, n):
            model(*tensors([encode(tokenizer, example)], "cpu")[:3])
    for hook in hooks:
        hook.remove()
    for (layer, name), linear in linears.items():
        setattr(layer, name, Smoothed(linear, largest[linear]))


def write_graph(model: ReaderModel, path: Path) -> None:
    """Trace the model into an ONNX file: ids, kinds in, all (batch, length)."""
    ids = torch.randint(5, 1000, (2, 24))
    inputs, outputs = ["ids", "kinds"], ["answerable", "span", "trim", "tag", "kind"]
    axes = {name: {0: "batch", 1: "length"} for name in (*inputs, "span", "trim", "tag")}
    axes |= {name: {0: "batch"} for name in ("answerable", "kind")}
    named = {"input_names": inputs, "output_names": outputs, "dynamic_axes": axes, "opset_version": 17}
    torch.onnx.export(Exported(model), (ids, torch.ones_like(ids)), path, dynamo=False, **named)


def rounded(full: Path, part: Path) -> onnx.ModelProto:
    """The graph in 8 bits: inputs and weights of all linear layers but the last of a block, whose inputs
    have single values too large for a common scale; those in blocks of 32 with a scale each.

    The answers of 72 development questions that stay those of the unrounded model: 97%; with every
    layer on common scales 76 to 92%, at two thirds of the time.
    """
    kept = [node.name for node in onnx.load(full).graph.node if "/down/" in node.name]
    kind = {"weight_type": QuantType.QInt8, "per_channel": True, "op_types_to_quantize": ["MatMul"]}
    quantize_dynamic(full, part, nodes_to_exclude=kept, **kind)
    config = DefaultWeightOnlyQuantConfig(block_size=32, is_symmetric=True, accuracy_level=4, bits=8)
    quantizer = MatMulNBitsQuantizer(onnx.load(part), bits=8, algo_config=config)
    quantizer.process()
    return quantizer.model.model


def export(model: ReaderModel, folder: Path, data: Path | None) -> None:
    """Write the model folder, 8-bit where `data` is there to smooth by, else as trained."""
    folder.mkdir(parents=True, exist_ok=True)
    if data is None:
        write_graph(model, folder / "model.onnx")
    else:
        tokenizer = Tokenizer.from_file(str(HERE / TOKENIZER))
        smooth(model, tokenizer, data)
        model.word = ByteEmbedding(model.word.weight.detach())  # type: ignore[assignment]
        with tempfile.TemporaryDirectory() as scratch:
            full = Path(scratch) / "full.onnx"
            write_graph(model, full)
            onnx.save(rounded(full, Path(scratch) / "part.onnx"), folder / "model.onnx")
    settings = {"tokenizer": f"../{TOKENIZER}", "max_tokens": LIMIT}
    (folder / "config.json").write_text(json.dumps(settings, indent=2) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("trained", type=Path, help="reader.safetensors, or checkpoint.pt of a run under way")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, help="folder with train/cmrc2018; without it nothing is rounded")
    parser.add_argument("--earlier", type=Path, help="reader.safetensors of the run before, to average with")
    parser.add_argument("--share", type=float, default=0.3, help="how much of the earlier one")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    export(load(options.trained, options.earlier, options.share), options.folder, options.data)


if __name__ == "__main__":
    main()
