"""AWS Signature Version 4, as far as an object store needs it: one request, body in hand.

Forty lines of HMAC, instead of an SDK of forty megabytes.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-._~"


@dataclass(frozen=True)
class Credentials:
    """Who asks, and where."""

    key_id: str
    secret: str
    region: str


@dataclass(frozen=True)
class S3Request:
    """A request; `path` and the values of `query` are not encoded yet, names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The encoded path, with the query behind it."""
        return self.encoded_path + (f"?{self.encoded_query}" if self.query else "")

    @property
    def encoded_path(self) -> str:
        """The path as it is signed and sent."""
        return quote(self.path, safe="/" + _UNRESERVED)

    @property
    def encoded_query(self) -> str:
        """The query in the order of its names."""
        return urlencode(sorted(self.query.items()), quote_via=quote, safe=_UNRESERVED)


def signed_headers(request: S3Request, credentials: Credentials, at: datetime) -> dict[str, str]:
    """Return the headers of the request, signed; `host` must be among those it has. `at` is UTC."""
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(request.body).hexdigest()
    headers = {**request.headers, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    lines = [request.method, request.encoded_path, request.encoded_query]
    lines += [f"{name}:{headers[name].strip()}" for name in sorted(headers)]
    canonical = "\n".join([*lines, "", names, digest])
    scope = f"{moment[:8]}/{credentials.region}/s3/aws4_request"
    told = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = _sign(credentials, scope, told)
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.key_id}/{scope},"
        f"SignedHeaders={names},Signature={signature}"
    )
    return headers


def _sign(credentials: Credentials, scope: str, told: str) -> str:
    key = f"AWS4{credentials.secret}".encode()
    for part in [*scope.split("/"), told]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
