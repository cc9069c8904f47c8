"""The ledger in the admin: everybody with the permission may look, nobody may touch."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.models import Alarm, AuditRun, Checkpoint, Entry, Key, Leaf, Party

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin  # not subscriptable while it runs


class ReadOnlyAdmin(_Admin):
    """Lists and pages without a button: what is evidence is added to by the ledger alone."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's form
        """Nobody adds here."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's form
        obj: Model | None = None,  # noqa: ARG002  Django's form
    ) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's form
        obj: Model | None = None,  # noqa: ARG002  Django's form
    ) -> bool:
        """Nobody deletes here."""
        return False


def _hex(value: bytes | memoryview | None) -> str:
    return bytes(value).hex() if value else ""


@admin.register(Leaf)
class LeafAdmin(ReadOnlyAdmin):
    """The log, newest first; each page shows the entry as it was signed."""

    list_display = ("index", "entry_id", "number")
    search_fields = ("entry_id",)
    search_help_text = "an entry id"
    fields = ("index", "stream_id", "number", "entry_id", "leaf_hash", "entry_text")
    readonly_fields = ("leaf_hash", "entry_text")

    @admin.display(description="leaf hash")
    def leaf_hash(self, leaf: Leaf) -> str:
        """The hash as hex."""
        return _hex(leaf.hash)

    @admin.display(description="entry, as received")
    def entry_text(self, leaf: Leaf) -> SafeString | str:
        """The signed text, or that it is gone."""
        entry = Entry.objects.filter(stream_id=leaf.stream_id, entry_id=leaf.entry_id).first()
        if entry is None:
            return "gone: run audit_ledger"
        return format_html("<pre>{}</pre>", bytes(entry.jws).decode("ascii", "replace"))


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    """Signed tree heads, newest first."""

    list_display = ("size", "root_hex", "at")
    fields = ("size", "previous", "root_hex", "at", "note")
    readonly_fields = ("root_hex",)

    @admin.display(description="root")
    def root_hex(self, checkpoint: Checkpoint) -> str:
        """The root as hex."""
        return _hex(checkpoint.root)


@admin.register(Party)
class PartyAdmin(ReadOnlyAdmin):
    """Admitted parties."""

    list_display = ("party", "admitted_by", "suspended")
    search_fields = ("party",)

    @admin.display(boolean=True)
    def suspended(self, party: Party) -> bool:
        """Whether a suspension is registered that has not ended."""
        return len(party.suspended_by) > len(party.reinstated_by)


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin):
    """Public keys of parties, and their revocations."""

    list_display = ("kid", "party", "custody", "revoked")
    list_filter = ("custody",)
    search_fields = ("kid", "party__party")
    fields = ("kid", "party", "custody", "added_by", "revoked_by", "revoked_from", "successor")

    @admin.display(boolean=True)
    def revoked(self, key: Key) -> bool:
        """Whether a revocation is registered."""
        return bool(key.revoked_by)


@admin.register(AuditRun)
class AuditRunAdmin(ReadOnlyAdmin):
    """Audits and what they found."""

    list_display = ("started_at", "whole", "entries", "size", "second_opinions")


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    """Alarms; they are acknowledged by `manage.py acknowledge_alarm`, with a reason."""

    list_display = ("raised_at", "code", "about", "acknowledged_by", "cleared_at")
    list_filter = ("code",)
