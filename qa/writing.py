"""Files put in place whole, so that no reader and no crash ever meets half of one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import get_ident


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file (text as UTF-8): at any moment, a power cut included, the old one or the new one is there.

    It is written beside, under a name that no other process or thread takes, and forced to the disk.
    Raises OSError; nothing is left behind then.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    fresh.unlink(missing_ok=True)
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system knows of such a thing. Raises OSError."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
