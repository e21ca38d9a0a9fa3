"""Metrics over a set of questions: their values by hand, their intervals reproducible."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyed import DOCS, answer, asked, cite

from qa.evaluation.estimates import METRICS, REFUSALS, columns_of, estimates, statistic
from qa.evaluation.metrics import judge


def rows(*pairs: tuple[float | None, float]) -> dict[str, Any]:
    made = [
        {
            "refused": right is None,
            "answerable": True,
            "right": right,
            "confidence": p,
            "ms": 1.0 + n,
            "rss_mib": n,
        }
        for n, (right, p) in enumerate(pairs)
    ]
    return columns_of(made, [])


def one(name: str, columns: dict[str, Any]) -> float:
    return float(statistic(name, columns, np.ones((1, len(columns["refused"]))))[0])


def test_calibration_error():
    # Bins: [0.9, 1]: 2 right of 3 at 0.95; [0.5, 0.6): 0 of 1 at 0.55; the refusal does not count.
    columns = rows((1, 0.95), (1, 0.95), (0, 0.95), (0, 0.55), (None, 0.99))
    assert one("ece", columns) == pytest.approx(3 / 4 * abs(2 / 3 - 0.95) + 1 / 4 * 0.55)
    assert one("ece", rows((1, 1.0), (0, 0.0))) == 0.0


def test_area_under_the_risk_coverage_curve():
    # Risk at coverage 1/4 … 4/4: 0, 1/2, 1/3, 2/4.
    assert one("aurc", rows((1, 0.9), (0, 0.8), (1, 0.7), (0, 0.6))) == pytest.approx(
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    )
    # Equal confidences come in together, whatever their order.
    assert one("aurc", rows((1, 0.9), (0, 0.5), (1, 0.5))) == pytest.approx(1 / 3 * 0 + 2 / 3 * 1 / 3)
    assert one("aurc", rows((1, 0.5), (1, 0.9), (0, 0.5))) == pytest.approx(2 / 9)


def test_latency_and_memory():
    columns = rows(*[(1, 0.5)] * 20)  # 1 to 20 ms, 0 to 19 MiB
    assert (one("latency_p50_ms", columns), one("latency_p95_ms", columns)) == (10.0, 19.0)
    assert one("memory_mib", columns) == 19.0


def test_what_is_not_defined_is_left_out():
    found = estimates(rows((None, 0.5), (None, 0.5)), ["ece", "aurc", "refusal_recall", "refusal_precision"])
    assert found["refusal_precision"].value == 0.0
    assert list(found) == ["refusal_precision"]
    assert estimates(columns_of([], []), ["ece"]) == {}


def test_intervals_are_reproducible_and_hold_the_value():
    columns = columns_of(
        [{"refused": 0, "answerable": 1, "correct": float(n % 3 > 0)} for n in range(90)], ["correct"]
    )
    a, b, c = (estimates(columns, ["correct"], seed)["correct"] for seed in (0, 0, 3))
    assert a == b
    assert a.value == pytest.approx(60 / 90)
    assert a.n == 90
    assert c.value == a.value
    # Normal approximation of the interval: 0.667 ± 1.96 · sqrt(0.667 · 0.333 / 90).
    assert a.low == pytest.approx(0.667 - 0.097, abs=0.02)
    assert a.high == pytest.approx(0.667 + 0.097, abs=0.02)


@given(
    st.lists(
        st.tuples(st.sampled_from([None, 0.0, 1.0]), st.floats(0, 1), st.booleans()), min_size=1, max_size=30
    )
)
def test_shares_stay_between_0_and_1(answers: list[tuple[float | None, float, bool]]):
    made = [
        {"refused": right is None, "answerable": can, "right": right, "confidence": p, "correct": right}
        for right, p, can in answers
    ]
    names = ["ece", "aurc", "refusal_precision", "refusal_recall", "refusal_f1", "correct"]
    for estimate in estimates(columns_of(made, names), names).values():
        assert 0 <= estimate.low <= estimate.high <= 1
        assert -1e-12 <= estimate.value <= 1 + 1e-12


def test_means_and_refusals_are_fractions():
    due = asked(None, answerable=False, answers=(), value=None)
    rows = [
        (asked(), answer("1.25亿元", cite("税收1.25亿元"))),
        (asked(), answer("1.25亿元", cite("占地"))),
        (asked(), answer(None)),
        (due, answer(None)),
        (due, answer("x")),
    ]
    scores = [asdict(judge(q, a, DOCS)) for q, a in rows]
    names = [name for name in METRICS if name in scores[0] or name in REFUSALS]
    total = {name: e.value for name, e in estimates(columns_of(scores, names), names).items()}
    assert total["grounded"] == pytest.approx(2 / 5)
    assert total["correct"] == pytest.approx(2 / 3)
    assert total["cited"] == pytest.approx(1 / 3)
    assert total["citation_precision"] == 1 / 2
    assert (total["refusal_precision"], total["refusal_recall"], total["refusal_f1"]) == (1 / 2, 1 / 2, 1 / 2)
