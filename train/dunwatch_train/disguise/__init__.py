"""Disguises that writers put on words, made by program: to learn from some and to attack the model with others."""

from dunwatch_train.disguise.apply import DISGUISES, Disguise, disguised, sensitive_stretches
from dunwatch_train.disguise.side import Side

__all__ = ["DISGUISES", "Disguise", "Side", "disguised", "sensitive_stretches"]
