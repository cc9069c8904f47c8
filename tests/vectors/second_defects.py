"""The golden files of version 2: about outputs, by streams' own indexes, with members of sets."""

from collections.abc import Mapping

from tests.vectors.output_defects import (
    an_index_of_version_2_in_a_file_of_version_1,
    ancestor_hidden,
    ancestor_without_its_key,
    by_an_index_of_version_1,
    index_of_another_stream,
    lot_hidden_by_its_own_index,
    maker_not_shown,
    output_not_made,
    output_without_its_key,
    recall_hidden,
    second_use_hidden,
    second_use_shown,
    small_output,
    stream_without_its_key,
    two_outputs,
    unregistered_in_version_2,
    unused,
    use_denied_with_a_strangers_gap,
    used,
    used_after_the_index,
    user_hidden,
    whole_stream,
    whole_stream_without_its_key,
    words_of_another_stream,
    words_without_their_key,
)
from tests.vectors.set_defects import (
    pack_denied,
    pack_of_another_name,
    pack_shown,
    pack_that_stayed_shown_as_sent,
    pack_with_another_salt,
    set_at_no_path,
    set_of_a_registry_entry,
    set_of_an_entry_in_doubt,
    set_of_no_entry,
    set_proof_about_another_place,
    two_packs_shown,
)
from tests.vectors.vector import Vector, bad

_LOST = "PARENT_NOT_PROVEN"
SECOND: Mapping[str, Vector] = {
    "good-v2": Vector(whole_stream, complete=True),
    "good-v2-output": Vector(unused, complete=True),
    "good-v2-output-used": Vector(used, complete=True),
    "good-v2-output-used-after-the-index": Vector(used_after_the_index, complete=True),
    "good-v2-two-outputs": Vector(two_outputs, complete=True),
    "good-v2-small": Vector(small_output, policy="policy-witness", complete=True),
    "v2-lot-without-its-key": bad(whole_stream_without_its_key),
    "v2-lot-entry-hidden": bad(lot_hidden_by_its_own_index, "ENTRIES_LEFT_OUT", complete=True),
    "v2-lot-never-registered": bad(
        unregistered_in_version_2, "NOTHING_ABOUT_SUBJECT", complete=True
    ),
    "v2-output-not-made": bad(output_not_made, "SUBJECT_NOT_MADE", complete=True),
    "v2-output-of-another-lot": bad(maker_not_shown, "SUBJECT_NOT_MADE"),
    "v2-output-user-hidden": bad(user_hidden, "ENTRIES_LEFT_OUT", complete=True),
    "v2-output-recall-hidden": bad(recall_hidden, "ENTRIES_LEFT_OUT", complete=True),
    "v2-output-ancestor-hidden": bad(ancestor_hidden, "PARENT_MISSING", _LOST),
    "v2-output-ancestor-used-twice": bad(second_use_shown, "OUTPUT_USED", _LOST, complete=True),
    "v2-output-ancestor-used-twice-hidden": bad(
        second_use_hidden, "ENTRIES_LEFT_OUT", complete=True
    ),
    "v2-output-without-its-key": bad(output_without_its_key),
    "v2-output-ancestor-without-its-key": bad(ancestor_without_its_key),
    "v2-output-words-without-their-key": bad(words_without_their_key),
    "v2-output-lot-without-its-key": bad(stream_without_its_key),
    "v2-output-with-the-gap-of-another": bad(
        use_denied_with_a_strangers_gap, "INDEX_NOT_PROVEN", complete=True
    ),
    "v2-output-with-the-index-of-another-lot": bad(
        index_of_another_stream, "INDEX_NOT_PROVEN", complete=True
    ),
    "v2-output-with-the-words-about-another-lot": bad(
        words_of_another_stream, "INDEX_NOT_PROVEN", complete=True
    ),
    "v2-output-by-an-index-of-version-1": bad(by_an_index_of_version_1),
    "index-of-version-2": bad(an_index_of_version_2_in_a_file_of_version_1, "INDEX_MALFORMED"),
    "good-v2-pack": Vector(pack_shown, complete=True),
    "good-v2-two-packs": Vector(two_packs_shown, complete=True),
    "v2-pack-that-stayed-shown-as-sent": bad(
        pack_that_stayed_shown_as_sent, "SET_NOT_PROVEN", complete=True
    ),
    "v2-pack-denied": bad(pack_denied, "SET_NOT_PROVEN", complete=True),
    "v2-pack-of-another-name": bad(pack_of_another_name, "SET_NOT_PROVEN", complete=True),
    "v2-pack-with-another-salt": bad(pack_with_another_salt, "SET_NOT_PROVEN", complete=True),
    "v2-pack-set-at-no-path": bad(set_at_no_path, "SET_NOT_PROVEN", complete=True),
    "v2-pack-set-of-no-entry": bad(set_of_no_entry, "SET_NOT_PROVEN", complete=True),
    "v2-pack-set-of-the-registry": bad(set_of_a_registry_entry, "SET_NOT_PROVEN", complete=True),
    "v2-pack-set-of-an-entry-in-doubt": bad(
        set_of_an_entry_in_doubt, "INCLUSION_NOT_PROVEN", _LOST, "SET_NOT_PROVEN", complete=True
    ),
    "v2-pack-set-proof-about-another-place": bad(
        set_proof_about_another_place, "SET_NOT_PROVEN", complete=True
    ),
}
