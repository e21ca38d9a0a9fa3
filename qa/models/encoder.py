"""Texts to vectors: the bundled model through onnxruntime, any other one through sentence-transformers.

A folder with `onnx/model.onnx`, `tokenizer.json` and mean pooling takes the light path, which imports
onnxruntime and tokenizers only (torch would cost seconds per process). There every text is encoded alone, so
that its vector depends neither on its neighbours nor on padding. Large builds leave it for torch in bfloat16,
where the processor or a GPU makes that pay; both give the same vectors (cosine over 0.9999).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.models.runtimes import open_session, sentence_transformer
from qa.schema import Progress

BUNDLED = "multilingual-e5-small-zh"
Vectors = NDArray[np.float32]

BULK_CHARACTERS = 200_000
"""From here on passages go through torch. Measured per core of a Xeon with AMX: onnxruntime 1,200 tokens/s at
once, torch 2,500 tokens/s after 11 s of imports; they meet near 50,000 tokens on two cores."""

_BATCH = 16
_GRAPH, _TOKENIZER = "onnx/model.onnx", "tokenizer.json"
_WEIGHTS = (".safetensors", ".bin", ".onnx", ".model")
_CONFIGS = ("config.json", "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json")


class Encoder(Protocol):
    """What turns queries and passages into comparable vectors.

    Vectors are float32, (n, dimension), L2-normalised: their dot product is the cosine. `fingerprint` changes
    with any file that decides them; an index stores it.
    """

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...
    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors: ...


def load_encoder(model: str | None = None, fetch: bool = False) -> Encoder:
    """Open an embedding model: the bundled one (None), a sentence-transformers folder, or a name.

    A name that is no folder is looked for in the hub's cache on this machine; only with `fetch`, and where it
    is not there, on the network. Raises ModelError when the model is missing or damaged.

    >>> encoder = load_encoder()
    >>> encoder.dimension
    384
    """
    if model is None or model == BUNDLED:
        return LightEncoder(_bundled(), BUNDLED)
    folder = Path(model)
    if folder.is_dir() and _is_light(folder):
        return LightEncoder(folder, model)
    return TorchEncoder(model, fetch=fetch and not folder.is_dir())


def tokenizer_of(path: Path) -> Any:
    """The tokenizer of a file, with padding and truncation that are the caller's own.

    Encoder and reader use one vocabulary, which is read once a process: 50 ms. Raises what tokenizers raises.
    """
    path = path.resolve()
    read = _read_tokenizer(path, path.stat().st_mtime_ns)
    own = type(read)(read.model)
    own.normalizer, own.pre_tokenizer = read.normalizer, read.pre_tokenizer
    own.post_processor, own.decoder = read.post_processor, read.decoder
    added = read.get_added_tokens_decoder().values()
    own.add_special_tokens([token for token in added if token.special])
    own.add_tokens([token for token in added if not token.special])
    return own


def utf8(text: str) -> str:
    r"""A text as tokenizers take it, its length kept: ? for a lone surrogate, which a terminal can hand over.

    >>> utf8("总\ud800投资")
    '总?投资'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _read_tokenizer(path: Path, _modified: int) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


class LightEncoder:
    """A mean-pooled model folder through onnxruntime; see Encoder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self._folder = name, folder
        self.fingerprint = fingerprint(folder, [_GRAPH])
        self._prompts = _prompts(_read(folder / "config_sentence_transformers.json"))
        limit = _read(folder / "sentence_bert_config.json").get("max_seq_length") or 512
        try:
            self._tokenizer = tokenizer_of(folder / _TOKENIZER)
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(int(limit))
            self._session = open_session(folder / _GRAPH, basic=True)
        except Exception as error:  # both libraries raise their own bare exceptions
            raise ModelError(_damaged(folder, error)) from error
        self._inputs = [wanted.name for wanted in self._session.get_inputs()]
        self._output = self._session.get_outputs()[0].name
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._prompts[0], texts, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if sum(map(len, texts)) >= BULK_CHARACTERS and _bfloat16_pays() and _has_torch_weights(self._folder):
            bulk = TorchEncoder(str(self._folder), bfloat16=True)
            return bulk.encode_passages(texts, progress)
        return self._encode(self._prompts[1], texts, progress)

    def _encode(self, prompt: str, texts: Sequence[str], progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(self._tokenizer.encode(prompt + text).ids)
            if progress is not None:
                progress("encode", row + 1, len(texts))
        return vectors

    def _vector(self, ids: list[int]) -> Vectors:
        row = np.array([ids], np.int64)
        known = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        hidden = self._session.run([self._output], {name: known[name] for name in self._inputs})[0]
        mean: Vectors = hidden[0].mean(axis=0, dtype=np.float64)
        return mean / np.linalg.norm(mean)


class TorchEncoder:
    """Any sentence-transformers model; see Encoder. Needs the package sentence-transformers."""

    def __init__(self, model: str, bfloat16: bool = False, fetch: bool = False) -> None:
        self.name, self._bfloat16 = model, bfloat16
        try:
            self._model = sentence_transformer(model, fetch)
        except ImportError as error:
            package = (error.name or "sentence_transformers").replace("_", "-")
            raise ModelError(f"Model {model!r} needs {package}. Install it: pip install {package}") from error
        except Exception as error:  # whatever the model's own loader raises
            asked = fetch or Path(model).is_dir()
            raise ModelError(_damaged(model, error) if asked else _absent(model)) from error
        self._prompts = _prompts({"prompts": self._model.prompts})
        self.dimension = int(self._model.encode("", show_progress_bar=False).shape[-1])

    @cached_property
    def fingerprint(self) -> str:
        folder = Path(self.name)
        return fingerprint(folder) if folder.is_dir() else _state_fingerprint(self._model)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._prompts[0], texts, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode(self._prompts[1], texts, progress)

    def _encode(self, prompt: str, texts: Sequence[str], progress: Progress | None) -> Vectors:
        """Batches of like lengths, so that little is padded; rows come back in the order of `texts`."""
        import torch

        vectors = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
        device = self._model.device.type
        with torch.autocast(device, torch.bfloat16, enabled=self._bfloat16):
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                batch = [texts[row] for row in rows]
                vectors[rows] = self._model.encode(
                    batch, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
                )
                if progress is not None:
                    progress("encode", min(start + _BATCH, len(order)), len(order))
        return vectors


def _bfloat16_pays() -> bool:
    """Whether torch is installed and multiplies bfloat16 in hardware here; imports torch only to ask."""
    if find_spec("torch") is None or find_spec("sentence_transformers") is None:
        return False
    import torch

    amx = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    return bool(torch.cuda.is_available() or amx())


def _has_torch_weights(folder: Path) -> bool:
    return (folder / "model.safetensors").is_file()


def fingerprint(folder: Path, weights: Iterable[str] | None = None) -> str:
    """SHA-256 over the names and bytes of weights, tokenizer and configurations, 16 hexadecimal digits.

    `weights` names the weight files that are used; None takes every weight file of the folder. Raises
    ModelError when there is none or one cannot be read. 40 ms for the bundled model.
    """
    if weights is None:
        weights = sorted(p.name for p in folder.iterdir() if p.suffix in _WEIGHTS)
    names = [*weights, _TOKENIZER, *_CONFIGS, "1_Pooling/config.json"]
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                digest.update(f"{name}\0{path.stat().st_size}\0".encode())
                hashlib.file_digest(file, lambda: digest)
        except OSError as error:
            raise ModelError(_damaged(folder, error)) from error
    return digest.hexdigest()[:16]


def _state_fingerprint(model: Any) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode() + value.float().numpy().tobytes())
    return digest.hexdigest()[:16]


def _bundled() -> Path:
    """The model beside the installed package, else the one of a source checkout."""
    package = Path(__file__).parent.parent
    for folder in (package / "_embeddings" / BUNDLED, package.parent / "embeddings" / BUNDLED):
        if (folder / _GRAPH).is_file():
            return folder
    raise ModelError(f"The bundled model {BUNDLED} is missing from {package}. Reinstall the package.")


def _is_light(folder: Path) -> bool:
    """Whether onnxruntime and mean pooling give what sentence-transformers would."""
    if not (folder / _GRAPH).is_file() or not (folder / _TOKENIZER).is_file():
        return False
    modules = [str(module["type"]).rsplit(".", 1)[-1] for module in _read(folder / "modules.json", [])]
    pooling = _read(folder / "1_Pooling" / "config.json")
    modes = [key for key, value in pooling.items() if key.startswith("pooling_mode_") and value]
    mean = pooling.get("pooling_mode") == "mean" or modes == ["pooling_mode_mean_tokens"]
    return modules in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]) and mean


def _read(path: Path, default: Any = None) -> Any:
    if not path.is_file():
        return {} if default is None else default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(_damaged(path, error)) from error


def _prompts(config: dict[str, Any]) -> tuple[str, str]:
    """What stands before a query and before a passage; empty when the model says nothing."""
    prompts = config.get("prompts") or {}
    named = (prompts.get(name) for name in ("passage", "document", "corpus"))
    return str(prompts.get("query") or ""), str(next((prompt for prompt in named if prompt), ""))


def _absent(model: str) -> str:
    return f"The model {model!r} is not on this machine. To fetch it: qa index DOCS --model {model}"


def _damaged(where: Path | str, error: Exception) -> str:
    cause = " ".join(str(error).split())[:160]
    return f"Cannot read the model {str(where)!r} ({cause}). Reinstall it or name another with --model."
