"""Let an organisation take part."""

from argparse import ArgumentParser
from typing import Any

from ledger import signers
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.parties import Party, Role
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_party import admit_party


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = "Admit an organisation to the registry."
    done = "admitted {gln}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the authority vouches for, and where notices go."""
        super().add_arguments(parser)
        parser.add_argument("gln", help="13 digits")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--role", required=True, action="append", choices=[role.value for role in Role]
        )
        parser.add_argument(
            "--prefix", action="append", default=[], help="a GS1 company prefix of a maker"
        )
        parser.add_argument("--country", required=True, help="two capital letters")
        parser.add_argument("--email", default="", help="for notices; not signed, nor proposed")

    def act(self, **options: Any) -> AdmitParty:
        """What the authority says."""
        party = _party(options)
        return AdmitParty(str(party.gln), party.as_profile())

    def record(self, *, email: str, **options: Any) -> Recorded:
        """Sign and record it."""
        return admit_party(
            authority=signers.authority_signer(),
            party=_party(options),
            email=email,
            at=now(),
            nonce=fresh_nonce(),
        )


def _party(options: dict[str, Any]) -> Party:
    profile = {
        "name": options["name"],
        "roles": options["role"],
        "prefixes": options["prefix"],
        "country": options["country"],
    }
    return Party.from_profile(options["gln"], profile)
