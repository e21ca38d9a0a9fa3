"""The encoder as an ONNX graph that keeps the 4-bit blocks: nothing is quantised a second time.

The packed blocks (32 weights, one scale) are what onnxruntime's MatMulNBits and GatherBlockQuantized compute
with, so the graph holds the same numbers as the float16 folder at under a third of its size. It is written
already fused (attention, gelu, skip-layer-norm), so that a session opens without any graph optimisation.

Inputs `input_ids`, `attention_mask` int64 (batch, sequence); output `last_hidden_state` float32 (batch,
sequence, hidden). The operators of domain com.microsoft are described in onnxruntime's ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper, numpy_helper, save

BLOCK = 32
CONTRIB = "com.microsoft"


class Packed(Protocol):
    """4-bit weights: `values` -8..7 of (rows, columns), `scales` (rows, columns / 32)."""

    values: NDArray[Any]
    scales: NDArray[np.float16] | None

    def restored(self) -> NDArray[np.float32]: ...


class Graph:
    """Nodes and constants as they are added; every method returns the name of what it made."""

    def __init__(self, eps: float, accuracy: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.eps, self.accuracy = eps, accuracy

    def op(self, kind: str, inputs: Sequence[str], name: str, domain: str = "", **attributes: Any) -> str:
        node = helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes)
        self.nodes.append(node)
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def matmul(self, x: str, name: str, weight: Packed) -> str:
        """x times the transposed 4-bit matrix (out, in); element 2i of a block is the low half of byte i."""
        assert weight.scales is not None
        rows, columns = weight.values.shape
        unsigned = (weight.values + 8).astype(np.uint8).reshape(rows, columns // BLOCK, BLOCK)
        packed = self.constant(f"{name}.q4", unsigned[:, :, 0::2] | unsigned[:, :, 1::2] << 4)
        scales = self.constant(f"{name}.scale", weight.scales.astype(np.float32).ravel())
        sizes = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": self.accuracy}
        return self.op("MatMulNBits", [x, packed, scales], name, CONTRIB, **sizes)

    def add_norm(self, x: str, y: str, name: str, vectors: Sequence[NDArray[Any]]) -> str:
        """LayerNorm(x + y + bias), vectors = gamma, beta, bias."""
        names = [self.constant(f"{name}.{i}", vector) for i, vector in enumerate(vectors)]
        return self.op("SkipLayerNormalization", [x, y, *names], name, CONTRIB, epsilon=self.eps)


def _embed(graph: Graph, tensors: dict[str, Any], hidden: int) -> str:
    word = tensors["emb.word"]
    signed = (word.values & 15).astype(np.uint8)
    packed = helper.make_tensor(
        "word.q4",
        TensorProto.INT4,
        word.values.shape,
        (signed[:, 0::2] | signed[:, 1::2] << 4).tobytes(),
        raw=True,
    )
    graph.constants.append(packed)
    scales = graph.constant("word.scale", word.scales.astype(np.float32))
    axes = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK}
    words = graph.op("GatherBlockQuantized", ["word.q4", "input_ids", scales], "word", CONTRIB, **axes)
    places = tensors["emb.pos"].restored().reshape(-1, hidden) + tensors["emb.type"].restored()[:hidden]
    table = graph.constant("position", places)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    length = graph.op("Shape", ["input_ids"], "length", start=1, end=2)
    rows = graph.op("Slice", [table, zero, length, zero], "places")
    summed = graph.op("Add", [words, rows], "embedded")
    gamma = graph.constant("emb.gamma", tensors["emb.ln.w"].restored())
    beta = graph.constant("emb.beta", tensors["emb.ln.b"].restored())
    return graph.op("LayerNormalization", [summed, gamma, beta], "emb.norm", axis=-1, epsilon=graph.eps)


def _layer(graph: Graph, x: str, tensors: dict[str, Any], at: int, heads: int, last: bool) -> str:
    def get(key: str) -> Any:
        return tensors[f"l{at}.{key}"]

    name = f"l{at}"
    parts = [graph.matmul(x, f"{name}.{key}", get(f"{key}.w")) for key in "qkv"]
    bias = graph.constant(f"{name}.qkv.b", np.concatenate([get(f"{key}.b").restored() for key in "qkv"]))
    seen = graph.op("MultiHeadAttention", [*parts, bias, "mask"], f"{name}.mha", CONTRIB, num_heads=heads)
    out = graph.matmul(seen, f"{name}.ao", get("ao.w"))
    vectors = [get(key).restored() for key in ("aln.w", "aln.b", "ao.b")]
    x = graph.add_norm(x, out, f"{name}.aln", vectors)
    inner = graph.matmul(x, f"{name}.fi", get("fi.w"))
    bias = graph.constant(f"{name}.fi.b", get("fi.b").restored())
    inner = graph.op("BiasGelu", [inner, bias], f"{name}.gelu", CONTRIB)
    out = graph.matmul(inner, f"{name}.fo", get("fo.w"))
    vectors = [get(key).restored() for key in ("oln.w", "oln.b", "fo.b")]
    return graph.add_norm(x, out, "last_hidden_state" if last else f"{name}.oln", vectors)


def write_onnx(source: Any, path: Path, accuracy: int = 1) -> None:
    """Write the graph. `accuracy` is MatMulNBits' level: 1 computes in float32, 4 with int8 activations."""
    graph = Graph(source.eps, accuracy)
    graph.op("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    x = _embed(graph, source.tensors, source.hidden)
    for at in range(source.layers):
        x = _layer(graph, x, source.tensors, at, source.heads, at == source.layers - 1)
    ids = ["batch", "sequence"]
    inputs = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ids) for n in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(x, TensorProto.FLOAT, [*ids, source.hidden])
    made = helper.make_graph(graph.nodes, "multilingual-e5-small-zh", inputs, [output], graph.constants)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="yinju")
    checker.check_model(model)
    save(model, path)
