"""From a typed command to the virtual environment's Python: options, set-up, hand-over."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import _setup
from _setup import Problem

DEV = """Makes .venv, installs what is pinned, builds the front end, starts PostgreSQL and Valkey
(unless DATABASE_URL / VALKEY_URL name others), migrates, loads the demo into an empty
database and runs the portal until Ctrl-C."""


def dev(arguments: Sequence[str]) -> None:
    """bin/dev"""
    parser = argparse.ArgumentParser(prog="bin/dev", description=DEV)
    parser.add_argument("--reset", action="store_true", help="delete all data first (asks)")
    parser.add_argument("--empty", action="store_true", help="do not load the demo")
    parser.add_argument("--yes", action="store_true", help=argparse.SUPPRESS)
    parser.parse_args(arguments)
    _guarded(lambda: _check_port(), lambda: _setup.prepare("requirements.txt"))
    _hand_over("_house.py", arguments)


def test(arguments: Sequence[str]) -> None:
    """bin/test"""
    parser = argparse.ArgumentParser(
        prog="bin/test", description="Runs every test in parallel; other options go to pytest."
    )
    parser.add_argument("--all", action="store_true", help="the long ones too: English, phone, whole schema")
    parser.parse_known_args(arguments)
    _guarded(lambda: _setup.prepare("requirements-dev.txt"))
    _hand_over("_tests.py", arguments)


def check(arguments: Sequence[str]) -> None:
    """bin/check"""
    parser = argparse.ArgumentParser(
        prog="bin/check", description="Lint, format, types, layers, schema, translations."
    )
    parser.add_argument("name", nargs="*", help="only these checks")
    parser.parse_args(arguments)
    _guarded(lambda: _setup.prepare("requirements-dev.txt"))
    _hand_over("_checks.py", arguments)


def bench(arguments: Sequence[str]) -> None:
    """bin/bench"""
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="One JSON line per case on stdout, a table on stderr."
    )
    parser.add_argument("name", nargs="*", help="only these benches")
    parser.parse_args(arguments)
    _guarded(lambda: _setup.prepare("requirements-dev.txt"))
    _hand_over("_benches.py", arguments)


def _guarded(*steps: Callable[[], Any]) -> None:
    """Steps that end in one sentence when they fail, and leave nothing running when stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for step in steps:
            step()
    except Problem as problem:
        sys.exit(str(problem))
    except PermissionError as error:
        sys.exit(f"Cannot write to {error.filename}; make it writable for you, or clone into another folder.")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def _check_port() -> None:
    """Before three minutes of set-up: is the port there for us?"""
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise Problem(f"PORT={given} is no port number; choose one from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except PermissionError:
            raise Problem(
                f"Port {given} needs root; choose one above 1023, such as PORT=8000 bin/dev."
            ) from None
        except OSError:
            other = int(given) + 1 if int(given) < 65535 else 8000
            raise Problem(
                f"Port {given} is in use; stop what listens there or choose another: PORT={other} bin/dev"
            ) from None


def _hand_over(script: str, arguments: Sequence[str]) -> NoReturn:
    os.chdir(_setup.PROJECT)
    environment = {
        **os.environ,
        "PATH": f"{_setup.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(_setup.PROJECT),
        "VIRTUAL_ENV": str(_setup.VENV),
    }
    os.execve(
        _setup.PYTHON, [str(_setup.PYTHON), str(_setup.PROJECT / "bin" / script), *arguments], environment
    )
