"""Where the log's doors are, below the prefix that the house gives them."""

from django.urls import URLPattern, path

from ledger.views import MayRead, Tile, checkpoint, proof, vkey


def doors(may_read_entries: MayRead) -> tuple[list[URLPattern], str]:
    """The addresses and their namespace, for `include`."""
    patterns = [
        path("checkpoint", checkpoint, name="checkpoint"),
        path("vkey", vkey, name="vkey"),
        path("tile/<path:path>", Tile.as_view(may_read=may_read_entries), name="tile"),
        path("entries/<str:entry_id>.tlog-proof", proof, name="proof"),
    ]
    return patterns, "ledger"
