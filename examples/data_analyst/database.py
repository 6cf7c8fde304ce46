"""The database: made from `seed.sql`, and opened so that SQLite itself lets nobody write.

python -m mtp_agents.examples.data_analyst.database sales.db   # make it, to look at it yourself
"""

import atexit
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from time import monotonic
from urllib.parse import quote

SEED = Path(__file__).with_name("seed.sql")
SECONDS = 5.0  # longest query
BYTES = 1_000_000  # longest text or blob that a query may make
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def make_database(path: Path) -> Path:
    """Makes the database anew."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SEED.read_text(encoding="utf-8"))
    return path


@cache
def default_database() -> Path:
    """This process's own copy; it goes when the process ends."""
    folder = tempfile.mkdtemp(prefix="data_analyst_")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_database(Path(folder) / "sales.db")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read.

    The file is opened for reading; statements that write, attach files or change settings are refused; a
    query that takes too long is stopped.
    """
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BYTES)
        connection.set_authorizer(_authorize)
        end = monotonic() + SECONDS
        connection.set_progress_handler(lambda: monotonic() > end, 10_000)
        yield connection


def rows(
    path: Path, sql: str, values: Sequence[object] = (), limit: int = 100
) -> tuple[list[str], list[tuple]]:
    """Names of the columns and the first rows of a query.

    Raises:
        sqlite3.Error: The query is wrong, writes, or takes too long.
    """
    with reading(path) as connection:
        cursor = connection.execute(sql, tuple(values))
        return [column[0] for column in cursor.description or ()], cursor.fetchmany(limit)


def schema(path: Path) -> dict[str, list[str]]:
    """Tables and their columns."""
    _, tables = rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", limit=1000)
    return {
        table: [column[1] for column in rows(path, f"PRAGMA table_info({quoted(table)})", limit=1000)[1]]
        for (table,) in tables
    }


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _authorize(action: int, first: str | None, second: str | None, *place: str | None) -> int:
    allowed = action in _READING and second != "load_extension"
    looks = action == sqlite3.SQLITE_PRAGMA and first == "table_info"
    return sqlite3.SQLITE_OK if allowed or looks else sqlite3.SQLITE_DENY


if __name__ == "__main__":
    print(make_database(Path(sys.argv[1])))
