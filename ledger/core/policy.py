"""Whom a verifier trusts: the log and its witnesses, the authorities.

A policy is a local file of the one who checks. Whatever evidence says about trust is data and
never policy. Format: ``docs/spec/evidence.md``, section "Policy".
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.checkpoint import Vkey
from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey
from ledger.core.terms import Term, bad, check_order, read_authorities, read_number
from ledger.core.tlog_policy import NONE, Known, TlogPolicy

BYTES_MAX = 65_536
LINES_MAX = 256
_AGE_S_MAX = 10**10  # three centuries
_FORMAT = "unbroken-policy/v{}"
_FIRST = frozenset({"format", "trust", "authorities", "authority_quorum", "checkpoint_age_s_max"})
_MEMBERS = {1: _FIRST, 2: _FIRST | {"since", "former"}}
"""By the version of the format; the second is for authorities that changed."""


@dataclass(frozen=True)
class Policy:
    """The log and the witnesses (C2SP tlog-policy), and the authorities' keys.

    ``authority_quorum`` of the authorities must agree to what an authority says in the registry,
    from the index ``since`` of the log on; before it those of the ``former`` terms.
    A witnessed checkpoint may be ``checkpoint_age_s_max`` seconds old; 0 for any age, and where no
    witness is asked for, whose clock could say it.
    """

    trust: TlogPolicy
    authorities: tuple[PublicKey, ...]
    authority_quorum: int = 1
    checkpoint_age_s_max: int = 0
    since: int = 0
    former: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        if len(self.trust.logs) != 1:
            raise bad(f"A policy is about one log, not {len(self.trust.logs)}.")
        check_order(self.terms)
        if not 0 <= self.checkpoint_age_s_max <= _AGE_S_MAX:
            raise bad(f"The age of a checkpoint is from 0 to {_AGE_S_MAX} seconds.")
        if self.checkpoint_age_s_max and self.trust.quorum == NONE:
            raise bad("Only a quorum of witnesses can say how old a checkpoint is.")

    @classmethod
    def trusting(cls, log: Vkey, *authorities: PublicKey) -> "Policy":
        """Trust this log and each of these authorities, and ask for no witness."""
        return cls(TlogPolicy((Known(log),)), authorities)

    def succeeded(self, authorities: tuple[PublicKey, ...], quorum: int, since: int) -> "Policy":
        """Give the policy under which others are the authorities from an index on."""
        return replace(
            self, authorities=authorities, authority_quorum=quorum, since=since, former=self.terms
        )

    @property
    def terms(self) -> tuple[Term, ...]:
        """The authorities, from the first index of the log on."""
        return (*self.former, Term(self.authorities, self.authority_quorum, self.since))

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
            authorities=read_authorities(members["authorities"]),
            authority_quorum=read_number(members["authority_quorum"]),
            checkpoint_age_s_max=read_number(members["checkpoint_age_s_max"]),
            since=read_number(members.get("since", 0)),
            former=_former(members["former"]) if "former" in members else (),
        )

    def as_bytes(self) -> bytes:
        """Write the policy file: of version 1 as long as the authorities have not changed."""
        *former, term = self.terms
        members: dict[str, Json] = {
            "format": _FORMAT.format(2 if former else 1),
            "trust": list(self.trust.as_lines()),
            **term.as_members(),
            "checkpoint_age_s_max": self.checkpoint_age_s_max,
        }
        if former:
            members["former"] = [one.as_members() for one in former]
        else:
            del members["since"]
        return canonical.dumps(members) + b"\n"


def _members(data: bytes) -> dict[str, Json]:
    if not data.endswith(b"\n"):
        raise bad("A policy file ends with one newline.")
    value = canonical.loads(data[:-1], max_bytes=BYTES_MAX)
    if not isinstance(value, dict) or "format" not in value:
        raise bad("A policy is an object that says its format.")
    versions = {_FORMAT.format(version): names for version, names in _MEMBERS.items()}
    names = versions.get(str(value["format"]))
    if names is None:
        known = " and ".join(versions)
        raise Malformed("POLICY_FORMAT_UNKNOWN", f"This verifier reads policies of {known}.")
    if value.keys() != names:
        raise bad(f"Such a policy has exactly the members {sorted(names)}.")
    return value


def _former(value: Json) -> tuple[Term, ...]:
    if not isinstance(value, list) or not value:
        raise bad("The former terms are a list, and not empty.")
    return tuple(Term.read(one) for one in value)


def _trust(value: Json) -> TlogPolicy:
    if not isinstance(value, list) or len(value) > LINES_MAX:
        raise bad(f"Trust is the lines of a tlog-policy, at most {LINES_MAX}.")
    lines = [line for line in value if isinstance(line, str)]
    if len(lines) != len(value):
        raise bad("Each line of a tlog-policy is a text.")
    return TlogPolicy.parse("\n".join(lines))
