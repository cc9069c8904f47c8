"""What the machine gives at best, measured in the same run: no way of ours can be faster."""

import threading
import time
from collections.abc import Callable

import psycopg2
from django.db import connection

from ledger.core.signatures import OPENSSL, PrivateKey

MESSAGE = b"x" * 1000


def verifications_per_s(seconds: float) -> float:
    """ES256 verifications by OpenSSL on one core, of a message as long as an entry."""
    key = PrivateKey.generate()
    signature, public = key.sign(MESSAGE), key.public
    return _rate(seconds, lambda: OPENSSL.es256(public, MESSAGE, signature))


def commits_per_s(clients: int, seconds: float) -> float:
    """Transactions of one inserted row of an entry's length, each made durable."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (a bytea)")
    rates: list[float] = []
    threads = [
        threading.Thread(target=lambda: rates.append(_commits(seconds))) for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_row")
    return sum(rates)


def _commits(seconds: float) -> float:
    settings = connection.settings_dict
    names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    server = psycopg2.connect(**{name: settings[key] for name, key in names.items()})
    server.autocommit = True
    with server.cursor() as cursor:
        rate = _rate(
            seconds, lambda: cursor.execute("INSERT INTO bench_row VALUES (%s)", (MESSAGE,))
        )
    server.close()
    return rate


def _rate(seconds: float, act: Callable[[], object]) -> float:
    done, start = 0, time.perf_counter()
    while (now := time.perf_counter()) < start + seconds:
        act()
        done += 1
    return done / (now - start)
