"""Let a key sign for a party: one that we keep, or one that the party keeps itself."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError

from ledger import signers
from ledger.core.encoding import unb64u
from ledger.core.keys import PublicKey
from ledger.core.registry_acts import AddKey, possession_message
from ledger.core.signatures import PrivateKey
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.add_key import add_key
from supplychain.services.keep_key import keep_key


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = (
        "Register a key for a party. Without further arguments a key is made and kept here,"
        " encrypted. With --pem the key is in a file of the party's; with --jwk and --proof only"
        " its public half is shown."
    )
    done = "added a key for {party}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key, and where it lives."""
        super().add_arguments(parser)
        parser.add_argument("party", help="the party's GLN")
        parser.add_argument("--pem", type=Path, help="a file with the private key (P-256, PKCS#8)")
        parser.add_argument(
            "--jwk",
            type=Path,
            help="a file with the public key (JWK), or what sign_entry prints of a key",
        )
        parser.add_argument(
            "--proof", help="the key's signature that it acts for the party (--proof=…)"
        )
        parser.add_argument("--custody", choices=("browser", "file", "hsm"), default="file")

    def act(self, *, party: str, custody: str, **options: Any) -> AddKey:
        """What the authority says; a key that we keep is made now."""
        outside = _outside(party, **options)
        if outside:
            key, proof = outside
            return AddKey(party, key, custody, proof)
        made = signers.make_custodial_key(
            party=party,
            log=settings.LOG_ORIGIN,
            nonce=secrets.token_bytes(signers.NONCE_BYTES),
            at=now(),
        )
        return AddKey(party, made.public, "custodial", made.proof)

    def record(self, *, party: str, custody: str, **options: Any) -> Recorded:
        """Find the key and its proof, sign, record."""
        outside = _outside(party, **options)
        return _add(party, *outside, custody) if outside else _keep(party)


def _outside(
    party: str, *, pem: Path | None, jwk: Path | None, proof: str | None, **_options: Any
) -> tuple[PublicKey, bytes] | None:
    """A key that the party keeps itself, and its proof of possession."""
    if (proof and not jwk) or (pem and jwk):
        raise CommandError("Give nothing, or --pem, or --jwk and --proof together.")
    if pem:
        return _from_pem(pem, party)
    return _from_jwk(jwk, proof) if jwk else None


def _from_pem(file: Path, party: str) -> tuple[PublicKey, bytes]:
    key = PrivateKey.from_pem(file.read_bytes())
    return key.public, key.sign(possession_message(settings.LOG_ORIGIN, party, key.kid))


def _from_jwk(file: Path, proof: str | None) -> tuple[PublicKey, bytes]:
    try:
        said = json.loads(file.read_bytes())
    except ValueError as fault:
        raise CommandError(f"{file} is not JSON: {fault}") from fault
    if not isinstance(said, dict):
        raise CommandError("The JWK is an object: kty, crv, x, y.")
    jwk, shown = said.get("jwk", said), proof or said.get("proof")
    if not isinstance(jwk, dict) or not isinstance(shown, str):
        raise CommandError("Give --jwk and --proof together, or a file that has both.")
    return PublicKey.parse_jwk(jwk), unb64u(shown)


def _add(party: str, key: PublicKey, proof: bytes, custody: str) -> Recorded:
    return add_key(
        authority=signers.authority_signer(),
        party=party,
        key=key,
        custody=custody,
        proof=proof,
        at=now(),
        nonce=fresh_nonce(),
    )


def _keep(party: str) -> Recorded:
    return keep_key(
        authority=signers.authority_signer(),
        party=party,
        at=now(),
        nonce=fresh_nonce(),
        seal_nonce=secrets.token_bytes(signers.NONCE_BYTES),
    )
