"""Compress answers with gzip where the client accepts it: quickly rather than well."""

import gzip

from flask import Flask, Response, request

_WORTH_IT = 1000  # bytes
_QUICK = 4
_TEXTS = ("text/", "application/json", "image/svg+xml")


def send_small(app: Flask) -> None:
    """Compress the texts that an application answers with, but not what it streams."""

    def pack(response: Response) -> Response:
        is_text = (response.mimetype or "").startswith(_TEXTS)
        if not is_text or response.is_streamed or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) > _WORTH_IT and request.accept_encodings.quality("gzip"):
            response.set_data(gzip.compress(body, _QUICK, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response

    app.after_request(pack)
