"""What a measurement rests on, as short digests: code, models, libraries."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from pathlib import Path

LIBRARIES = ("numpy", "onnxruntime", "faiss-cpu", "bm25s", "jieba", "ir-measures", "scipy", "tokenizers")


def code_fingerprint() -> str:
    """SHA-256 over the package's own code and data."""
    home = Path(__file__).parent.parent
    files = sorted(
        p for p in home.rglob("*") if p.is_file() and (p.suffix == ".py" or p.parent.name == "data")
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def model_fingerprint() -> str:
    """SHA-256 over the networks that are bundled: the encoder's and the reader's."""
    home = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for folder in (home / "_embeddings", home.parent / "embeddings"):
        for path in sorted(folder.rglob("*.onnx")):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """The versions of the libraries that can change a result."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def digest(value: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
