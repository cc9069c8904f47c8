"""Write the golden evidence files again: ``python -m tests.vectors.build_evidence``.

The files are kept for ever: whatever a later release writes, it must still read these, and say
of them what ``expected.json`` says. Add vectors; change none that a release has carried.
"""

import json
from dataclasses import replace
from pathlib import Path

from ledger.core.checkpoint import Vkey
from ledger.core.note import WITNESS_KEY
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.tlog_policy import Group, Known
from ledger.core.verification import verify
from tests.vectors.defects import VECTORS
from tests.vectors.vector import Vector
from tests.vectors.world import AT, WITNESS, World, a_key, a_log_key

FOLDER = Path(__file__).parent / "evidence"


def _policies() -> dict[str, Policy]:
    policy = World().policy
    names = [WITNESS, "witness.example/w2", "witness.example/w3"]
    witnesses = {
        f"w{n}": Known(Vkey(name, a_log_key(name).public, WITNESS_KEY))
        for n, name in enumerate(names, start=1)
    }
    two = {"two-of-three": Group(2, tuple(witnesses))}
    one = replace(policy.trust, witnesses={"w1": witnesses["w1"]}, quorum="w1")
    most = replace(policy.trust, witnesses=witnesses, groups=two, quorum="two-of-three")
    second, third = (a_key(f"{nth} authority").public for nth in ("second", "third"))
    three = (*policy.authorities, second, third)
    return {
        "policy": policy,
        "policy-authorities": replace(policy, authorities=three, authority_quorum=2),
        "policy-changed": policy.succeeded((second, third), 2, 7),
        "policy-witness": replace(policy, trust=one),
        "policy-recent": replace(policy, trust=one, checkpoint_age_s_max=3_600),
        "policy-two-of-three": replace(policy, trust=most),
    }


POLICIES = _policies()


def files() -> dict[str, bytes]:
    """Every golden file: its name and its bytes."""
    made = {f"{name}.json": policy.as_bytes() for name, policy in POLICIES.items()}
    expected = {}
    for name, vector in VECTORS.items():
        made[f"{name}.json"] = vector.make().as_bytes()
        expected[name] = _expected(vector)
    index = {"at": AT.isoformat(), "vectors": expected}
    made["expected.json"] = (json.dumps(index, indent=1) + "\n").encode()
    return made


def _expected(vector: Vector) -> dict[str, object]:
    findings = verify(vector.make(), POLICIES[vector.policy], AT, OPENSSL)
    return {
        "policy": f"{vector.policy}.json",
        "valid": findings.valid,
        "findings": sorted({(one.step, one.code) for one in findings}),
        "facts": [[fact.index, fact.entry.entry_id] for fact in findings.facts],
        "complete_to": -1 if findings.complete_to is None else findings.complete_to,
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
