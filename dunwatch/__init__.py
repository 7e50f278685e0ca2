"""dunwatch reads debt-collection messages, in Chinese and English, and says which of them abuse, where and under which rule.

>>> import dunwatch
>>> verdict = dunwatch.load().classify("再不还钱就爆你通讯录")
>>> verdict.decision, verdict.labels
('flagged', ('threat', 'third_party_disclosure'))
"""

from dunwatch.classifier import Classifier, load
from dunwatch.errors import (
    ClusterError,
    CorpusError,
    DamagedModel,
    DunwatchError,
    InputError,
    MissingColumn,
    MissingExtra,
    ModelError,
    ModelNotFound,
    NewerModelFormat,
    OutputError,
    ResumeRefused,
    UnknownFormat,
    UnreadableInput,
    UnusableSamples,
)
from dunwatch.labels import LABEL_IDS, LABELS, Label, Rule
from dunwatch.verdict import Decision, Span, Verdict

__version__ = "0.1.0"

__all__ = [
    "LABELS",
    "LABEL_IDS",
    "Classifier",
    "ClusterError",
    "CorpusError",
    "DamagedModel",
    "Decision",
    "DunwatchError",
    "InputError",
    "Label",
    "MissingColumn",
    "MissingExtra",
    "ModelError",
    "ModelNotFound",
    "NewerModelFormat",
    "OutputError",
    "ResumeRefused",
    "Rule",
    "Span",
    "UnknownFormat",
    "UnreadableInput",
    "UnusableSamples",
    "Verdict",
    "__version__",
    "load",
]
