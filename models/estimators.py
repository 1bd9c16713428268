"""Estimators that scikit-learn lacks, with its interface: isotonic on one feature, SVM with probabilities."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC


class IsotonicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Probability of churn as a non-decreasing step function of one feature."""

    def fit(self, x: pd.DataFrame, y: np.ndarray) -> Self:
        """Fit on a frame of one column, shape (n, 1), and labels of shape (n,)."""
        self.classes_ = np.array([0, 1])
        self.isotonic_ = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(np.ravel(x), y)
        return self

    def predict_proba(self, x: pd.DataFrame) -> np.ndarray:
        """Return probabilities of staying and of churn, shape (n, 2)."""
        churn = self.isotonic_.predict(np.ravel(x))
        return np.column_stack([1 - churn, churn])


class SvmClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Linear support vector machine whose distance from the boundary becomes a probability (Platt).

    ``coef_`` and ``intercept_`` give the log-odds of churn, so it is explained as a logistic regression is.
    """

    def __init__(self, C: float = 1.0, random_state: int | None = None) -> None:  # noqa: N803 - scikit-learn's name
        """Set the strength of the fit (a smaller C holds weights smaller) and the seed of the solver."""
        self.C = C
        self.random_state = random_state

    def fit(self, x: np.ndarray, y: np.ndarray) -> Self:
        """Fit on standardised features, shape (n, m), and labels of shape (n,)."""
        self.classes_ = np.array([0, 1])
        svm = LinearSVC(C=self.C, dual=False, random_state=self.random_state).fit(x, y)
        platt = LogisticRegression(C=1e6).fit(svm.decision_function(x).reshape(-1, 1), y)
        slope = float(platt.coef_[0, 0])
        self.coef_ = slope * svm.coef_
        self.intercept_ = slope * svm.intercept_ + platt.intercept_
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Return probabilities of staying and of churn, shape (n, 2)."""
        churn = expit(x @ self.coef_[0] + self.intercept_[0])
        return np.column_stack([1 - churn, churn])
