"""Whom a verifier trusts: the log and its witnesses, the authorities.

A policy is a local file of the one who checks. Whatever evidence says about trust is data and
never policy. Format: ``docs/spec/evidence.md``, section "Policy".
"""

from dataclasses import dataclass
from datetime import timedelta

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.checkpoint import Vkey
from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey
from ledger.core.tlog_policy import NONE, Known, TlogPolicy

FORMAT = "unbroken-policy/v1"
BYTES_MAX = 65_536
AUTHORITIES_MAX = 16
LINES_MAX = 256
_AGE_S_MAX = 10**10  # three centuries
_MEMBERS = frozenset({"format", "trust", "authorities", "authority_quorum", "checkpoint_age_s_max"})


@dataclass(frozen=True)
class Policy:
    """The log and the witnesses (C2SP tlog-policy), and the authorities' keys.

    ``authority_quorum`` of the authorities must agree to what an authority says in the registry.
    A witnessed checkpoint may be ``checkpoint_age_s_max`` seconds old; 0 for any age, and where no
    witness is asked for, whose clock could say it.
    """

    trust: TlogPolicy
    authorities: tuple[PublicKey, ...]
    authority_quorum: int = 1
    checkpoint_age_s_max: int = 0

    def __post_init__(self) -> None:
        if len(self.trust.logs) != 1:
            raise _bad(f"A policy is about one log, not {len(self.trust.logs)}.")
        if not 1 <= len({key.kid for key in self.authorities}) == len(self.authorities):
            raise _bad("A policy names each authority key once.")
        if not 1 <= self.authority_quorum <= len(self.authorities):
            raise _bad("The quorum of authorities is from 1 to the number of their keys.")
        if not 0 <= self.checkpoint_age_s_max <= _AGE_S_MAX:
            raise _bad(f"The age of a checkpoint is from 0 to {_AGE_S_MAX} seconds.")
        if self.checkpoint_age_s_max and self.trust.quorum == NONE:
            raise _bad("Only a quorum of witnesses can say how old a checkpoint is.")

    @classmethod
    def trusting(cls, log: Vkey, *authorities: PublicKey) -> "Policy":
        """Trust this log and each of these authorities, and ask for no witness."""
        return cls(TlogPolicy((Known(log),)), authorities)

    @property
    def log(self) -> Vkey:
        """The log's key."""
        return self.trust.logs[0].vkey

    @property
    def checkpoint_age_max(self) -> timedelta | None:
        """How old a witnessed checkpoint may be; None for any age."""
        return timedelta(seconds=self.checkpoint_age_s_max) or None

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Read a policy file: canonical JSON and one newline; `Malformed` for anything else."""
        members = _members(data)
        return cls(
            trust=_trust(members["trust"]),
            authorities=_authorities(members["authorities"]),
            authority_quorum=_number(members["authority_quorum"]),
            checkpoint_age_s_max=_number(members["checkpoint_age_s_max"]),
        )

    def as_bytes(self) -> bytes:
        """Write the policy file."""
        authorities: list[Json] = [dict(key.as_jwk()) for key in self.authorities]
        members: dict[str, Json] = {
            "format": FORMAT,
            "trust": list(self.trust.as_lines()),
            "authorities": authorities,
            "authority_quorum": self.authority_quorum,
            "checkpoint_age_s_max": self.checkpoint_age_s_max,
        }
        return canonical.dumps(members) + b"\n"


def _members(data: bytes) -> dict[str, Json]:
    if not data.endswith(b"\n"):
        raise _bad("A policy file ends with one newline.")
    value = canonical.loads(data[:-1], max_bytes=BYTES_MAX)
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise _bad(f"A policy has exactly the members {sorted(_MEMBERS)}.")
    if value["format"] != FORMAT:
        raise Malformed("POLICY_FORMAT_UNKNOWN", f"This verifier reads policies of {FORMAT}.")
    return value


def _trust(value: Json) -> TlogPolicy:
    if not isinstance(value, list) or len(value) > LINES_MAX:
        raise _bad(f"Trust is the lines of a tlog-policy, at most {LINES_MAX}.")
    lines = [line for line in value if isinstance(line, str)]
    if len(lines) != len(value):
        raise _bad("Each line of a tlog-policy is a text.")
    return TlogPolicy.parse("\n".join(lines))


def _authorities(value: Json) -> tuple[PublicKey, ...]:
    if not isinstance(value, list) or len(value) > AUTHORITIES_MAX:
        raise _bad(f"A policy names between 1 and {AUTHORITIES_MAX} authority keys.")
    return tuple(PublicKey.parse_jwk(item) for item in value)


def _number(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad("The quorum of authorities and the age of a checkpoint are whole numbers.")
    return value


def _bad(message: str) -> Malformed:
    return Malformed("POLICY_MALFORMED", message)
