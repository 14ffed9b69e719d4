"""Seeing from a test who waits for whom in the database."""

from django.db import connection


def somebody_waits_for_me() -> bool:
    """Whether another connection stands at a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_locks
               WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"""
        )
        (waiting,) = cursor.fetchone()
        return bool(waiting)
