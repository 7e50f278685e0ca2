"""Every error dunwatch raises on purpose, in one tree.

    DunwatchError
    ├── InputError            something the caller handed in cannot be used
    │   ├── UnknownFormat     no reader or writer for this file
    │   ├── UnreadableInput   the file is missing, empty, truncated or in no known encoding
    │   └── MissingColumn     the text column is not in the table
    ├── ModelError            the model folder cannot be used
    │   ├── ModelNotFound     no folder, or no version in use
    │   ├── DamagedModel      a file is missing or its digest differs
    │   └── NewerModelFormat  written by a later dunwatch
    ├── CorpusError           the corpus breaks one of its own rules
    └── MissingExtra          an optional dependency is not installed (also an ImportError)

Messages are one line, name the place and the cure, and never hold message text.
"""

from __future__ import annotations


class DunwatchError(Exception):
    """Base of all errors raised on purpose; its text is fit to show to a user."""


class InputError(DunwatchError):
    """Something the caller handed in cannot be used."""


class UnknownFormat(InputError):
    """No reader or writer for this file."""


class UnreadableInput(InputError):
    """The input is missing, empty, truncated or in no known encoding."""


class MissingColumn(InputError):
    """The table has no column of that name."""

    def __init__(self, place: str, wanted: str | None, present: list[str]) -> None:
        columns = ", ".join(present) or "none"
        problem = f"no column {wanted!r}" if wanted else "cannot tell which column holds the messages"
        super().__init__(f"{place}: {problem}; columns are: {columns}. Name one with --text COLUMN")


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
