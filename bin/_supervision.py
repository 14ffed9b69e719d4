"""The five processes of the Procfile under honcho: started, watched, written down, ended to the last one."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from _setup import PROJECT, say

from portal import embedded, processes

CLIENTS_SECONDS = 2.5  # of the 5 that everything has to end in
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """honcho in a session of its own: Ctrl-C at the terminal is for bin/dev, which ends things in order."""
    say("Starting proxy, web, live, worker and beat")
    if sys.platform == "linux":
        # What honcho leaves behind when it is killed becomes our child, and is ended with the rest.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return subprocess.Popen(
        [sys.executable, "-m", "honcho", "--procfile", "Procfile", "--env", "/dev/null", "start"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def watch(honcho: subprocess.Popen[bytes], servers: embedded.Embedded) -> int:
    """Until any part has ended. Returns the exit code."""
    expected = set(servers.running())
    # honcho sees a process end when its output closes; children that outlive it keep that open.
    mains = [main for wrapper in psutil.Process(honcho.pid).children() for main in wrapper.children()]
    names = {main: main.name() for main in mains}
    while honcho.poll() is None:
        write_down(servers.home)
        lost = expected - set(servers.running())
        lost |= {name for main, name in names.items() if not _lives(main)}
        if lost:
            say(f"{' and '.join(sorted(lost))} has ended, so everything ends; nothing saved is lost.")
            return 1
        time.sleep(1)
    say("A process has ended, so everything ends; its last words are above. Start again with bin/dev")
    return 1


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_down(home: Path) -> None:
    """Every process below us by pid and start time, for a start after we were killed."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            found.append([child.pid, child.create_time()])
        except psutil.NoSuchProcess:
            continue
    record = home / "run" / "processes.json"
    text = json.dumps(found)
    if not record.exists() or record.read_text() != text:
        fresh = record.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(record)


def end(honcho: subprocess.Popen[bytes], home: Path) -> None:
    """Clients end before the servers that they talk to."""
    own = {record.process.pid for record in _server_records(home)}
    below = [
        p for p in psutil.Process().children(recursive=True) if p.pid not in own and not _is_below(p, own)
    ]
    if honcho.poll() is None:
        honcho.send_signal(signal.SIGTERM)
    else:  # killed: nobody passes the word on
        for process in below:
            processes.ask(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(below, timeout=CLIENTS_SECONDS)
    for process in alive:
        processes.ask(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=1)
    (home / "run" / "processes.json").unlink(missing_ok=True)


def _server_records(home: Path) -> list[processes.Recorded]:
    found = (processes.recorded(home / "run" / f"{name}.json") for name in ("postgres", "valkey"))
    return [record for record in found if record]


def _is_below(process: psutil.Process, pids: set[int]) -> bool:
    try:
        return any(parent.pid in pids for parent in process.parents())
    except psutil.NoSuchProcess:
        return False


def end_orphans(home: Path) -> None:
    """What an earlier bin/dev left when it was killed: exactly those pids with those start times."""
    record = home / "run" / "processes.json"
    try:
        written = json.loads(record.read_text())
    except (OSError, ValueError):
        return
    servers = {each.process.pid for each in _server_records(home)}
    orphans = [processes.same_process(pid, started=started) for pid, started in written]
    living = [p for p in orphans if p and p.pid not in servers and not _is_below(p, servers)]
    if living:
        say(f"Ending {len(living)} processes that an earlier run left behind")
    for process in living:
        processes.ask(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(living, timeout=2)
    for process in alive:
        processes.ask(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=1)
    record.unlink(missing_ok=True)
