"""The session with the Spark Connect server: one a process, with clear words where none can be had."""

from __future__ import annotations

import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from pipelines.faults import UserError
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

_PORT = 15002
_WAIT_SECONDS = 10
_CONFIGURED = {
    "spark.sql.session.timeZone": "UTC",
    # Moments of logs are in UTC without saying so, as DuckDB's are.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # A table of Parquet is made anew where its files lie.
    "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
    "spark.sql.shuffle.partitions": "8",
}
_PROBES = {
    "xxhash64": "xxhash64('a')",
    "higher-order functions": "aggregate(filter(sequence(1, 3), x -> x > 1), cast(0 as bigint), (a, x) -> a + x)",
    "get": "get(array(1), 1)",
    "try_cast": "try_cast('a' as date)",
    "from_utc_timestamp": "from_utc_timestamp(timestamp_ntz '2025-01-01 00:00:00', 'Asia/Shanghai')",
    "median": "median(1e0)",
}
"""What the models need of a server, each with an expression that has it."""


_addresses: WeakKeyDictionary[SparkSession, str] = WeakKeyDictionary()


class EngineError(UserError):
    """The engine cannot be reached or used; the message says what to do."""


def address(settings: Settings) -> str:
    """Return the address of the server for the client, the token in it.

    Raises:
        EngineError: None is set.
    """
    if not settings.spark_remote:
        raise EngineError("GUILDBOOK_ENGINE=spark needs a server: set GUILDBOOK_SPARK_REMOTE, as sc://host:15002")
    token = settings.spark_token.get_secret_value()
    return settings.spark_remote + (f"/;use_ssl=true;token={token}" if token else "")


def connect(settings: Settings) -> SparkSession:
    """Return the session of this process, after a look at whether the server answers and has what the models need.

    A session that the server no longer knows, after a restart or a long silence, is replaced by a new one.

    Raises:
        EngineError: The extra is not installed, no server answers, or it lacks something.
    """
    _look_for_server(settings)
    session = _session(settings)
    try:
        version = _version(session)
    except Exception:
        _close(session)
        session = _session(settings)
        version = _asked(settings, session)
    for name, value in _CONFIGURED.items():
        with suppress(Exception):  # a server that does not know one does not need it
            session.conf.set(name, value)
    for name, expression in _PROBES.items():
        try:
            session.sql(f"select {expression} as probe").collect()
        except Exception as error:
            raise EngineError(
                f"the server at {settings.spark_remote} (version {version}) lacks what the models need: {name}. "
                "Spark 4.0 or later, or Sail 0.7 or later, has it"
            ) from error
    from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415 - an extra

    # A server that has gone is told after seconds, not after the minutes for which the client would try again.
    session.client.set_retry_policies([DefaultPolicy(max_retries=4, max_backoff=2000)])
    return session


def is_sail(session: SparkSession) -> bool:
    """Whether the server is Sail, whose numbers of versions are below Spark's."""
    return _version(session).startswith("0.")


def _look_for_server(settings: Settings) -> None:
    parts = urlsplit(address(settings).partition("/;")[0])
    try:
        with socket.create_connection((parts.hostname or "", parts.port or _PORT), timeout=_WAIT_SECONDS):
            pass
    except OSError as error:
        raise EngineError(
            f"no Spark Connect server answers at {settings.spark_remote} ({error.strerror or error}): "
            "start it, or set GUILDBOOK_SPARK_REMOTE to where it is. What is published stays as it is"
        ) from error


def _session(settings: Settings) -> SparkSession:
    with warnings.catch_warnings(), _in_a_program():
        warnings.simplefilter("ignore")
        try:
            from pyspark.sql.connect.client import DefaultChannelBuilder  # noqa: PLC0415 - an extra
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415
        except ImportError as error:
            raise EngineError("GUILDBOOK_ENGINE=spark needs the extra: pip install 'guildbook[spark]'") from error
        if (active := SparkSession.getActiveSession()) is not None and _addresses.get(active) != address(settings):
            _close(active)
        # A connection of its own: one that other sessions share is tried again only when they would.
        channel = DefaultChannelBuilder(address(settings), [("grpc.use_local_subchannel_pool", 1)])
        session = SparkSession.builder.channelBuilder(channel).getOrCreate()
    _addresses[session] = address(settings)
    session.client.set_retry_policies([DefaultPolicy(max_retries=1, max_backoff=500)])
    return session


@contextmanager
def quiet_about_hive() -> Iterator[None]:
    """Leave out what the client warns of at each statement: dbt asks for Hive, which no server in use becomes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Failed to set spark.sql.catalogImplementation")
        yield


@contextmanager
def _in_a_program() -> Iterator[None]:
    """Give the main module a file: the client takes a process without one for its own doctests, and ends it."""
    main = sys.modules["__main__"]
    is_lent = not hasattr(main, "__file__")
    if is_lent:
        main.__file__ = sys.executable
    try:
        yield
    finally:
        if is_lent:
            del main.__file__


def _close(session: SparkSession) -> None:
    """End a session whose server may be gone: nobody waits for its answer."""
    session.client.set_retry_policies([])
    with suppress(Exception):
        session.stop()


def _version(session: SparkSession) -> str:
    return str(session.sql("select version()").collect()[0][0])


def _asked(settings: Settings, session: SparkSession) -> str:
    try:
        return _version(session)
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise EngineError(
            f"what answers at {settings.spark_remote} is no Spark Connect server, or refuses the session ({said})"
        ) from error
