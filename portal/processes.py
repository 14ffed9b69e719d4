"""Processes written down by pid and start time, so that a later start finds exactly its own orphans."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
from pathlib import Path
from typing import Any

import psutil

# The kernel counts start times in hundredths of a second; psutil reads them from the boot time.
SAME_START = 0.05


@dataclasses.dataclass
class Recorded:
    process: psutil.Process
    owner_pid: int | None
    owner_started: float | None
    details: dict[str, Any]

    def owner_is_gone(self) -> bool:
        """True for an orphan; False for a detached process and for one whose starter lives."""
        if self.owner_pid is None or self.owner_started is None:
            return False
        if self.owner_pid == os.getpid():
            return False
        return same_process(self.owner_pid, started=self.owner_started) is None


def record(path: Path, pid: int, *, owner: int | None, **details: Any) -> None:
    """Write down a process (atomically) and who answers for it; `owner=None` means nobody has to."""
    content = {
        "pid": pid,
        "started": psutil.Process(pid).create_time(),
        "owner_pid": owner,
        "owner_started": psutil.Process(owner).create_time() if owner else None,
        **details,
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content))
    fresh.replace(path)


def recorded(path: Path) -> Recorded | None:
    """The process written down in `path` if that very process still runs."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    process = same_process(content.pop("pid"), started=content.pop("started"))
    if process is None:
        return None
    return Recorded(process, content.pop("owner_pid"), content.pop("owner_started"), content)


def same_process(
    pid: int, *, started: float | None = None, started_near: float | None = None, name: str | None = None
) -> psutil.Process | None:
    """The process `pid` if it is still the one meant: pids are used again, start times are not.

    `started` is exact; `started_near` allows 3 s, for times that the process wrote down itself.
    """
    try:
        process = psutil.Process(pid)
        born = process.create_time()
        if process.status() == psutil.STATUS_ZOMBIE:
            process.wait(0)  # buries it if it was our child
            return None
        if name and process.name() != name:
            return None
    except psutil.Error:
        return None
    if started is not None and abs(born - started) > SAME_START:
        return None
    if started_near is not None and abs(born - started_near) > 3:
        return None
    return process


def is_zombie(pid: int) -> bool:
    """Dead, but its parent has not asked how it ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def ask(process: psutil.Process, sign: int) -> None:
    """Send a signal; a process that has ended meanwhile is no error."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(sign)


def stop(process: psutil.Process, sign: int, seconds: float) -> None:
    """Ask by signal; after `seconds` end it for good, with its children."""
    with contextlib.suppress(psutil.NoSuchProcess):
        children = process.children(recursive=True)
        process.send_signal(sign)
        if _ended(process, seconds):
            return
        for each in (process, *children):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        _ended(process, 2)


def _ended(process: psutil.Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        return process.is_running() and process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        pass
    return True
