"""Write the golden evidence files again: ``python -m tests.vectors.build_evidence``.

The files are kept for ever: whatever a later release writes, it must still read these, and say
of them what ``expected.json`` says. Add vectors; change none that a release has carried.
"""

import json
from dataclasses import replace
from pathlib import Path

from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from tests.vectors.defects import VECTORS, Vector
from tests.vectors.world import AT, World

FOLDER = Path(__file__).parent / "evidence"
WITNESS = "witness.example/w1+5d4fbd9f+BMT8JJkVxn6q8gMgkwXXjNjSTmLHHWmYQYmKTSxnQFbv"


def files() -> dict[str, bytes]:
    """Every golden file: its name and its bytes."""
    policy = World().policy
    made = {
        "policy.json": policy.as_bytes(),
        "policy-quorum.json": replace(policy, witnesses=(WITNESS,), quorum=1).as_bytes(),
    }
    expected = {}
    for name, vector in VECTORS.items():
        made[f"{name}.json"] = vector.make().as_bytes()
        expected[name] = _expected(vector)
    index = {"at": AT.isoformat(), "vectors": expected}
    made["expected.json"] = (json.dumps(index, indent=1) + "\n").encode()
    return made


def _expected(vector: Vector) -> dict[str, object]:
    policy = World().policy
    if vector.policy == "policy-quorum":
        policy = replace(policy, quorum=1)
    findings = verify(vector.make(), policy, AT, OPENSSL)
    return {
        "policy": f"{vector.policy}.json",
        "valid": findings.valid,
        "findings": sorted({(one.step, one.code) for one in findings}),
        "facts": [[fact.index, fact.entry.entry_id] for fact in findings.facts],
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
