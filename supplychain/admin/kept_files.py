"""The files of several loggers, each with what is said of it, between a form and the signature."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.signing import BadSignature, Signer

from supplychain.admin.carried import Carried, carried

FILES_MAX: Final = 10
_SALT: Final = "supplychain.admin.kept_files"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An uploaded file, and the fields of the form that were filled in about it."""

    file: Carried
    said: Mapping[str, str]


def as_field(files: Sequence[KeptFile]) -> str:
    """The files as a hidden field carries them, signed: only ours are unpacked."""
    listed = [{"file": one.file.as_field(), "said": dict(one.said)} for one in files]
    return Signer(salt=_SALT).sign(json.dumps(listed)) if files else ""


def kept(field: str) -> tuple[KeptFile, ...]:
    """The files in a hidden field; none for an empty field or one that we did not write."""
    try:
        listed = json.loads(Signer(salt=_SALT).unsign(field))
    except BadSignature:
        return ()
    found = ((carried(one["file"]), one["said"]) for one in listed)
    return tuple(KeptFile(file, said) for file, said in found if file is not None)
