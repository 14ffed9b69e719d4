"""One database per test process, copied from what its owner built, used as the application's role."""

import fcntl
import gc
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import override_settings
from django.utils import translation
from psycopg import sql

# What the tests act as; the role that owns and migrates is in DATABASE_OWNER_URL.
APPLICATION_ROLE = os.environ.get("APPLICATION_ROLE", "portal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests run with bin/test --all only."""
    if os.environ.get("PORTAL_TEST_ALL") == "1":
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs with bin/test --all"))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[None]:
    """A copy of the migrated template, used as the application's role."""
    test = settings.DATABASES["default"]["TEST"]
    name = test["NAME"]
    base = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        test["NAME"] = name = f"{name}_{worker_id}"
        base = base.parent  # what all processes of the run share
    with django_db_blocker.unblock():
        with _counted(base / "databases", +1) as before:
            if not before:
                _migrate_template(template_of(name))
        _owner_sql(DROP, COPY, name=name)
        connection.settings_dict["NAME"] = name
        _act_as_application()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _owner_sql(DROP, name=name)
        with _counted(base / "databases", -1) as before:
            if before == 1:
                _owner_sql("DROP DATABASE IF EXISTS {template}", name=name)


DROP = "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
COPY = "CREATE DATABASE {name} TEMPLATE {template}"


@contextmanager
def _counted(path: Path, step: int) -> Iterator[int]:
    """How many processes of this run used the template until now; the others wait meanwhile."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = int(file.read() or 0)
        yield before
        file.truncate(0)
        file.write(str(before + step))


def _migrate_template(name: str) -> None:
    """Once per run, as the owner: nearly all that a new database costs are its migrations."""
    test = settings.DATABASES["default"]["TEST"]
    own, test["NAME"] = test["NAME"], name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _grant_to_application()
    connection.close()
    test["NAME"] = own


def template_of(name: str) -> str:
    """The template of a run's databases, which end in ``_gw0`` and so on where it has several processes."""
    return f"{re.sub('_gw[0-9]+$', '', name)}_template"


def _owner_sql(*statements: str, name: str) -> None:
    """Run statements outside the test database; {name} and {template} are its two names."""
    database = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"],
        user=database["USER"],
        password=database["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as link:
        for statement in statements:
            try:
                link.execute(_named(statement, name))
            except psycopg.errors.InsufficientPrivilege:
                # The server's own vacuum holds the database, which only a superuser may end by force;
                # dropped without force, the server asks it to leave.
                link.execute(_named(statement.replace(" WITH (FORCE)", ""), name))


def _named(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(name=sql.Identifier(name), template=sql.Identifier(template_of(name)))


def _grant_to_application() -> None:
    """What default privileges give in the embedded server, for outside servers that have none."""
    role = connection.ops.quote_name(APPLICATION_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")


def _act_as_application() -> None:
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = f"-c role={APPLICATION_ROLE}"


@pytest.fixture
def committing_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests that commit (threads, processes): afterwards the database is made anew.

    The application's role may not TRUNCATE and triggers have no escape switch, so the
    clean state comes from the template instead.
    """
    name = settings.DATABASES["default"]["TEST"]["NAME"]
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        _owner_sql(DROP, COPY, name=name)


@pytest.fixture(scope="module")
def shared_rows(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """For a fixture that fills the database once for all tests of its module.

    Each of them starts from its rows, and its own changes are rolled back to them. Not for
    modules with tests that commit, nor with tests that expect an empty house.
    """
    _forget()
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # durable blocks are as welcome in it as in a test
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.getbasetemp() / "media"),
        around,
    ):
        yield
        transaction.set_rollback(True)


def _forget() -> None:
    """What a process keeps from the test before."""
    translation.activate(settings.LANGUAGE_CODE)  # whatever it spoke
    from accounts.house import brand

    brand.hold(brand.Snapshot())  # a house that nobody has set up


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    _forget()
    yield
    # Not cache.clear(): it empties the whole server, other test processes' sessions included.
    valkey = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    if mine := list(valkey.scan_iter(f"{cache.key_prefix}:*", count=1000)):
        valkey.delete(*mine)


@pytest.fixture
def now() -> datetime:
    """A moment with nothing special about it: Tuesday 24 November 2026, 09:00 in Berlin."""
    return datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def race() -> Callable[..., list[Any]]:
    """Start all calls at the same moment in threads of their own; their results or errors."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        barrier = Barrier(len(calls))
        results: list[Any] = [None] * len(calls)

        def one(place: int, call: Callable[[], Any]) -> None:
            barrier.wait()
            try:
                results[place] = call()
            except Exception as error:  # the racer's outcome is the result
                results[place] = error
            finally:
                connection.close()

        threads = [Thread(target=one, args=(i, call)) for i, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return results

    return run


@pytest.fixture(autouse=True)
def _nobody_woken() -> Iterator[None]:
    """Committed events wake no worker: tests run reactions themselves, when they mean to."""
    from journal import waking

    before = waking.install_wakers(waking.NOBODY)
    yield
    waking.install_wakers(before)


def errors_of(work: Any) -> list[Any]:
    """What failed at least once and is not done: parked, or about to be tried again."""
    return list(work.exclude(state="done").exclude(last_error=""))


@pytest.fixture(scope="session")
def run_reactions() -> Callable[[], int]:
    """Run all open reactions now, and what they set off in turn; how many were done.

    A reaction that fails raises here, with its error, instead of waiting for its next try.
    """
    from journal import running
    from journal.models import ReactionRun

    def run() -> int:
        done = 0
        while subjects := running.subjects_due():
            done += sum(running.run_subject(subject_id) for subject_id in subjects)
        failed = errors_of(ReactionRun.objects.values_list("reaction", "last_error"))
        assert not failed, failed
        return done

    return run


@pytest.fixture
def deliver_outbox() -> Callable[[], int]:
    """Deliver everything that waits to leave the house; how many entries were delivered."""
    from journal import outbox
    from journal.models import OutboxEntry

    def deliver() -> int:
        delivered = outbox.deliver_due()
        failed = errors_of(OutboxEntry.objects.values_list("channel", "last_error"))
        assert not failed, failed
        return delivered

    return deliver


@pytest.fixture
def clean_documents() -> Callable[[], int]:
    """Check all uploads that wait for it, as the worker would; how many those were."""
    from django.utils import timezone

    from documents import cleaning
    from documents.models import Document

    def clean() -> int:
        waiting = Document.objects.filter(state=Document.State.CHECKING).values_list("pk", flat=True)
        count = 0
        for document_id in list(waiting):
            count += 1
            cleaning.check_document(document_id=document_id, now=timezone.now())
        return count

    return clean


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path_factory: Any) -> None:
    """Uploads of tests lie in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media"
