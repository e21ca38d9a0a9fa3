"""Errors that a user can cause: one line of what, where and what to do next."""


class QAError(Exception):
    """Any error this library raises on purpose; its text is one line for the user."""


def check_text(value: object, what: str) -> None:
    """Raise InputError unless a value is a string; `what` names it, as a sentence begins."""
    if not isinstance(value, str):
        raise InputError(f"{what} must be a string, found {type(value).__name__}.")


class LoadError(QAError):
    """A source file or folder cannot be read as a document."""


class StoreError(QAError):
    """An index is missing, damaged, locked, or made by something incompatible."""


class ModelError(QAError):
    """An embedding model is missing, damaged or not the one the index was built with."""


class InputError(QAError):
    """A question, an option or a question file is not usable."""
