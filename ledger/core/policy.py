"""Whom a verifier trusts: the log, the authorities and, later, the witnesses.

A policy is a local file of the one who checks. Whatever evidence says about trust is data and
never policy. Format: ``docs/spec/evidence.md``, section "Policy".
"""

from dataclasses import dataclass

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.checkpoint import Vkey
from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey

FORMAT = "unbroken-policy/v1"
BYTES_MAX = 65_536
AUTHORITIES_MAX = 16
WITNESSES_MAX = 16
WITNESS_CHARS_MAX = 256
_MEMBERS = frozenset({"format", "log", "authorities", "witnesses", "quorum"})


@dataclass(frozen=True)
class Policy:
    """The log's verification key, the authorities' keys, and how many witnesses must agree.

    ``witnesses`` are kept as text: this release reads no cosignatures, so a ``quorum`` above
    zero can not be met and no evidence passes such a policy.
    """

    log: Vkey
    authorities: tuple[PublicKey, ...]
    witnesses: tuple[str, ...] = ()
    quorum: int = 0

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Read a policy file: canonical JSON and one newline; `Malformed` for anything else."""
        members = _members(data)
        witnesses = _texts(members["witnesses"])
        return cls(
            log=_vkey(members["log"]),
            authorities=_authorities(members["authorities"]),
            witnesses=witnesses,
            quorum=_quorum(members["quorum"], len(witnesses)),
        )

    def as_bytes(self) -> bytes:
        """Write the policy file."""
        authorities: list[Json] = [dict(key.as_jwk()) for key in self.authorities]
        members: dict[str, Json] = {
            "format": FORMAT,
            "log": str(self.log),
            "authorities": authorities,
            "witnesses": list(self.witnesses),
            "quorum": self.quorum,
        }
        return canonical.dumps(members) + b"\n"


def _members(data: bytes) -> dict[str, Json]:
    if not data.endswith(b"\n"):
        raise Malformed("POLICY_MALFORMED", "A policy file ends with one newline.")
    value = canonical.loads(data[:-1], max_bytes=BYTES_MAX)
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise Malformed("POLICY_MALFORMED", f"A policy has exactly the members {sorted(_MEMBERS)}.")
    if value["format"] != FORMAT:
        raise Malformed("POLICY_FORMAT_UNKNOWN", f"This verifier reads policies of {FORMAT}.")
    return value


def _vkey(value: Json) -> Vkey:
    if not isinstance(value, str):
        raise Malformed("POLICY_MALFORMED", "The log is named by one verification key as text.")
    return Vkey.parse(value)


def _authorities(value: Json) -> tuple[PublicKey, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= AUTHORITIES_MAX:
        message = f"A policy names between 1 and {AUTHORITIES_MAX} authority keys."
        raise Malformed("POLICY_MALFORMED", message)
    keys = tuple(_authority(item) for item in value)
    if len({key.kid for key in keys}) != len(keys):
        raise Malformed("POLICY_MALFORMED", "A policy names each authority key once.")
    return keys


def _authority(value: Json) -> PublicKey:
    if not isinstance(value, dict):
        raise Malformed("POLICY_MALFORMED", "An authority key is a JWK object.")
    return PublicKey.parse_jwk(value)


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > WITNESSES_MAX:
        raise Malformed("POLICY_MALFORMED", f"Witnesses are a list of at most {WITNESSES_MAX}.")
    texts = tuple(item for item in value if isinstance(item, str))
    if len(texts) != len(value) or any(len(text) > WITNESS_CHARS_MAX for text in texts):
        message = f"A witness is a text of at most {WITNESS_CHARS_MAX} characters."
        raise Malformed("POLICY_MALFORMED", message)
    if len(set(texts)) != len(texts):
        raise Malformed("POLICY_MALFORMED", "A policy names each witness once.")
    return texts


def _quorum(value: Json, witnesses: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= witnesses:
        message = f"The quorum is a whole number from 0 to the number of witnesses, {witnesses}."
        raise Malformed("POLICY_MALFORMED", message)
    return value
