"""A logger's file between the form, its review and the signature: nobody uploads it twice."""

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

BYTES_MAX: Final = 2_000_000
_SALT: Final = "supplychain.admin.carried"
_NAME_MAX: Final = 80
_SEPARATOR: Final = "/"  # in no base64url


@dataclass(frozen=True, slots=True)
class Carried:
    """An uploaded file, untouched."""

    name: str
    content: bytes

    def as_field(self) -> str:
        """The file as a hidden field carries it: packed and signed: only ours is unpacked."""
        packed = _b64(zlib.compress(self.content, 6))
        return Signer(salt=_SALT).sign(f"{_b64(self.name.encode())}{_SEPARATOR}{packed}")

    @property
    def kilobytes(self) -> str:
        """Its size for people."""
        return f"{max(len(self.content) / 1000, 0.1):,.1f} kB"


def bring(data: QueryDict, files: MultiValueDict[str, Any] | None) -> tuple[Carried | None, str]:
    """The file that comes with a form, or again, and why none; from here on `data` carries it."""
    brought, fault = carried(data.get("carried", "")), ""
    file = files.get("file") if files else None
    if file is not None and (file.size or 0) > BYTES_MAX:
        fault = f"The file is larger than {BYTES_MAX // 10**6} MB."
    elif file is not None:
        brought = Carried((file.name or "file")[:_NAME_MAX], file.read())
    data["carried"] = brought.as_field() if brought else ""
    return brought, fault


def carried(field: str) -> Carried | None:
    """The file in a hidden field; None for an empty field or one that we did not write."""
    try:
        name, _, packed = Signer(salt=_SALT).unsign(field).partition(_SEPARATOR)
        return Carried(_unb64(name).decode(), zlib.decompress(_unb64(packed)))
    except (BadSignature, binascii.Error, zlib.error, UnicodeDecodeError):
        return None


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
