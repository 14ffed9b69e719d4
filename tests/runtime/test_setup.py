"""The set-up of bin/dev and bin/test on machines that lack something."""

import ast
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import embedded_account
from portal.embedded import PROJECT
from tests.runtime.test_dev import Dev, _free_port

COMMANDS = ("dev", "test", "check", "bench")
ROOT = os.geteuid() == 0
FIND_BROWSER = "import sys; sys.path.insert(0, 'bin'); import _tests; print(_tests._browser()['CHROMIUM'])"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("version", [(3, 6), (3, 10)])
def test_an_old_python_is_told_so(command: str, version: tuple[int, int]) -> None:
    path = PROJECT / "bin" / command
    ast.parse(path.read_text(), feature_version=(3, 4))
    pretend = f"import sys, runpy; sys.version_info = {version}; runpy.run_path({str(path)!r})"

    result = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)

    assert result.returncode == 1
    said = f"bin/{command} needs Python 3.11 or newer; {sys.executable} is {version[0]}.{version[1]}."
    assert result.stderr == said + "\n"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH without Chromium, where apt-get writes down what it was asked for and installs it."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "chmod"):
        (folder / name).symlink_to(str(shutil.which(name)))
    apt = folder / "apt-get"
    apt.write_text(
        f"""#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> {tmp_path}/asked
[ "$1" = install ] || exit 0
echo '#!/bin/sh' > {folder}/chromium
chmod +x {folder}/chromium
"""
    )
    apt.chmod(0o755)
    return folder


def _find_browser(programs: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FIND_BROWSER],
        cwd=PROJECT,
        env={"PATH": str(programs), **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not ROOT, reason="only root may install")
def test_root_gets_chromium_by_apt(programs: Path) -> None:
    found = _find_browser(programs)

    assert found.stdout.strip() == str(programs / "chromium")
    assert (programs.parent / "asked").read_text().splitlines() == [
        "noninteractive update -qq",
        "noninteractive install -qq -y --no-install-recommends chromium",
    ]


def test_without_a_browser_continuous_integration_fails_in_one_sentence(programs: Path) -> None:
    (programs / "apt-get").unlink()

    found = _find_browser(programs, CI="true")

    assert found.returncode != 0
    assert "There is no Chromium for the browser journeys; install it with: apt-get" in found.stderr


@pytest.fixture
def fresh_clone(tmp_path: Path) -> Iterator[Path]:
    """The project's own files in a folder that is closed to others, nothing installed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if (PROJECT / name).is_file():
            target = closed / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, target)
    yield closed
    embedded_account.remove_data(closed / ".local", "postgres")


@pytest.mark.slow
def test_a_fresh_clone_starts_on_a_machine_without_node_and_uv(fresh_clone: Path, tmp_path: Path) -> None:
    programs = tmp_path / "machine"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*"):
            if program.name not in ("node", "nodejs", "npm", "npx", "uv") and PROJECT not in program.parents:
                link = programs / program.name
                if not link.exists():
                    link.symlink_to(program)

    portal = Dev(
        fresh_clone / ".local",
        tmp_path / "log",
        _free_port(),
        command=fresh_clone / "bin" / "dev",
        PATH=str(programs),
        VIRTUAL_ENV="",
        PYTHONPATH="",
    )

    assert "Installing Node from its wheel" in portal.log.read_text()
    assert portal.page("/") == 200
    assert portal.end(signal.SIGTERM) < 5
