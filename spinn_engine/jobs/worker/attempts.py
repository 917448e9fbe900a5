"""How often a step of a run has cost its worker's life: such a job is set aside in the end.

While a worker does a step, the run has a row in ``spinn_attempts``; it goes away when the step ends
in any orderly way. Who finds one for the step that it begins knows that the worker before it died.
"""

from __future__ import annotations

from spinn_engine.jobs.database import transaction

MOST_DEATHS = 3


def begin(run_id: str, step: str) -> int:
    """Note that a step begins; returns how many workers in a row were lost in it before.

    Raises:
        SpinnError: the job database cannot be used.
    """
    from sqlalchemy import text

    with transaction() as connection:
        return int(
            connection.execute(
                text(
                    "INSERT INTO spinn_attempts (run_id, step, deaths) VALUES (:run, :step, 0) "
                    "ON CONFLICT (run_id) DO UPDATE SET deaths = CASE "
                    "WHEN spinn_attempts.step = excluded.step THEN spinn_attempts.deaths + 1 "
                    "ELSE 0 END, step = excluded.step RETURNING deaths"
                ),
                {"run": run_id, "step": step},
            ).scalar_one()
        )


def end(run_id: str) -> None:
    """Note that the step ended in good order.

    Raises:
        SpinnError: the job database cannot be used.
    """
    from sqlalchemy import text

    with transaction() as connection:
        connection.execute(text("DELETE FROM spinn_attempts WHERE run_id = :run"), {"run": run_id})
