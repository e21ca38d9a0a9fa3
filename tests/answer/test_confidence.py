"""The logistic model of confidence."""

import pytest

from qa.answer.confidence import FEATURES, bundled, bundled_threshold, features, probability
from qa.evaluation.fitting import fit


def test_bundled_weights_cover_the_features() -> None:
    assert set(bundled()) == {"bias", *FEATURES}
    assert 0.0 < bundled_threshold() < 1.0


def test_fit_separates_right_from_wrong() -> None:
    rows = [features({"cover": c}, c, 0.1, "figure") for c in (0.1, 0.2, 0.3, 0.7, 0.8, 0.9)]
    right = [False, False, False, True, True, True]
    weights = fit(rows, right, penalty=0.01)
    assert [probability(row, weights) > 0.5 for row in rows] == right


def test_one_sort_of_outcome_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="both right and wrong"):
        fit([features({}, 0.5, 0.0, "span")], [True])


def test_probability_stays_in_range() -> None:
    assert 0.0 < probability({"score": 1e9}, {"bias": 0.0, "score": 1e9}) <= 1.0
