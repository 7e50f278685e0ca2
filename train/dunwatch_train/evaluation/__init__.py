"""Measuring a model on messages it has not learned from."""

from dunwatch_train.evaluation.bootstrap import Figure
from dunwatch_train.evaluation.labels import Evaluation, LabelFigures, average_precisions, evaluate

__all__ = ["Evaluation", "Figure", "LabelFigures", "average_precisions", "evaluate"]
