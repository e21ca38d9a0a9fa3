"""Turn a trained reader (`reader.pt` of train_reader.py) into the model folder the runtime reads.

    python embeddings/export_reader.py RUN/reader.pt embeddings/reader-zh

Writes `model.onnx` (8-bit weights, in blocks of 32 with a scale each; word vectors 8-bit with a scale a row)
and `config.json`. The tokenizer is the encoder's and is not copied: config.json says where it lies.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from reader_model import Output, ReaderModel
from torch import Tensor, nn
from train_reader import LIMIT


class ByteEmbedding(nn.Module):
    """Rows of int8 and a scale for each; the same vectors to within 1/254 of a row's largest value."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("rows", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]


class Exported(nn.Module):
    """The graph's outputs: answerable (batch,), span (batch, length, 2), trim (batch, length, 8)."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, kinds: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out: Output = self.model(ids, kinds, present)
        return out.answerable, out.span, out.trim


def load(path: Path) -> ReaderModel:
    """The trained model, in evaluation mode."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = ReaderModel(state["model"]["word.weight"].shape[0], state.get("layers", 12))
    model.load_state_dict(state["model"])
    return model.eval()


def export(model: ReaderModel, folder: Path, bits: int) -> None:
    """Write the model folder; bits 8 or 4 for the weights, 32 leaves them as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    if bits < 32:
        model.word = ByteEmbedding(model.word.weight.detach())  # type: ignore[assignment]
    ids = torch.randint(5, 1000, (2, 24))
    names = ["ids", "kinds", "present"]
    outputs = ["answerable", "span", "trim"]
    axes = {name: {0: "batch", 1: "length"} for name in (*names, "span", "trim")}
    axes["answerable"] = {0: "batch"}
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        inputs = (ids, torch.ones_like(ids), torch.ones_like(ids))
        named = {"input_names": names, "output_names": outputs, "dynamic_axes": axes}
        torch.onnx.export(Exported(model), inputs, full, dynamo=False, **named)
        graph = onnx.load(full)
    if bits < 32:
        config = DefaultWeightOnlyQuantConfig(block_size=32, is_symmetric=True, accuracy_level=4, bits=bits)
        quantizer = MatMulNBitsQuantizer(graph, bits=bits, algo_config=config)
        quantizer.process()
        graph = quantizer.model.model
    onnx.save(graph, folder / "model.onnx")
    settings = {"tokenizer": "../multilingual-e5-small-zh/tokenizer.json", "max_tokens": LIMIT}
    (folder / "config.json").write_text(json.dumps(settings, indent=2) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trained", type=Path, help="reader.pt, or checkpoint.pt of a run under way")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bits", type=int, choices=(4, 8, 32), default=8)
    options = parser.parse_args()
    export(load(options.trained), options.folder, options.bits)


if __name__ == "__main__":
    main()
