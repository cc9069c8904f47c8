"""Devices that sign their own batches: their names, their owners, and what they countersigned."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.core.countersignatures import Countersignature
from supplychain.domain.batches import Batch
from supplychain.domain.device_keys import OwnedDevice, is_device, prove_countersigned
from supplychain.domain.errors import Invalid
from supplychain.domain.statements import ConditionsRecord, decode
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.test_statements import KEPT, TRACKED

LOG = "log.example/vectors"
DEVICE = OwnedDevice(MAKER.gln, "TRK-7")
BATCH = Batch("TRK-7", 1, "ab" * 32)
WORD = Countersignature("u" * 43, DEVICE.party, BATCH.digest(LOG, str(MAKER.gln)), bytes(64))


def test_a_device_is_read_as_it_is_admitted() -> None:
    assert DEVICE.party == f"{MAKER.gln}:TRK-7"
    assert OwnedDevice.from_profile(DEVICE.party, DEVICE.as_profile()) == DEVICE
    assert is_device(DEVICE.party)
    assert not is_device(str(MAKER.gln))


@pytest.mark.parametrize(
    ("party", "profile", "code"),
    [
        (DEVICE.party, {"device_of": str(WHOLESALER.gln)}, "DEVICE_NAME"),
        (f"{MAKER.gln}:", DEVICE.as_profile(), "DEVICE_NAME"),
        (f"{MAKER.gln}:a b", DEVICE.as_profile(), "DEVICE_NAME"),
        (f"{MAKER.gln}:{'x' * 51}", DEVICE.as_profile(), "DEVICE_NAME"),
        (f"{MAKER.gln}:a:b", DEVICE.as_profile(), "DEVICE_NAME"),
        (DEVICE.party, {}, "MEMBER_MISSING"),
        (DEVICE.party, {"device_of": 1}, "WRONG_SHAPE"),
        (DEVICE.party, DEVICE.as_profile() | {"roles": []}, "MEMBER_UNKNOWN"),
    ],
)
def test_what_is_no_device_of_its_owner_is_refused(
    party: str, profile: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        OwnedDevice.from_profile(party, profile)
    assert invalid.value.code == code


def test_a_device_speaks_of_its_own_batch_and_for_its_own_owner() -> None:
    prove_countersigned(BATCH, WORD, LOG, MAKER.gln)
    for batch, word, log, owner in (
        (replace(BATCH, root="cd" * 32), WORD, LOG, MAKER.gln),
        (BATCH, replace(WORD, party=f"{MAKER.gln}:TRK-8"), LOG, MAKER.gln),
        (BATCH, replace(WORD, digest="cd" * 32), LOG, MAKER.gln),
        (BATCH, WORD, "other/log", MAKER.gln),
        (BATCH, WORD, LOG, WHOLESALER.gln),
    ):
        with pytest.raises(Invalid) as invalid:
            prove_countersigned(batch, word, log, owner)
        assert invalid.value.code == "COUNTERSIGNED_OTHERWISE"


def test_a_record_is_countersigned_where_it_has_a_batch_and_once() -> None:
    record = replace(TRACKED, countersigned=WORD)
    body = record.as_body()
    assert decode(ConditionsRecord.type, body) == record
    with pytest.raises(Invalid) as invalid:
        replace(KEPT, countersigned=WORD)
    assert invalid.value.code == "BATCH_UNSHOWN"
    two = [WORD.as_json(), replace(WORD, kid="v" * 43).as_json()]
    with pytest.raises(Invalid) as invalid:
        decode(ConditionsRecord.type, body | {"countersigned": two})
    assert invalid.value.code == "COUNTERSIGNED_OTHERWISE"
    with pytest.raises(Invalid) as invalid:
        decode(ConditionsRecord.type, body | {"countersigned": []})
    assert invalid.value.code == "COUNTERSIGNATURE_BAD"


def test_a_record_proves_its_device_where_it_has_a_word_of_it() -> None:
    TRACKED.prove_device(LOG)
    with pytest.raises(Invalid):
        replace(TRACKED, countersigned=WORD).prove_device(LOG)
