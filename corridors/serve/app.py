"""The server's two addresses, the page and its answers, and what it lets in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corridors.errors import InputError, SolverError
from corridors.page.chosen import answered
from corridors.page.write import policy
from corridors.serve.composed import composed_of
from corridors.serve.solving import Busy, Solving

LARGEST = 32_768
"""Bytes of a question."""
PATIENCE = 5.0
"""Seconds in which a question must have arrived."""
LONGEST_ERROR = 1000
"""Letters of an error."""


def app_of(page: str, solving: Solving, names: Collection[str] = ()) -> Starlette:
    """The application that serves one page.

    Parameters
    ----------
    page : str
        HTML.
    solving : Solving
        What answers its questions.
    names : collection of str
        Names of this server other than ``localhost`` and addresses of numbers.
    """

    async def show(_: Request) -> Response:
        return HTMLResponse(page)

    async def answer(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "give application/json")
        answer = await solving.answer(composed_of(await _body(request)))
        return _json(200, answered(answer))

    return Starlette(
        routes=[Route("/", show), Route("/answer", answer, methods=["POST"])],
        middleware=[Middleware(Guard, names=frozenset(name.lower() for name in names))],
        exception_handlers={
            InputError: lambda _, error: _error(422, str(error)),
            SolverError: lambda _, error: _error(500, str(error)),
            Busy: lambda _, error: _error(503, str(error), {"Retry-After": "1"}),
            HTTPException: lambda _, error: _error(error.status_code, error.detail, error.headers),
            Exception: lambda *_: _error(500, "the server failed at this; its terminal says how"),
        },
    )


async def _body(request: Request) -> bytes:
    """The body of a request, which has to come soon and be small."""
    found = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                found += part
                if len(found) > LARGEST:
                    raise HTTPException(413, f"give at most {LARGEST} bytes")
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408, f"send a question within {PATIENCE:g} seconds") from None
    return bytes(found)


def _json(status: int, content: Any, headers: Any = None) -> Response:
    # Escaped: half a surrogate pair, which a name may hold, has no UTF-8.
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return Response(text, status, headers, media_type="application/json")


def _error(status: int, text: str, headers: Any = None) -> Response:
    return _json(status, {"error": text[:LONGEST_ERROR]}, headers)


class Guard:
    """Lets in what this server's own page asks, and says in every answer what a browser may do with it.

    A host has to be ``localhost``, an address of numbers or one of `names`: another name was made to point here. An
    origin has to be that host: another page asks.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app, self.names = app, names
        self.headers = {
            "Content-Security-Policy": f"{policy(live=True)}; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        app: ASGIApp = self.app
        if len(hosts) != 1 or not self.is_ours(hosts[0]):
            app = _error(421, "this server has no such name; give it with --name")
        elif any(urlsplit(origin).netloc != hosts[0] for origin in origins) or (
            headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
            and scope["method"] not in ("GET", "HEAD")
        ):
            app = _error(403, "another page asks")
        await app(scope, receive, with_headers)

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names this server."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name == "localhost" or name in self.names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
