"""A claims file, read: sentences of a paper in a form that can be checked.

    {"title": "...", "source": "where the claims stand",
     "claims": [{"claim": "The dense network has 666,882 parameters.",
                 "quantity": "params", "value": "666882",
                 "inputs": 18, "hidden": [512, 512, 512, 256], "outputs": 2}]}

``value`` is the number as it is printed, better in quotes: "0.9030" states one digit more than
"0.903", and the tolerance is half a unit of the last digit unless ``tolerance`` gives another.
``unit`` is ``%`` for shares, ``B``, ``KB`` (1000 bytes) ... or ``KiB`` (1024) ... for bytes,
``us``, ``ms`` or ``s`` for times. What else a claim has to name depends on its quantity: see
``QUANTITIES`` and ``docs/claims.md``. ``needs`` says what a run has to be like for the claim to be
about it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from spinn_engine.application import application_folder
from spinn_engine.claims.claim import Claim, parse_claims
from spinn_engine.claims.own_numbers import claims_of_result
from spinn_engine.claims.own_result import is_result
from spinn_engine.errors import BadInputError, one_sentence
from spinn_engine.guarded.texts import read_text, strict_json
from spinn_engine.spec.reading import Part

SHIPPED: Final = {"paper": application_folder() / "assets" / "claims" / "spinn_paper.json"}


class _ClaimsFile(Part):
    title: str = ""
    source: str | None = None
    claims: Annotated[list[Any], Field(min_length=1)]


def read_claims(path: Path) -> list[Claim]:
    """The claims of a file, or of one that ships with the program, by its name in ``SHIPPED``.

    A run's own ``spinn_structured_metrics.json`` is read as claims too: see ``own_numbers``.

    Raises:
        BadInputError: the file cannot be read or is no claims file, or a claim is not one.
    """
    text = read_text(SHIPPED.get(str(path), path), "claims file")
    return claims_from_json(text, str(path))


def claims_from_json(text: str, where: str) -> list[Claim]:
    """The claims of a file that is read already (same errors, which begin with ``where``)."""
    try:
        given = strict_json(text, Decimal)
        if is_result(given):
            return claims_of_result(given, where)
        file = _ClaimsFile.model_validate(given)
    except ValidationError as error:
        raise BadInputError(f"{where}: not a claims file: {one_sentence(error)}") from None
    except ValueError as error:
        raise BadInputError(f"{where}: not a claims file, for it is no JSON: {error}") from None
    return [
        claim if claim.source else claim.model_copy(update={"source": file.source})
        for claim in parse_claims(file.claims, where)
    ]
