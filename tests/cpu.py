"""A limit on the time of the processor, which a busy machine does not shorten; patterns of `re` heed it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(Exception):
    """More of the processor's time was taken than allowed."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow in what takes more of it; no limit where the system has no such clock."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
