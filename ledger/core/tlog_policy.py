"""Which checkpoints are believed: a C2SP tlog-policy.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>...
    quorum <name>|none

The file is octets: bytes above 0x7f may stand in names, addresses and comments and are compared
as they are.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.core.errors import Malformed
from ledger.core.note import LOG_KEY, WITNESS_KEY, Vkey

MAX_CHARACTERS = 65_536
MAX_EACH = 64
"""Of logs, of witnesses, of groups."""
NONE = "none"
OURS = "witnesses"
"""The group that `asking` makes."""

_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORDS = re.compile(r"[^ \t]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True)
class Known:
    """A log or a witness: its key and, where one is given, its address."""

    vkey: Vkey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Members of which at least `threshold` must have witnessed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class TlogPolicy:
    """Logs, witnesses and groups by their names in the policy, and who must have witnessed."""

    logs: tuple[Known, ...] = ()
    witnesses: Mapping[str, Known] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, text: str) -> "TlogPolicy":
        """Read a policy; Malformed POLICY_MALFORMED with the number of the line."""
        if len(text) > MAX_CHARACTERS or _NOT_ALLOWED.search(text):
            raise _bad("A policy is short and has no control characters but tabs and newlines.")
        reader = _Reader()
        for number, line in enumerate(text.split("\n"), start=1):
            words = _WORDS.findall(line)
            if words and not words[0].startswith("#"):
                reader.read(words, number)
        return reader.finish()

    @classmethod
    def parse_bytes(cls, data: bytes) -> "TlogPolicy":
        """Read a policy file; its last line ends with a newline."""
        if not data.endswith(b"\n"):
            raise _bad("A policy file ends with a newline.")
        return cls.parse(data.decode("utf-8", "surrogateescape"))

    def as_lines(self) -> list[str]:
        """Write the policy, without the newlines."""
        lines = [f"log {one.vkey} {one.url}".rstrip() for one in self.logs]
        for name, one in self.witnesses.items():
            lines.append(f"witness {name} {one.vkey} {one.url}".rstrip())
        for name, group in self.groups.items():
            lines.append(f"group {name} {group.threshold} {' '.join(group.members)}")
        return [*lines, f"quorum {self.quorum}"]

    @property
    def witness_keys(self) -> dict[str, Vkey]:
        """The witnesses' keys by their names in this policy."""
        return {name: witness.vkey for name, witness in self.witnesses.items()}

    def trusting(self, name: str, witness: Known) -> "TlogPolicy":
        """Return the policy with one more witness, or with another key or address of this one."""
        return _read_again(replace(self, witnesses={**self.witnesses, name: witness}))

    def forgetting(self, name: str) -> "TlogPolicy":
        """Return the policy without a witness; with nobody left in its group, nobody is asked."""
        witnesses = {one: known for one, known in self.witnesses.items() if one != name}
        groups, quorum = dict(self.groups), self.quorum
        if ours := groups.pop(OURS, None):
            members = tuple(one for one in ours.members if one != name)
            if members:
                groups[OURS] = Group(min(ours.threshold, len(members)), members)
            elif quorum == OURS:
                quorum = NONE
        return _read_again(TlogPolicy(self.logs, witnesses, groups, quorum))

    def asking(self, threshold: str) -> "TlogPolicy":
        """Return the policy with a quorum of `all`, `any` or so many of its witnesses, or `none`.

        Malformed POLICY_MALFORMED, also when it has groups that are not of our making.
        """
        if self.groups.keys() - {OURS}:
            raise _bad("The policy has groups of its own: edit its lines by hand.")
        bare = replace(self, groups={}, quorum=NONE)
        if threshold == NONE:
            return bare
        lines = [*bare.as_lines()[:-1], f"group {OURS} {threshold} {' '.join(bare.witnesses)}"]
        return TlogPolicy.parse("\n".join([*lines, f"quorum {OURS}"]))

    @property
    def asks(self) -> bool:
        """Whether anybody must have witnessed."""
        return self.quorum != NONE

    @property
    def fewest(self) -> int:
        """How many witnesses there are at least wherever the quorum is met."""
        return self._fewest(self.quorum) if self.asks else 0

    def is_met_by(self, names: Collection[str]) -> bool:
        """Say whether these witnesses make the quorum."""
        return not self.asks or self._witnessed(self.quorum, frozenset(names))

    def met_at(self, times: Mapping[str, datetime]) -> datetime | None:
        """Return the moment at which the quorum was complete.

        None when it is not, or when nobody is asked for.
        """
        if not self.asks:
            return None
        so_far: set[str] = set()
        for name, at in sorted(times.items(), key=lambda pair: pair[1]):
            so_far.add(name)
            if self.is_met_by(so_far):
                return at
        return None

    def _witnessed(self, name: str, names: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._witnessed(one, names) for one in group.members) >= group.threshold

    def _fewest(self, name: str) -> int:
        group = self.groups.get(name)
        if group is None:
            return 1
        return sum(sorted(self._fewest(one) for one in group.members)[: group.threshold])


class _Reader:
    """Takes the lines of a policy one by one."""

    def __init__(self) -> None:
        self._logs: list[Known] = []
        self._witnesses: dict[str, Known] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._quorum: str | None = None
        self._line = 0

    def read(self, words: list[str], line: int) -> None:
        self._line = line
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(self._known(vkey, LOG_KEY, url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._define(name)
                self._witness(name, self._known(vkey, WITNESS_KEY, url))
            case ["group", name, threshold, *members] if members:
                self._define(name)
                self._group(name, threshold, members)
            case ["quorum", name] if self._quorum is None:
                self._require(name == NONE or self._defines(name), f"nothing is named {name!a}")
                self._quorum = name
            case _:
                raise self._bad("no such line, or a second quorum")

    def finish(self) -> TlogPolicy:
        if self._quorum is None:
            raise _bad("A policy has one quorum line.")
        return TlogPolicy(tuple(self._logs), self._witnesses, self._groups, self._quorum)

    def _log(self, log: Known) -> None:
        known = {one.vkey.public for one in self._logs}
        self._require(log.vkey.public not in known, "the key of another log")
        self._require(len(known) < MAX_EACH, "too many logs")
        self._logs.append(log)

    def _witness(self, name: str, witness: Known) -> None:
        known = {one.vkey.public for one in self._witnesses.values()}
        self._require(witness.vkey.public not in known, "the key of another witness")
        self._require(len(known) < MAX_EACH, "too many witnesses")
        self._witnesses[name] = witness

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        for one in members:
            self._require(self._defines(one), f"nothing is named {one!a}")
            self._require(one not in self._members, f"{one!a} is a member already")
            self._members.add(one)
        self._require(len(self._groups) < MAX_EACH, "too many groups")
        self._groups[name] = Group(self._threshold(threshold, len(members)), tuple(members))

    def _threshold(self, text: str, members: int) -> int:
        if text in ("all", "any"):
            return members if text == "all" else 1
        self._require(bool(_NUMBER.fullmatch(text)), "a threshold is all, any or a number")
        self._require(int(text) <= members, "the threshold is above the number of members")
        return int(text)

    def _known(self, vkey: str, kind: int, url: list[str]) -> Known:
        try:
            return Known(Vkey.parse(vkey, kind), *url)
        except Malformed as fault:
            raise self._bad(fault.message) from fault

    def _define(self, name: str) -> None:
        self._require(name != NONE and not self._defines(name), f"{name!a} is taken")

    def _defines(self, name: str) -> bool:
        return name in self._witnesses or name in self._groups

    def _require(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  reads as a sentence
        if not holds:
            raise self._bad(otherwise)

    def _bad(self, why: str) -> Malformed:
        return _bad(f"Line {self._line} of the policy: {why}.")


def _read_again(policy: TlogPolicy) -> TlogPolicy:
    """Let the reader judge what was put together; raises Malformed POLICY_MALFORMED."""
    return TlogPolicy.parse("\n".join(policy.as_lines()))


def _bad(message: str) -> Malformed:
    return Malformed("POLICY_MALFORMED", message)
