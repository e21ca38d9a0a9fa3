"""The encoder: both paths agree, damage is told in one line, asking never imports torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import qa.models.encoder as module
from qa.errors import ModelError

FOLDER = Path(module.__file__).parents[2] / "embeddings" / module.BUNDLED
PAIRS = {
    "开发区去年的工业总产值是多少？": "该区全年完成工业总产值三百二十亿元，比上年增长百分之十二。",
    "这座桥什么时候通车？": "大桥于2009年10月建成通车，全长三公里。",
    "公司有多少名员工？": "企业现有职工一千二百人，其中技术人员占三成。",
    "誰發現了這種元素？": "这种元素由一位瑞典化学家在十八世纪发现。",
}


@pytest.fixture(scope="module")
def encoder() -> module.Encoder:
    return module.load_encoder()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors")))


def test_vectors_are_normalised_and_the_same_every_time(encoder: module.Encoder) -> None:
    texts = list(PAIRS)
    vectors = encoder.encode_queries(texts)
    assert (vectors.shape, vectors.dtype, encoder.dimension) == ((4, 384), np.dtype(np.float32), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors, np.concatenate([encoder.encode_queries([text]) for text in texts]))
    assert encoder.encode_queries([]).shape == (0, 384)


def test_each_question_finds_its_passage(encoder: module.Encoder) -> None:
    scores = encoder.encode_queries(list(PAIRS)) @ encoder.encode_passages(list(PAIRS.values())).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_both_paths_agree(encoder: module.Encoder) -> None:
    torch = module.TorchEncoder(str(FOLDER))
    passages = [*PAIRS.values(), "很长的一段文字。" * 200]
    for light, other in (
        (encoder.encode_queries(list(PAIRS)), torch.encode_queries(list(PAIRS))),
        (encoder.encode_passages(passages), torch.encode_passages(passages)),
    ):
        assert (light * other).sum(axis=1).min() > 0.9999


def test_bfloat16_agrees(encoder: module.Encoder) -> None:
    bulk = module.TorchEncoder(str(FOLDER), bfloat16=True).encode_passages(list(PAIRS.values()))
    assert (bulk * encoder.encode_passages(list(PAIRS.values()))).sum(axis=1).min() > 0.999


def test_text_beyond_the_limit_is_cut_off(encoder: module.Encoder) -> None:
    long = "开发区的企业。" * 400
    assert np.array_equal(encoder.encode_passages([long]), encoder.encode_passages([long + "另外一句"]))


def test_progress_counts_every_passage(encoder: module.Encoder) -> None:
    seen: list[tuple[str, int, int]] = []
    encoder.encode_passages(["一", "二", "三"], lambda *told: seen.append(told))
    assert seen == [("encode", n, 3) for n in (1, 2, 3)]


def test_asking_imports_no_torch() -> None:
    code = (
        "import sys; from qa.models.encoder import load_encoder; load_encoder().encode_queries(['问']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER.parent.parent
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["onnx/model.onnx", "tokenizer.json", "config_sentence_transformers.json"])
def test_fingerprint_changes_with_a_file(copied: Path, name: str) -> None:
    before = module.fingerprint(copied, ["onnx/model.onnx"])
    assert before == module.fingerprint(FOLDER, ["onnx/model.onnx"]) == module.load_encoder().fingerprint
    data = (copied / name).read_bytes()
    (copied / name).write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    assert module.fingerprint(copied, ["onnx/model.onnx"]) != before


@pytest.mark.parametrize("name", ["onnx/model.onnx", "tokenizer.json", "modules.json"])
def test_damage_is_one_clear_line(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes()[:100])
    with pytest.raises(ModelError, match=r"^Cannot read the model '.*' \(.*\)\. Reinstall it") as caught:
        module.load_encoder(str(copied))
    assert "\n" not in str(caught.value)


def test_missing_model_is_a_model_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "qa" / "models" / "encoder.py"))
    with pytest.raises(ModelError, match="is missing"):
        module.load_encoder()


def test_a_folder_tells_its_own_prompts(copied: Path, encoder: module.Encoder) -> None:
    path = copied / "config_sentence_transformers.json"
    path.write_text(json.dumps({"prompts": {"query": "问：", "document": "文："}}), encoding="utf-8")
    other = module.load_encoder(str(copied))
    assert not np.allclose(other.encode_queries(["开发区"]), encoder.encode_queries(["开发区"]))
    assert other.fingerprint != encoder.fingerprint
