"""The catalogue of golden evidence: what makes each file, and what is expected of it.

``python -m tests.vectors.build_evidence`` writes them all.
"""

from collections.abc import Mapping

from tests.vectors.entry_defects import (
    about_another_lot,
    algorithm_none,
    anothers_proof,
    dated_after_it_was_witnessed,
    dated_in_the_future,
    dated_within_the_skew,
    disclosure_at_another_entry,
    disclosure_of_another_value,
    disclosure_of_no_form,
    disclosure_over_a_member,
    disclosure_twice,
    disclosure_within_the_entry,
    disclosures_in_one,
    entry_doubled,
    entry_logged_twice,
    index_beyond_the_checkpoint,
    index_claimed_twice,
    meant_for_another_log,
    nonce_used_twice,
    proof_too_long,
    recorded_late,
    saw_another_log,
    saw_the_future,
    seen_before_it_was_witnessed,
    signature_mirrored_after_logging,
    what_was_seen_left_out,
)
from tests.vectors.index_defects import (
    another_subject,
    complete,
    complete_of_nothing,
    index_by_a_party,
    index_key_not_shown,
    index_leaf_of_another_key,
    index_leaf_with_another_proof,
    index_of_other_entries,
    index_over_the_future,
    index_without_a_root,
    no_items,
    operator_ships,
    recall_left_out,
    recalled_after_the_index,
    revocation_left_out,
)
from tests.vectors.log_defects import (
    history_of_another_log,
    history_with_a_broken_cosignature,
    note_by_a_stranger,
    note_of_another_log,
    note_with_another_root,
    note_without_signatures,
    signed_anew_by_another_log,
    witnessed,
    witnessed_beyond_all_time,
    witnessed_by_an_impostor,
    witnessed_by_two,
    witnessed_without_a_time,
)
from tests.vectors.packed_trade import divided_rest, packed_lot, packed_units
from tests.vectors.registry_defects import (
    agreed_by_all,
    agreed_by_one,
    agreed_by_two,
    anothers_public_key,
    approval_of_another_act,
    approved_after_its_term,
    approved_by_a_stranger,
    approved_by_itself,
    authority_as_a_party,
    key_added_twice,
    key_of_nobody,
    nobody_suspended,
    party_adds_a_key,
    party_admits_a_party,
    party_admitted_twice,
    party_revokes_anothers_key,
    party_revokes_backwards,
    party_suspends_a_party,
    registry_body_with_a_stranger,
    registry_key_off_the_curve,
    registry_makes_outputs,
    registry_of_another_type,
    registry_signed_by_another,
    reinstated_without_need,
    revoked_from_the_future,
    revoked_twice,
    revoked_with_a_foreign_approval,
    rotated_by_another,
    rotated_to_a_known_key,
    said_after_its_term,
    said_alone_in_the_next_term,
    said_before_its_term,
    said_in_office,
    suspended_twice,
    unknown_key_revoked,
)
from tests.vectors.second_defects import SECOND
from tests.vectors.signer_defects import (
    authority_makes_a_lot,
    edited_and_logged_anew,
    lot_type_in_the_registry,
    output_of_another_lot,
    output_that_was_not_made,
    parent_left_out,
    parent_logged_after_child,
    registration_left_out,
    registry_type_in_the_lot,
    same_stock_to_two,
    signed_by_another,
    signer_never_registered,
    signer_registered_later,
    signer_reinstated,
    signer_revoked_before,
    signer_rotated,
    signer_rotated_before,
    signer_suspended,
)
from tests.vectors.stories import (
    about_the_registry,
    good,
    small_story,
    with_a_key_revoked_by_its_party,
    with_a_key_revoked_later,
    with_a_mirrored_signature,
    with_a_revocation_moved_back,
    with_nothing_disclosed,
)
from tests.vectors.suspect_defects import (
    affirmed,
    affirmed_by_another_party,
    affirmed_by_the_thief,
    affirmed_without_need,
    received_in_time,
    received_too_late,
    signed_by_a_fallen_key,
    suspect,
    suspect_by_a_fallen_key,
    suspect_in_both_hands,
    used_by_its_own_party,
)
from tests.vectors.trade import every_statement
from tests.vectors.trade_of_budget import budget_used_up
from tests.vectors.trade_of_disclosures import every_statement_about_disclosures
from tests.vectors.trade_of_loggers import born_with_a_budget, two_loggers_and_one_stay
from tests.vectors.trade_of_rides import rested_on_a_tracker
from tests.vectors.trade_of_sales import drop_shipment
from tests.vectors.trade_of_stock import every_statement_about_stock
from tests.vectors.trade_of_temperature import every_statement_about_temperature
from tests.vectors.trade_of_trackers import (
    countersigned_by_a_stolen_device,
    countersigned_by_another_key,
    countersigned_for_another_batch,
    device_revoked_by_another_party,
    device_revoked_by_its_owner,
    device_stands_by_another_entry,
    device_stands_by_its_batch,
    device_stolen_later,
    key_of_a_device_not_asked_for,
    owner_stands_by_its_devices_batch,
    revocation_of_a_device_left_out,
    signed_by_a_revoked_device,
    signed_by_an_unknown_device,
    tracked,
)
from tests.vectors.vector import Vector, bad
from tests.vectors.world import WITNESS

_LOST = "PARENT_NOT_PROVEN"
VECTORS: Mapping[str, Vector] = {
    "good": Vector(good),
    "good-small": Vector(small_story, policy="policy-witness", complete=True),
    "good-witnessed": Vector(witnessed_by_two, policy="policy-two-of-three"),
    "good-seen-before-it-was-witnessed": Vector(
        seen_before_it_was_witnessed, policy="policy-witness"
    ),
    "good-recorded-late": Vector(
        recorded_late, frozenset({"RECORDED_LATE"}), policy="policy-witness"
    ),
    "good-complete": Vector(complete, complete=True),
    "good-every-statement": Vector(every_statement, complete=True),
    "good-drop-shipment": Vector(drop_shipment, complete=True),
    "good-every-statement-about-disclosures": Vector(
        every_statement_about_disclosures, complete=True
    ),
    "good-every-statement-about-stock": Vector(every_statement_about_stock, complete=True),
    "good-every-statement-about-temperature": Vector(
        every_statement_about_temperature, complete=True
    ),
    "good-budget-used-up": Vector(budget_used_up, complete=True),
    "good-two-loggers-and-one-stay": Vector(two_loggers_and_one_stay, complete=True),
    "good-born-with-a-budget": Vector(born_with_a_budget, complete=True),
    "good-batches-of-a-tracker": Vector(tracked, complete=True),
    "good-receipts-rest-on-a-tracker": Vector(rested_on_a_tracker, complete=True),
    "good-device-stands-by-its-batch": Vector(device_stands_by_its_batch, complete=True),
    "good-device-revoked-by-its-owner": Vector(device_revoked_by_its_owner, complete=True),
    "good-device-stolen-later": Vector(device_stolen_later, complete=True),
    "good-packs-in-a-case": Vector(packed_lot, complete=True),
    "good-rest-in-two-outputs": Vector(divided_rest, complete=True),
    "good-units-in-a-case": Vector(packed_units, complete=True),
    "good-recalled-after-the-index": Vector(recalled_after_the_index, complete=True),
    "good-about-the-registry": Vector(about_the_registry),
    "good-key-revoked-later": Vector(with_a_key_revoked_later),
    "good-key-revoked-by-its-party": Vector(with_a_key_revoked_by_its_party),
    "good-revocation-moved-back": Vector(with_a_revocation_moved_back),
    "good-party-reinstated": Vector(signer_reinstated),
    "good-key-rotated": Vector(signer_rotated),
    "good-suspect-affirmed": Vector(affirmed),
    "good-suspect-received-in-time": Vector(received_in_time),
    "good-two-of-three-authorities": Vector(agreed_by_two, policy="policy-authorities"),
    "good-three-of-three-authorities": Vector(agreed_by_all, policy="policy-authorities"),
    "good-authorities-changed": Vector(said_in_office, policy="policy-changed"),
    "good-mirrored-signature": Vector(with_a_mirrored_signature),
    "good-nothing-disclosed": Vector(with_nothing_disclosed),
    "good-dated-within-the-skew": Vector(dated_within_the_skew),
    "checkpoint-without-signatures": bad(note_without_signatures, "CHECKPOINT_MALFORMED"),
    "checkpoint-by-a-stranger": bad(note_by_a_stranger, "CHECKPOINT_NOT_SIGNED"),
    "checkpoint-with-another-root": bad(note_with_another_root, "CHECKPOINT_SIGNATURE_BAD"),
    "checkpoint-of-another-origin": bad(note_of_another_log, "CHECKPOINT_OTHER_LOG"),
    "checkpoint-by-another-log": bad(signed_anew_by_another_log, "CHECKPOINT_NOT_SIGNED"),
    "witnesses-too-few": bad(
        lambda: witnessed(WITNESS), "WITNESS_QUORUM_NOT_MET", policy="policy-two-of-three"
    ),
    "witnesses-one-twice": bad(
        lambda: witnessed(WITNESS, WITNESS),
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-two-of-three",
    ),
    "witnesses-an-impostor": bad(
        witnessed_by_an_impostor,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-without-a-time": bad(
        witnessed_without_a_time,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-beyond-all-time": bad(
        witnessed_beyond_all_time,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-long-ago": bad(lambda: witnessed(WITNESS), "CHECKPOINT_OLD", policy="policy-recent"),
    "history-of-another-log": bad(
        history_of_another_log, "HISTORY_CONTRADICTED", "SEEN_NOT_PROVEN", _LOST
    ),
    "history-with-a-broken-cosignature": bad(history_with_a_broken_cosignature, "COSIGNATURE_BAD"),
    "entry-algorithm-none": bad(algorithm_none, "ENTRY_MALFORMED", "PARENT_MISSING", _LOST),
    "entry-holds-a-disclosure": bad(
        disclosure_within_the_entry, "ENTRY_MALFORMED", "PARENT_MISSING", _LOST
    ),
    "entry-doubled": bad(entry_doubled, "ENTRY_REPEATED"),
    "entry-logged-twice": bad(entry_logged_twice, "ENTRY_REPEATED", _LOST),
    "entry-meant-for-another-log": bad(meant_for_another_log, "LOG_MISMATCH"),
    "entry-about-another-lot": bad(about_another_lot, "STREAM_FOREIGN"),
    "index-beyond-the-checkpoint": bad(
        index_beyond_the_checkpoint, "INDEX_OUTSIDE_LOG", "INCLUSION_NOT_PROVEN"
    ),
    "index-claimed-twice": bad(
        index_claimed_twice, "INDEX_REPEATED", "INCLUSION_NOT_PROVEN", "PARENT_NOT_BEFORE", _LOST
    ),
    "proof-of-another-entry": bad(anothers_proof, "INCLUSION_NOT_PROVEN"),
    "proof-too-long": bad(proof_too_long, "INCLUSION_NOT_PROVEN", _LOST),
    "signature-mirrored-after-logging": bad(
        signature_mirrored_after_logging, "INCLUSION_NOT_PROVEN", _LOST
    ),
    "nonce-used-twice": bad(nonce_used_twice, "NONCE_REUSED"),
    "entry-dated-in-the-future": bad(dated_in_the_future, "CLOCK_AHEAD"),
    "entry-saw-the-future": bad(saw_the_future, "SEEN_AHEAD"),
    "entry-saw-another-log": bad(saw_another_log, "SEEN_CONTRADICTED"),
    "entry-saw-what-is-not-shown": bad(what_was_seen_left_out, "SEEN_NOT_PROVEN", _LOST),
    "entry-dated-after-it-was-witnessed": bad(
        dated_after_it_was_witnessed, "DATED_AFTER_LOGGED", policy="policy-witness"
    ),
    "disclosure-of-no-form": bad(disclosure_of_no_form, "DISCLOSURE_MALFORMED", _LOST),
    "disclosures-in-one": bad(disclosures_in_one, "DISCLOSURE_MALFORMED", _LOST),
    "disclosure-of-another-value": bad(disclosure_of_another_value, "DISCLOSURE_UNMATCHED", _LOST),
    "disclosure-at-another-entry": bad(disclosure_at_another_entry, "DISCLOSURE_UNMATCHED", _LOST),
    "disclosure-twice": bad(disclosure_twice, "DISCLOSURE_REPEATED", _LOST),
    "disclosure-over-a-member": bad(disclosure_over_a_member, "DISCLOSURE_CLASHES"),
    "registry-type-unknown": bad(registry_of_another_type, "REGISTRY_TYPE_UNKNOWN"),
    "registry-makes-outputs": bad(registry_makes_outputs, "REGISTRY_LINKS"),
    "registry-body-with-a-stranger": bad(registry_body_with_a_stranger, "REGISTRY_BODY"),
    "registry-key-off-the-curve": bad(registry_key_off_the_curve, "REGISTRY_BODY"),
    "registry-party-admits-a-party": bad(party_admits_a_party, "NOT_PERMITTED"),
    "registry-party-adds-a-key": bad(party_adds_a_key, "NOT_PERMITTED"),
    "registry-party-revokes-anothers-key": bad(party_revokes_anothers_key, "NOT_PERMITTED"),
    "registry-party-revokes-backwards": bad(party_revokes_backwards, "NOT_PERMITTED"),
    "registry-party-admitted-twice": bad(party_admitted_twice, "PARTY_KNOWN"),
    "registry-key-of-nobody": bad(key_of_nobody, "PARTY_UNKNOWN"),
    "registry-key-added-twice": bad(key_added_twice, "KEY_KNOWN"),
    "registry-authority-as-a-party": bad(authority_as_a_party, "KEY_OF_AUTHORITY"),
    "registry-public-key-of-another": bad(anothers_public_key, "POSSESSION_NOT_PROVEN"),
    "registry-revoked-from-the-future": bad(revoked_from_the_future, "REVOCATION_AHEAD"),
    "registry-revoked-twice": bad(revoked_twice, "KEY_ALREADY_REVOKED"),
    "registry-revoked-unknown-key": bad(unknown_key_revoked, "KEY_UNKNOWN"),
    "registry-party-suspends-a-party": bad(party_suspends_a_party, "NOT_PERMITTED"),
    "registry-nobody-suspended": bad(nobody_suspended, "PARTY_UNKNOWN"),
    "registry-party-suspended-twice": bad(suspended_twice, "PARTY_ALREADY_SUSPENDED"),
    "registry-party-not-suspended": bad(reinstated_without_need, "PARTY_NOT_SUSPENDED"),
    "registry-key-rotated-by-another": bad(rotated_by_another, "NOT_PERMITTED"),
    "registry-key-rotated-to-a-known-one": bad(rotated_to_a_known_key, "KEY_KNOWN"),
    "registry-affirmed-by-another-party": bad(
        affirmed_by_another_party, "NOT_PERMITTED", "ENTRY_SUSPECT"
    ),
    "registry-affirmed-without-need": bad(affirmed_without_need, "KEY_NOT_SUSPECT"),
    "registry-agreed-by-one-of-three": bad(
        agreed_by_one, "AUTHORITY_QUORUM_NOT_MET", policy="policy-authorities"
    ),
    "registry-said-after-its-term": bad(
        said_after_its_term, "AUTHORITY_NOT_IN_OFFICE", policy="policy-changed"
    ),
    "registry-said-before-its-term": bad(
        said_before_its_term,
        "AUTHORITY_NOT_IN_OFFICE",
        "NOTHING_ABOUT_SUBJECT",
        policy="policy-changed",
    ),
    "registry-said-alone-in-the-next-term": bad(
        said_alone_in_the_next_term, "AUTHORITY_QUORUM_NOT_MET", policy="policy-changed"
    ),
    "registry-approved-after-its-term": bad(
        approved_after_its_term, "APPROVAL_BAD", policy="policy-changed"
    ),
    "registry-approved-by-itself": bad(
        approved_by_itself, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approved-by-a-stranger": bad(
        approved_by_a_stranger, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approval-of-another-act": bad(
        approval_of_another_act, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approval-of-a-partys-act": bad(revoked_with_a_foreign_approval, "APPROVAL_BAD"),
    "registry-signed-by-another": bad(registry_signed_by_another, "SIGNATURE_BAD"),
    "stream-with-a-registry-type": bad(registry_type_in_the_lot, "STREAM_WRONG"),
    "stream-registry-with-a-lot-type": bad(lot_type_in_the_registry, "STREAM_WRONG"),
    "signer-never-registered": bad(signer_never_registered, "KEY_UNKNOWN"),
    "signer-registration-left-out": bad(registration_left_out, "KEY_UNKNOWN", _LOST),
    "signer-registered-later": bad(signer_registered_later, "KEY_NOT_YET_VALID", _LOST),
    "signer-revoked-before": bad(signer_revoked_before, "KEY_REVOKED"),
    "signer-rotated-before": bad(signer_rotated_before, "KEY_REVOKED"),
    "signer-suspended": bad(signer_suspended, "PARTY_SUSPENDED"),
    "signer-brought-in-by-a-thief": bad(signed_by_a_fallen_key, "KEY_REVOKED"),
    "signer-is-the-authority": bad(authority_makes_a_lot, "KEY_OF_AUTHORITY"),
    "device-revoked-before": bad(signed_by_a_revoked_device, "KEY_REVOKED", _LOST, complete=True),
    "device-never-registered": bad(
        signed_by_an_unknown_device, "KEY_UNKNOWN", _LOST, complete=True
    ),
    "device-signed-with-anothers-key": bad(
        countersigned_by_another_key, "COUNTERSIGNATURE_BAD", _LOST, complete=True
    ),
    "device-signed-another-batch": bad(
        countersigned_for_another_batch, "COUNTERSIGNATURE_BAD", complete=True
    ),
    "device-suspect-and-its-owner-affirms": bad(
        owner_stands_by_its_devices_batch, "NOT_PERMITTED", "ENTRY_SUSPECT", complete=True
    ),
    "device-suspect-and-affirms-another": bad(
        device_stands_by_another_entry, "ENTRY_SUSPECT", complete=True
    ),
    "device-revoked-by-another-party": bad(
        device_revoked_by_another_party, "NOT_PERMITTED", complete=True
    ),
    "device-suspect": bad(countersigned_by_a_stolen_device, "ENTRY_SUSPECT", complete=True),
    "device-revocation-left-out": bad(
        revocation_of_a_device_left_out, "ENTRIES_LEFT_OUT", complete=True
    ),
    "device-not-asked-of-the-index": bad(key_of_a_device_not_asked_for),
    "signer-is-another": bad(signed_by_another, "SIGNATURE_BAD"),
    "signer-of-an-edited-entry": bad(
        edited_and_logged_anew, "SIGNATURE_BAD", "SEEN_CONTRADICTED", "PARENT_MISSING", _LOST
    ),
    "parent-left-out": bad(parent_left_out, "PARENT_MISSING", _LOST),
    "parent-logged-after-child": bad(parent_logged_after_child, "PARENT_NOT_BEFORE"),
    "output-not-made": bad(output_that_was_not_made, "OUTPUT_UNKNOWN"),
    "output-of-another-lot": bad(
        output_of_another_lot, "OUTPUT_OTHER_STREAM", "STREAM_FOREIGN", _LOST
    ),
    "output-used-twice": bad(same_stock_to_two, "OUTPUT_USED"),
    "entry-suspect": bad(suspect, "ENTRY_SUSPECT"),
    "entry-suspect-in-both-hands": bad(suspect_in_both_hands, "ENTRY_SUSPECT"),
    "entry-suspect-used-by-its-own-party": bad(used_by_its_own_party, "ENTRY_SUSPECT"),
    "entry-suspect-received-too-late": bad(received_too_late, "ENTRY_SUSPECT"),
    "entry-suspect-affirmed-by-the-thief": bad(affirmed_by_the_thief, "ENTRY_SUSPECT"),
    "entry-suspect-by-a-key-of-the-thief": bad(suspect_by_a_fallen_key, "ENTRY_SUSPECT"),
    "subject-is-another": bad(another_subject, "NOTHING_ABOUT_SUBJECT"),
    "subject-without-items": bad(no_items, "NOTHING_ABOUT_SUBJECT"),
    "subject-never-registered": bad(complete_of_nothing, "NOTHING_ABOUT_SUBJECT", complete=True),
    "signer-is-the-operator": bad(operator_ships, "NOT_PERMITTED"),
    "index-recall-left-out": bad(recall_left_out, "ENTRIES_LEFT_OUT", complete=True),
    "index-revocation-left-out": bad(revocation_left_out, "ENTRIES_LEFT_OUT", complete=True),
    "index-of-other-entries": bad(index_of_other_entries, "INDEX_CONTRADICTED", complete=True),
    "index-key-not-shown": bad(index_key_not_shown),
    "index-leaf-of-another-key": bad(index_leaf_of_another_key, "INDEX_NOT_PROVEN", complete=True),
    "index-leaf-with-another-proof": bad(
        index_leaf_with_another_proof, "INDEX_NOT_PROVEN", complete=True
    ),
    "index-without-a-root": bad(index_without_a_root, "INDEX_MALFORMED"),
    "index-over-the-future": bad(index_over_the_future, "INDEX_MALFORMED"),
    "index-by-a-party": bad(index_by_a_party, "NOT_PERMITTED"),
    **SECOND,
}
