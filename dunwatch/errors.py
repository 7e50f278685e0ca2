"""Every error dunwatch raises on purpose, in one tree.

    DunwatchError
    ├── InputError            something the caller handed in cannot be used
    │   ├── UnknownFormat     no reader or writer for this file
    │   ├── UnreadableInput   the file is missing, empty, truncated or in no known encoding
    │   ├── MissingColumn     the text column is not in the table
    │   └── UnusableSamples   X or y is not what the scikit-learn estimator takes (also a ValueError)
    ├── OutputError           the output cannot be written, or no longer
    ├── ResumeRefused         an unfinished run cannot be gone on with
    ├── ClusterError          the cluster cannot be reached, or cannot do the work
    ├── ModelError            the model folder cannot be used
    │   ├── ModelNotFound     no folder, or no version in use
    │   ├── DamagedModel      a file is missing or its digest differs
    │   └── NewerModelFormat  written by a later dunwatch
    ├── CorpusError           the corpus breaks one of its own rules
    └── MissingExtra          an optional dependency is not installed (also an ImportError)

Messages are one line, name the place and the cure, and never hold message text.
"""

from __future__ import annotations

from collections.abc import Callable


class DunwatchError(Exception):
    """Base of all errors raised on purpose; its text is fit to show to a user. They can be sent to other processes."""

    def __reduce__(self) -> tuple[Callable[..., DunwatchError], tuple[type[DunwatchError], str]]:
        """By class and text, whatever the constructor takes."""
        return _again, (type(self), str(self))


def _again(kind: type[DunwatchError], message: str) -> DunwatchError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    return error


class InputError(DunwatchError):
    """Something the caller handed in cannot be used."""


class UnknownFormat(InputError):
    """No reader or writer for this file."""


class UnreadableInput(InputError):
    """The input is missing, empty, truncated or in no known encoding."""


class MissingColumn(InputError):
    """The table has no column of that name."""

    def __init__(self, place: str, wanted: str | None, present: list[str], option: str = "--text") -> None:
        columns = ", ".join(" ".join(name.split()) for name in present) or "none"
        problem = f"no column {wanted!r}" if wanted else "cannot tell which column holds the messages"
        super().__init__(f"{place}: {problem}; columns are: {columns}. Name one with {option} COLUMN")


class UnusableSamples(InputError, ValueError):
    """X or y is not what the estimator takes; a ``ValueError`` too, as scikit-learn's own would be."""


class OutputError(DunwatchError):
    """The output cannot be written, or no longer: the disk is full, the folder is missing, another run is at it."""


class ResumeRefused(DunwatchError):
    """The work an interrupted run left is of other inputs, another model or other options."""


class ClusterError(DunwatchError):
    """The cluster cannot be reached, cannot see the files, or has another dunwatch or model."""


class ModelError(DunwatchError):
    """The model folder cannot be used."""


class ModelNotFound(ModelError):
    """There is no such model, or none is in use."""


class DamagedModel(ModelError):
    """A file of the model is missing or is not what the manifest says."""


class NewerModelFormat(ModelError):
    """The model was written by a later version of dunwatch."""


class CorpusError(DunwatchError):
    """The corpus breaks one of its own rules."""


class MissingExtra(DunwatchError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(f"{module} is not installed: pip install 'dunwatch[{extra}]'")
