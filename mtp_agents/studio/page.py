"""The page as a Starlette application: its files, and a proxy to the LangGraph server under /api."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["make_page"]

STATIC = Path(__file__).parent / "static"
HOSTS = ["127.0.0.1", "localhost"]
# Silence between two events may be long: a model thinks. Only connecting has to be quick.
TIMEOUT = httpx.Timeout(10, read=None)
_ASKED = ("accept", "content-type")
_ANSWERED = ("content-type", "content-location", "location", "cache-control")
# The browser loads nothing from anywhere else, and no other page may frame this one.
_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",  # a newer version of the package is seen at once
}


def make_page(url: str, advice: str = "") -> Starlette:
    """Makes the application.

    Args:
        url: Base URL of the LangGraph server, without a slash at its end. It need not be up: a request that
            it does not answer gets status 502, or an `error` event in a stream, which say so.
        advice: What the user should do then.
    """
    client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    def gone(error: Exception) -> str:
        return f"The LangGraph server at {url} does not answer ({type(error).__name__}). {advice}".strip()

    async def about(request: Request) -> Response:
        from mtp_agents import __version__

        return JSONResponse({"server": url, "version": __version__})

    async def proxy(request: Request) -> Response:
        # Another page in this browser may send requests here; a browser says from where.
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return JSONResponse({"detail": f"requests from {origin} are not allowed"}, status_code=403)
        headers = {name: request.headers[name] for name in _ASKED if name in request.headers}
        asked = client.build_request(
            request.method,
            "/" + request.path_params["path"],
            params=str(request.query_params),
            headers=headers | {"accept-encoding": "identity"},
            content=await request.body(),
        )
        try:
            answer = await client.send(asked, stream=True)
        except httpx.HTTPError as error:
            return JSONResponse({"detail": gone(error)}, status_code=502)
        kept = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers}
        return StreamingResponse(_body(answer, gone), status_code=answer.status_code, headers=kept)

    routes = [
        Route("/about.json", about),
        Route("/api/{path:path}", proxy, methods=["GET", "POST"]),
        Mount("/", StaticFiles(directory=STATIC, html=True)),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS), Middleware(_Headers)]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


async def _body(answer: httpx.Response, gone: Callable[[Exception], str]) -> AsyncIterator[bytes]:
    """The server's answer as it comes; a stream that breaks off ends with an event that says so."""
    try:
        async for part in answer.aiter_raw():
            yield part
    except httpx.HTTPError as error:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            raise
        data = json.dumps({"error": "ServerGone", "message": gone(error)})
        yield f"\n\nevent: error\ndata: {data}\n\n".encode()
    finally:
        await answer.aclose()


class _Headers:
    """Adds `_HEADERS` to every answer that does not have them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(one for one in added if one[0] not in present)]
            await send(message)

        await self.app(scope, receive, with_headers)
