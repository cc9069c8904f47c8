"""Play the demonstration: admit the cast, let the lots travel, and write down what to scan."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from ledger import alarms, auditing, signers
from ledger.auditing import Opinions
from ledger.core.entry import stream_id
from ledger.core.keys import Signer
from ledger.core.signatures import OPENSSL
from supplychain.demo import vandal
from supplychain.demo.cast import (
    CAST,
    COMPANY_PREFIXES,
    ITEMS,
    MAKER,
    OPERATOR,
    PASSWORD,
    PEOPLE,
    Person,
)
from supplychain.demo.codes import codes
from supplychain.demo.stage import Stage
from supplychain.demo.story import REWRITTEN, STORIES
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party
from supplychain.queries.organisations import organisation
from supplychain.queries.people import acting_by_token
from supplychain.services.admit_party import admit_party
from supplychain.services.create_user import create_user
from supplychain.services.issue_token import issue_token
from supplychain.services.keep_key import keep_key
from supplychain.services.put_company_prefix import put_company_prefix
from supplychain.services.register_product import register_product

FILE = "demo.json"
"""In VAR_DIR: what the start page shows; it is there when the demonstration has been played."""
FOUNDED_DAYS = 420
VANDALS_REASON = "Left in place on purpose: the demonstration shows how it is found out"


@dataclass(frozen=True, slots=True)
class Play:
    """A demonstration that begins `now`. `log` lets the log take what was accepted."""

    now: datetime
    authority: Signer
    chance: Callable[[int], bytes]
    log: Callable[[], None]
    file: Path
    say: Callable[[str], None] = field(default=lambda _: None)

    def perform(self) -> None:
        """All of it. What an interrupted run has done already is left as it is."""
        self._admit()
        self.log()
        self.say("parties, people and products are there")
        for story in STORIES:
            story.plot(Stage(self.authority, self.now, story.item, story.number))
            self.log()
        self.say(f"{len(STORIES)} lots have travelled")
        self._vandalise()
        self._write()

    def _admit(self) -> None:
        for party in CAST:
            if organisation(str(party.gln)) is None:
                self._admit_one(party)
        for prefix, party in COMPANY_PREFIXES.items():
            put_company_prefix(prefix=prefix, party=str(party.gln), at=self.now)
        for person in PEOPLE:
            self._let_in(person)
        if not User.objects.filter(username=OPERATOR).exists():
            User.objects.create_superuser(OPERATOR, "operator@example.org", PASSWORD)
        for item in ITEMS:
            register_product(
                party=str(MAKER.gln),
                gtin=item.gtin,
                name=item.name,
                strength=item.strength,
                form=item.form,
                profile=item.profile,
            )

    def _admit_one(self, party: Party) -> None:
        founded = (self.now - timedelta(days=FOUNDED_DAYS)).replace(microsecond=0)
        admit_party(
            authority=self.authority,
            party=party,
            email=f"quality@{party.gln}.example",
            at=founded,
            nonce=self.chance(16),
        )
        keep_key(
            authority=self.authority,
            party=str(party.gln),
            at=founded,
            nonce=self.chance(16),
            seal_nonce=self.chance(12),
        )

    def _let_in(self, person: Person) -> None:
        if not User.objects.filter(username=person.user).exists():
            create_user(
                name=person.user,
                password=PASSWORD,
                email=f"{person.user}@{person.party.gln}.example",
                party=str(person.party.gln),
                role=person.role,
            )
        token = token_of(person)
        if acting_by_token(token) is None:
            issue_token(
                token=token,
                party=str(person.party.gln),
                role=person.role,
                name=f"{person.user}'s programs",
                at=self.now,
            )

    def _vandalise(self) -> None:
        """Rewrite a row, have the audit find it, and let the log go on for all that."""
        story = next(one for one in STORIES if one.number == REWRITTEN)
        lot: LotKey = Stage(self.authority, self.now, story.item, story.number).lot
        entry_id = vandal.rewrite_quantity(stream_id(lot.stream), "custody.ship", 600, 900)
        auditing.run(
            Opinions(OPENSSL),
            policy=signers.policy(),
            file=Path(settings.CHECKPOINT_FILE),
            clock=lambda: self.now,
        )
        alarms.acknowledge(which=entry_id, by=OPERATOR, reason=VANDALS_REASON, at=self.now)
        self.say(f"a vandal rewrote entry {entry_id[:12]}…, and the audit named it")

    def _write(self) -> None:
        logins = [
            {
                "user": person.user,
                "password": PASSWORD,
                "who": person.party.name,
                "role": person.what,
                "token": token_of(person),
            }
            for person in PEOPLE
        ]
        logins.append(
            {"user": OPERATOR, "password": PASSWORD, "who": "Unbroken", "role": "runs the server"}
        )
        said = {
            "logins": logins,
            "codes": [code.as_written() for code in codes(self.now)],
            "urls": {"Desk": "/admin/", "API": "/api/docs/", "Log": "/log"},
        }
        staged = self.file.with_suffix(".new")
        staged.write_text(json.dumps(said, indent=1), encoding="utf-8")
        staged.replace(self.file)


def token_of(person: Person) -> str:
    """The API token of a person of the demonstration; as secret as the password on the page."""
    return "demo-" + sha256(f"demonstration {person.user}".encode()).hexdigest()[:32]
