"""The libraries that run networks, imported here alone, so that they neither report nor fetch anything.

onnxruntime reports to its maker (seen with 1.32): importing it writes a device id into the user's cache
folder, and nine seconds later a thread of its own looks up a host. Only the environment stops that, and only
before the import: `disable_telemetry_events`, which the library offers, comes too late for the device id.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

SILENT = {  # Set over what the environment says: README promises it.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
}


def open_session(network: Path, basic: bool = False) -> Any:
    """An onnxruntime session of a file, on the processor; `basic` leaves out the costly optimisations.

    Raises what onnxruntime raises.
    """
    os.environ.update(SILENT)
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    if basic:
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    # Threads that wait in a busy loop cost more than they save, above all where others work too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


def sentence_transformer(model: str, fetch: bool) -> Any:
    """A model of sentence-transformers; the network is touched only to `fetch` one that is not here.

    Raises ImportError where the library is not installed, and what it raises for a model it cannot read.
    """
    os.environ.update(SILENT)
    hub, forbidden = _hub()
    hub.HF_HUB_OFFLINE = offline = forbidden or not fetch
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, local_files_only=offline)


@cache
def _hub() -> tuple[Any, bool]:
    """The switches of Hugging Face's hub, read at every request, and whether the user forbade these."""
    from huggingface_hub import constants

    return constants, bool(constants.HF_HUB_OFFLINE)
