"""The embedded servers, on real processes: each test has a home of its own below a closed folder."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal import embedded, embedded_account, processes

START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from portal.embedded import Embedded
Embedded(Path(sys.argv[1]), durable=True, want_valkey=False).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "home"
    yield folder
    embedded.Embedded(folder).stop()
    embedded_account.remove_data(folder, "postgres")


def _postgres(home: Path, **options: bool) -> embedded.Embedded:
    return embedded.Embedded(home, durable=False, want_valkey=False, **options)


def _write(url: str) -> None:
    with psycopg.connect(url) as link:
        link.execute("CREATE TABLE kept (word text)")
        link.execute("INSERT INTO kept VALUES ('Nordlicht')")


def _read(url: str) -> str:
    with psycopg.connect(url) as link:
        row = link.execute("SELECT word FROM kept").fetchone()
    assert row
    return str(row[0])


def _pid(home: Path) -> int:
    return int(json.loads((home / "run" / "postgres.json").read_text())["pid"])


def test_a_second_start_keeps_all_data(home: Path) -> None:
    _write(_postgres(home).start().database_owner)
    _postgres(home).stop()

    urls = _postgres(home).start()

    assert _read(urls.database_owner) == "Nordlicht"


def test_no_folder_above_is_opened(home: Path) -> None:
    _postgres(home).start()

    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600


def test_the_application_owns_nothing_and_may_not_truncate(home: Path) -> None:
    urls = _postgres(home).start()
    _write(urls.database_owner)

    assert _read(urls.database) == "Nordlicht"
    with psycopg.connect(urls.database, autocommit=True) as link:
        for forbidden in ("TRUNCATE kept", "DROP TABLE kept", "CREATE TABLE mine (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(forbidden)


def test_new_databases_have_the_extensions_and_privileges(home: Path) -> None:
    urls = _postgres(home).start()
    with psycopg.connect(urls.database_owner, autocommit=True) as link:
        link.execute("CREATE DATABASE test_other")
    other = urls.database_owner.removesuffix("/portal") + "/test_other"
    _write(other)

    with psycopg.connect(other) as link:
        link.execute("SET ROLE portal")
        found = {row[0] for row in link.execute("SELECT extname FROM pg_extension")}
        link.execute("INSERT INTO kept VALUES ('mehr')")
    assert {"btree_gist", "pg_trgm", "unaccent"} <= found


def test_strangers_on_the_machine_need_the_password(home: Path) -> None:
    urls = _postgres(home).start()
    guessed = urls.database.replace(urls.database.split(":")[2].split("@")[0], "guess")

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(guessed)


def test_a_kill_loses_nothing_committed(home: Path) -> None:
    servers = embedded.Embedded(home, want_valkey=False)
    _write(servers.start().database_owner)
    postmaster = psutil.Process(_pid(home))
    postmaster.kill()
    postmaster.wait(5)

    assert _read(servers.start().database_owner) == "Nordlicht"


def test_an_orphan_is_found_and_ended(home: Path) -> None:
    subprocess.run([sys.executable, "-c", START_AND_DIE, str(home)], check=False, cwd=embedded.PROJECT)
    orphan = psutil.Process(_pid(home))
    assert orphan.is_running()

    _postgres(home).start()

    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
    assert _pid(home) != orphan.pid


def test_a_server_meant_to_stay_is_left_running(home: Path) -> None:
    _postgres(home, detached=True).start()
    before = _pid(home)

    _postgres(home).start()

    assert _pid(home) == before


def test_a_pid_used_again_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Our own pid with another start time stands for a stranger's process."""
    path = tmp_path / "postgres.json"
    processes.record(path, os.getpid(), owner=None)
    assert processes.recorded(path)

    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "started": content["started"] - 60}))

    assert processes.recorded(path) is None


def test_an_unwritable_home_gets_one_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(embedded.EmbeddedError, match="PORTAL_HOME"):
        embedded.Embedded(in_the_way / "home").start()


def test_valkey_keeps_what_it_was_given_and_asks_for_the_password(home: Path) -> None:
    servers = embedded.Embedded(home, want_database=False)
    servers.start()
    shown = " ".join(psutil.Process(json.loads((home / "run" / "valkey.json").read_text())["pid"]).cmdline())
    servers.stop()

    assert servers.secret_key() not in shown
    assert "requirepass" not in shown
