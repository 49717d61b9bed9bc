"""Static files, addressed by their content: a browser asks for each only once.

When a file changes, so does its address. Each is read and compressed once.
"""

import gzip
import mimetypes
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

_FOLDER = Path(__file__).parents[1] / "static"
_A_YEAR = "public, max-age=31536000, immutable"


class StaticFile(NamedTuple):
    """A static file. version: a hash of its content. gzipped: if that is shorter, as of texts."""

    version: str
    mimetype: str
    body: bytes
    gzipped: bytes | None


def serve_static_files(app: Flask) -> None:
    """Add the route of the static files, and the version to their addresses by url_for."""

    def file(filename: str) -> Response:
        found = _static(filename)
        if found is None:
            raise NotFound("There is no such file.")
        answer = Response(found.body, mimetype=found.mimetype)
        answer.vary.add("Accept-Encoding")
        if found.gzipped and request.accept_encodings.quality("gzip"):
            answer.set_data(found.gzipped)
            answer.headers["Content-Encoding"] = "gzip"
        is_current = request.args.get("v") == found.version
        answer.headers["Cache-Control"] = _A_YEAR if is_current else "no-cache"
        return answer

    def address(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (found := _static(values.get("filename", ""))):
            values.setdefault("v", found.version)

    app.add_url_rule("/static/<filename>", "static", file)
    app.url_defaults(address)


def _static(filename: str) -> StaticFile | None:
    """Return the file of this name, or None. The name cannot lead to another folder."""
    for path in _FOLDER.iterdir():
        if path.name == filename and path.is_file():
            return _read(path, path.stat().st_mtime_ns)
    return None


@lru_cache(64)
def _read(path: Path, mtime_ns: int) -> StaticFile:
    body = path.read_bytes()
    version = blake2b(body, digest_size=6).hexdigest()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    gzipped = gzip.compress(body, mtime=0)
    return StaticFile(version, mimetype, body, gzipped if len(gzipped) < len(body) else None)
