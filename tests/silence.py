"""A process in which the first try to open a socket to another machine is the last thing it does.

The kernel ends it with SIGSYS: no library, no thread of one and no code that is not Python gets round that.
Sockets of this machine's own (looking up a user's name opens one) are left alone.
Linux only, on the two processors whose numbers stand here.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys

SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's name of a processor and its number of the call `socket`, by `platform.machine()`."""
SUPPORTED = sys.platform == "linux" and platform.machine() in SOCKET
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_CALL, _PROCESSOR, _FAMILY = 0, 4, 16
"""Where a filter finds the call's number, the processor, and the first argument (little-endian)."""
_UNIX = 1
_KILL, _ALLOW = 0x80000000, 0x7FFF0000


def forbid_sockets() -> None:
    """From here on, in this thread and those it starts. Raises OSError where the system does not let us."""
    kernel, call = SOCKET[platform.machine()]
    steps = [  # Each: what to do, steps to skip if equal and if not, a value.
        (_LOAD, 0, 0, _PROCESSOR),
        (_EQUAL, 0, 4, kernel),
        (_LOAD, 0, 0, _CALL),
        (_EQUAL, 0, 2, call),
        (_LOAD, 0, 0, _FAMILY),
        (_EQUAL, 0, 1, _UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "sockets cannot be forbidden here")
