"""Statements: what a party says, before it signs. docs/spec/entry.md is the format."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.checkpoint import MAX_SIZE, check_origin
from ledger.core.encoding import hex32, unb64u
from ledger.core.envelope import (
    DIGEST_BYTES,
    MAX_DISCLOSURES,
    has_reserved_member,
)
from ledger.core.errors import Malformed
from ledger.core.links import MAX_OUTPUTS, OutputRef
from ledger.core.merkle import EMPTY_ROOT, HASH_BYTES

VERSION = 1
MAX_ATTACHMENTS = 100
NONCE_BYTES = 16

_STREAM = re.compile("[!-~]{1,128}")
_TYPE = re.compile(r"(?=.{1,64}\Z)[a-z]+(\.[a-z]+)+")
_MEDIA = re.compile(r"(?=.{1,127}\Z)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_NONCE = re.compile("[0-9a-f]{32}")
_MEMBERS = frozenset(
    ("at", "attachments", "body", "consumes", "creates", "log", "nonce", "seen", "stream", "type")
) | {"v"}
_SEALED_MEMBERS = _MEMBERS | {"_sd_alg"}

T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """The newest checkpoint that the signer's side had verified: size, and root of 32 bytes."""

    size: int
    root: bytes

    def __post_init__(self) -> None:
        _require(0 <= self.size <= MAX_SIZE, "seen.size is from 0 to 2^53 - 1")
        _require(len(self.root) == HASH_BYTES, "seen.root is 32 bytes")
        _require(self.size > 0 or self.root == EMPTY_ROOT, "seen.root of size 0 is SHA-256 of ''")


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to an entry: its SHA-256 (hex), its media type, its length in bytes."""

    sha256: str
    media: str
    bytes: int

    def __post_init__(self) -> None:
        hex32(self.sha256)
        _require(bool(_MEDIA.fullmatch(self.media)), "media is a media type, in lower case")
        _require(0 <= self.bytes <= canonical.MAX_INTEGER, "bytes is the length of a file")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a party says. The members are those of docs/spec/entry.md.

    `at` is aware, UTC, of whole seconds; `nonce` is 16 random bytes; `sealed` holds the sorted
    digests that stand in `body._sd`, and `body` is without them.
    """

    log: str
    stream: str
    type: str
    at: datetime
    nonce: bytes
    seen: Seen
    consumes: tuple[OutputRef, ...]
    creates: int
    body: Mapping[str, Json]
    sealed: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        check_origin(self.log)
        _require(bool(_STREAM.fullmatch(self.stream)), "stream is up to 128 visible ASCII")
        _require(bool(_TYPE.fullmatch(self.type)), "type is words with dots between")
        _require(
            self.at.utcoffset() == timedelta(0) and self.at.microsecond == 0,
            "at is in UTC, in whole seconds",
        )
        _require(len(self.nonce) == NONCE_BYTES, "nonce is 16 bytes")
        _require(0 <= self.creates <= MAX_OUTPUTS, "creates is from 0 to 1000")
        _require(len(self.consumes) <= MAX_OUTPUTS, "consumes has at most 1000 outputs")
        _require_distinct(self.consumes, "consumes")
        _require(len(self.attachments) <= MAX_ATTACHMENTS, "attachments are at most 100")
        _require_distinct([one.sha256 for one in self.attachments], "attachments")
        _check_sealed(self.sealed)

    @classmethod
    def parse(cls, payload: bytes) -> "Statement":
        """Read a payload: canonical JSON of at most 16,384 bytes with exactly these members."""
        members = _object(canonical.loads(payload), "the statement")
        body = _object(members.get("body"), "body")
        sealed = _take_sealed(members, body)
        # The bytes tell quickly that there is nothing reserved anywhere, as there seldom is.
        if b'"_sd' in payload or b'"..."' in payload:
            _require(not has_reserved_member(body), "body has no reserved names within")
        _require(_integer(members["v"], "v") == VERSION, "v is 1")
        return cls(
            log=_typed(str, members["log"], "log"),
            stream=_typed(str, members["stream"], "stream"),
            type=_typed(str, members["type"], "type"),
            at=_parse_at(_typed(str, members["at"], "at")),
            nonce=_parse_nonce(_typed(str, members["nonce"], "nonce")),
            seen=_parse_seen(members["seen"]),
            consumes=_parse_consumes(members["consumes"]),
            creates=_integer(members["creates"], "creates"),
            body=body,
            sealed=sealed,
            attachments=_parse_attachments(members["attachments"]),
        )

    def as_payload(self) -> bytes:
        """Return the canonical bytes; Malformed when the body is not for signing, or too large."""
        body = dict(self.body)
        members: dict[str, Json] = {
            "v": VERSION,
            "log": self.log,
            "stream": self.stream,
            "type": self.type,
            "at": _format_at(self.at),
            "nonce": self.nonce.hex(),
            "seen": {"size": self.seen.size, "root": self.seen.root.hex()},
            "consumes": [str(ref) for ref in self.consumes],
            "creates": self.creates,
            "body": body,
            "attachments": [
                {"sha256": one.sha256, "media": one.media, "bytes": one.bytes}
                for one in self.attachments
            ],
        }
        if self.sealed:
            body["_sd"] = list(self.sealed)
            members["_sd_alg"] = "sha-256"
        payload = canonical.dumps(members)
        _require(not has_reserved_member(dict(self.body)), "body has no reserved names within")
        if len(payload) > canonical.MAX_BYTES:
            raise Malformed("TOO_LARGE", f"The statement is {len(payload)} bytes.")
        return payload


def _take_sealed(members: dict[str, Json], body: dict[str, Json]) -> tuple[str, ...]:
    """Check the names of the members, and take the digests out of the body."""
    names = _SEALED_MEMBERS if "_sd" in body else _MEMBERS
    if members.keys() != names:  # the words cost more than the question
        raise _malformed(f"the members are {', '.join(sorted(names))}")
    if "_sd" not in body:
        return ()
    _require(members["_sd_alg"] == "sha-256", "_sd_alg is sha-256")
    digests = _typed(list, body.pop("_sd"), "body._sd")
    _require(bool(digests), "body._sd is not empty")
    return tuple(_typed(str, one, "body._sd") for one in digests)


def _check_sealed(sealed: tuple[str, ...]) -> None:
    if sealed:
        _require(len(sealed) <= MAX_DISCLOSURES, "body._sd has at most 32 digests")
        _require(list(sealed) == sorted(set(sealed)), "body._sd is sorted, without repetitions")
        _require(
            all(len(unb64u(one)) == DIGEST_BYTES for one in sealed), "body._sd has SHA-256 digests"
        )


def _parse_at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _malformed("at is a moment, YYYY-MM-DDTHH:MM:SSZ") from None
    _require(at.tzinfo is UTC and _format_at(at) == text, "at is spelt YYYY-MM-DDTHH:MM:SSZ")
    return at


def _format_at(at: datetime) -> str:
    return at.isoformat().removesuffix("+00:00") + "Z"


def _parse_nonce(text: str) -> bytes:
    _require(bool(_NONCE.fullmatch(text)), "nonce is 32 lower-case hex digits")
    return bytes.fromhex(text)


def _parse_seen(value: Json) -> Seen:
    seen = _object(value, "seen")
    _require(seen.keys() == {"size", "root"}, "seen has size and root")
    return Seen(_integer(seen["size"], "seen.size"), hex32(_typed(str, seen["root"], "seen.root")))


def _parse_consumes(value: Json) -> tuple[OutputRef, ...]:
    refs = _typed(list, value, "consumes")
    return tuple(OutputRef.parse(_typed(str, one, "consumes")) for one in refs)


def _parse_attachments(value: Json) -> tuple[Attachment, ...]:
    return tuple(_parse_attachment(one) for one in _typed(list, value, "attachments"))


def _parse_attachment(value: Json) -> Attachment:
    one = _object(value, "an attachment")
    _require(one.keys() == {"sha256", "media", "bytes"}, "an attachment has sha256, media, bytes")
    sha256, media = _typed(str, one["sha256"], "sha256"), _typed(str, one["media"], "media")
    return Attachment(sha256, media, _integer(one["bytes"], "bytes"))


def _object(value: object, name: str) -> dict[str, Json]:
    return _typed(dict, value, name)


def _integer(value: Json, name: str) -> int:
    _require(not isinstance(value, bool), f"{name} is an integer")
    return _typed(int, value, name)


def _typed(kind: type[T], value: object, name: str) -> T:
    if not isinstance(value, kind):
        raise _malformed(f"{name} is of type {kind.__name__}")
    return value


def _require(holds: bool, rule: str) -> None:  # noqa: FBT001  reads as the sentence it is
    if not holds:
        raise _malformed(rule)


def _require_distinct(values: Sequence[object], name: str) -> None:
    _require(len(set(values)) == len(values), f"{name} has nothing twice")


def _malformed(rule: str) -> Malformed:
    return Malformed("STATEMENT_MALFORMED", f"Not a statement: {rule}.")
