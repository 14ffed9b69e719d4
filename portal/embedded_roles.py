"""The two database roles of the house and the extensions it uses, as the embedded superuser makes them.

`portal_owner` owns the databases and migrates. `portal` is the application: it owns nothing, and by
default privileges reads and writes rows but may neither TRUNCATE nor change a table.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


def answers(dsn: str) -> bool:
    """Does the server take connections yet?"""
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure(dsn: str, passwords: Mapping[str, str], database: str, *, verify: bool) -> None:
    """Make roles, extensions and the database where missing. `dsn`: superuser on template1.

    Everything is made in template1 too, so that test databases are born with it.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if database in known and not verify:
            return
        _make_roles(connection, passwords)
        _furnish(connection)
        if database not in known:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER portal_owner TEMPLATE template1").format(
                    sql.Identifier(database)
                )
            )


def _make_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for name, rights in (("portal", "LOGIN"), ("portal_owner", "LOGIN CREATEDB")):
        verb = "ALTER" if name in roles else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(name), sql.SQL(rights), sql.Literal(passwords[name])
            )
        )
    # Tests connect as the owner and take the application's role.
    connection.execute("GRANT portal TO portal_owner")


def _furnish(connection: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    for grant in (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "GRANT USAGE, SELECT ON SEQUENCES",
    ):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner {} TO portal").format(sql.SQL(grant))
        )
