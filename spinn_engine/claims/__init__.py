"""What an author claims, checked: by arithmetic, or against a run. Imports no torch."""

from spinn_engine.claims.reading import SHIPPED, claims_from_json, read_claims
from spinn_engine.claims.verify import verify_claims

__all__ = ["SHIPPED", "claims_from_json", "read_claims", "verify_claims"]
