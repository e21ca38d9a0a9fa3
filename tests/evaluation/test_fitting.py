"""The arithmetic of calibration, by hand: weights, scales, thresholds, what is reported."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.confidence import Quality
from qa.answer.ranker import Scale
from qa.evaluation.fitting import (
    FOLDS,
    Outcome,
    best_threshold,
    calibrated,
    cross_validated,
    folds_of,
    quality,
    rescaled,
    thresholds,
    weighed,
)

PLAIN = Scale(1.0, 0.0, 0.5)


def outcome(thread: str, p: float | None, right: bool, due: bool = False, hidden: bool = False) -> Outcome:
    """An answer that is right with probability `p` on the plain scale; None: nothing was found."""
    return Outcome(thread, hidden, due, None if p is None else math.log(p / (1 - p)), right)


def confidences(found: list[Outcome]) -> list[float]:
    return [o.confidence(PLAIN) for o in found]


def test_nothing_found_has_no_confidence() -> None:
    assert outcome("a", None, False).confidence(PLAIN) == 0.0
    assert outcome("a", 0.3, True).confidence(PLAIN) == pytest.approx(0.3)


def test_refusals_that_are_due_count_as_much_as_such_questions_are_asked() -> None:
    answerable = [outcome(f"a{n}", 0.5, True) for n in range(8)]
    hidden = [outcome(f"a{n}", 0.5, False, True, True) for n in range(8)]
    assert [o.weight for o in weighed(answerable + hidden)] == [1.0] * 8 + [0.25] * 8  # 2 in 10
    none = [outcome(f"n{n}", 0.5, False, True) for n in range(8)]
    assert [o.weight for o in weighed(answerable + hidden + none)] == [1.0] * 8 + [0.5] * 16  # 8 in 16
    assert [o.weight for o in weighed(weighed(answerable + hidden))] == [1.0] * 8 + [0.25] * 8
    assert [o.weight for o in weighed(answerable)] == [1.0] * 8 == [o.weight for o in weighed(none)]


def test_the_threshold_nearest_to_a_wish_where_refusing_is_best() -> None:
    found = [outcome(f"r{n}", 0.705, True) for n in range(9)]
    found += [outcome(f"w{n}", 0.295, False, True) for n in range(9)]
    p = confidences(found)
    assert [best_threshold(found, p, near) for near in (0.1, 0.6, 0.9)] == [0.3, 0.6, 0.7]  # 0.30 to 0.70


def test_quality_is_the_written_arithmetic() -> None:
    found = [outcome("a", 0.9, True), outcome("b", 0.6, False), outcome("c", 0.6, False, due=True)]
    found += [outcome("d", None, False, due=True)]
    p = confidences(found)
    # The errors of the bins: |1 - 0.9| + |0 - 1.2| over three answers; b is wrong either way.
    assert quality(found, p, 0.5, [0.5] * 4) == Quality(0.5, 0.4333, 0.5, 0.5)
    assert quality(found, p, 0.7, [0.7] * 4) == Quality(0.7, 0.4333, 0.75, 1.0)
    assert quality(found[:2], p[:2], 0.5, [0.5] * 2).refusal_recall == 1.0


def test_both_askings_of_a_question_stay_in_one_fold() -> None:
    found = [outcome(f"q{n % 20}", 0.5, True) for n in range(40)]
    folds = folds_of(found)
    assert folds[:20] == folds[20:] and sorted(folds) == sorted([*range(FOLDS)] * 4)


def test_a_scale_is_drawn_to_the_outcomes_as_far_as_they_are_many() -> None:
    few = [outcome(f"{n}", 0.9, n % 2 == 0) for n in range(4)]
    many = [outcome(f"{n}", 0.9, n % 2 == 0) for n in range(400)]
    little, much = (rescaled(found, PLAIN).probability(math.log(9)) for found in (few, many))
    assert 0.5 < much < 0.55 < little < 0.9
    heavy = [Outcome(o.thread, False, False, o.score, o.right, 100.0 if o.right else 1.0) for o in few]
    assert rescaled(heavy, PLAIN).probability(math.log(9)) > little
    assert rescaled(few, Scale(1.0, 0.0, 0.3)).threshold == 0.3


@pytest.mark.parametrize("right", [True, False])
def test_outcomes_of_one_sort_move_nothing(right: bool) -> None:
    assert rescaled([outcome("a", 0.2, right), outcome("b", 0.9, right)], PLAIN) == PLAIN
    assert rescaled([outcome("a", None, False), outcome("b", 0.9, True)], PLAIN) == PLAIN


def test_no_outcome_is_judged_by_a_scale_that_saw_it() -> None:
    found = [outcome(f"{n}", 0.5, n % 2 == 0) for n in range(40)]
    before = cross_validated(found, PLAIN)
    one = 7
    turned = [o if i != one else outcome(o.thread, 0.5, not o.right) for i, o in enumerate(found)]
    after = cross_validated(turned, PLAIN)
    assert after[one] == before[one]
    same = [f == folds_of(found)[one] for f in folds_of(found)]
    assert [a == b for a, b in zip(after, before, strict=True)] == same
    assert len(set(thresholds(found, before, 0.5))) >= 1 and len(thresholds(found, before, 0.5)) == 40


OUTCOMES = st.lists(
    st.builds(
        outcome,
        st.sampled_from([f"t{n}" for n in range(15)]),
        st.one_of(st.none(), st.floats(0.01, 0.99)),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    min_size=12,
    max_size=40,
)


@given(OUTCOMES, st.floats(0.05, 0.95))
def test_whatever_came_out_numbers_stay_in_range(found: list[Outcome], near: float) -> None:
    # As they come about: with hidden evidence a refusal is due, and no answer is right where one is.
    found = [replace(o, due=o.due or o.hidden) for o in found]
    found = weighed([replace(o, right=o.right and not o.due and o.score is not None) for o in found])
    p = confidences(found)
    threshold = best_threshold(found, p, near)
    assert 0.05 <= threshold <= 0.95
    told = quality(found, p, threshold, [threshold] * len(p))
    assert all(0 <= v <= 1 for v in (told.ece, told.grounded, told.refusal_recall))
    assert sorted(set(folds_of(found))) == list(range(min(FOLDS, len({o.thread for o in found}))))


def test_the_same_outcomes_give_the_same_scale() -> None:
    found = weighed([outcome(f"{n}", 0.05 + n / 40, n % 3 > 0, hidden=n % 5 == 0) for n in range(36)])
    scale, told = calibrated(found, PLAIN)
    assert (scale, told) == calibrated(found, PLAIN)
    assert scale.slope >= 0.05 and math.isfinite(scale.shift) and told.threshold == scale.threshold


def test_one_long_conversation_is_no_fold_of_its_own() -> None:
    found = [outcome("one", 0.9, n % 3 > 0) for n in range(12)]
    scale, told = calibrated(found, Scale(1.0, 0.0, 0.4))
    assert thresholds(found, confidences(found), 0.4) == [0.4] * 12
    assert 0 <= told.grounded <= 1 and scale.slope > 0


def test_answers_told_apart_get_a_threshold_between_them() -> None:
    found = [outcome(f"r{n}", 0.9, True) for n in range(30)] + [
        outcome(f"w{n}", 0.6, False, True) for n in range(30)
    ]
    scale, told = calibrated(found, PLAIN)
    low, high = (scale.probability(math.log(p / (1 - p))) for p in (0.6, 0.9))
    assert low < scale.threshold <= high and told.grounded == 1.0
    assert low < 0.4 < 0.8 < high and told.ece < 0.25
