"""What is done to the runs, and what is found afterwards."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.chaos.bucket import bucket_store
from tests.benchmarks.chaos.cancels import cancel
from tests.benchmarks.chaos.lab import Lab
from tests.benchmarks.chaos.storm import Storm
from tests.benchmarks.chaos.trial import Summary, compare, under_kills
from tests.benchmarks.chaos.workers import say, wait_for_child, working
from tests.servers import PostgresDatabase, postgres_cluster, postgres_programs

ONE, TWO = "one-cpu", "two-cpu"
OUTAGE_SECONDS = 10.0


def sqlite(lab: Lab, kills: int) -> Summary:
    """One worker on SQLite."""
    return under_kills(lab, kills, lab.store(), [ONE], lab.disturbed.joinpath)


def postgres(lab: Lab, kills: int) -> Summary:
    """Two workers on PostgreSQL."""
    with _database() as database:
        store = lab.store(SPINN_DATABASE_URL=database.url)
        return under_kills(lab, kills, store, [ONE, TWO], lab.disturbed.joinpath)


def s3(lab: Lab, kills: int) -> Summary:
    """The same with the store in a bucket, and each worker as if on a machine of its own."""
    with _database() as database, bucket_store() as bucket:
        variables = bucket.variables | {"SPINN_DATABASE_URL": database.url}
        store = lab.store(bucket.url, **variables)

        def fetch(run_id: str) -> Path:
            return bucket.fetch(run_id, lab.folder / "fetched")

        return under_kills(lab, kills, store, [ONE, TWO], fetch)


def outage(lab: Lab, _: int) -> Summary:
    """The database is away for a while in the middle of a run."""
    expected, _seconds = lab.undisturbed([0])
    with _database() as database:
        store = lab.store(SPINN_DATABASE_URL=database.url)
        run_ids = [store.submit(0)]
        worker = lab.worker(store, ONE)
        with working([worker]):
            child = wait_for_child(worker)
            time.sleep(lab.rng.uniform(4.0, 8.0))
            say("the database stops")
            database.stop("immediate")
            time.sleep(OUTAGE_SECONDS)
            child_lives = child.is_running()
            database.start()
            say("the database is back")
            lost = Storm(store, [worker], lab.rng, Counter()).await_end(run_ids)
    return {
        "outage_seconds": OUTAGE_SECONDS,
        "child_lives": child_lives,
        "exits": worker.exits,
        "lost": lost,
        **compare(run_ids, expected, lab.disturbed.joinpath),
    }


SCENARIOS: dict[str, Callable[[Lab, int], Summary]] = {
    "sqlite": sqlite,
    "postgres": postgres,
    "s3": s3,
    "outage": outage,
    "cancel": cancel,
}


@contextlib.contextmanager
def _database() -> Iterator[PostgresDatabase]:
    """A database on a PostgreSQL of its own."""
    programs = postgres_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with postgres_cluster(programs) as cluster:
        yield cluster.new_database()
