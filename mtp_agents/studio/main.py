"""Runs the page: checks what it needs, starts or finds the LangGraph server, serves until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from mtp_model.errors import ConfigError, ServerError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["run_studio"]

_PACKAGES = ("httpx", "starlette", "uvicorn")
_OWN_SERVER = ("langgraph_cli", "langgraph_api", "langgraph_runtime_inmem", "langchain")


def run_studio(
    console: Console,
    *,
    url: str | None = None,
    config: Path | None = None,
    port: int = 2025,
    browser: bool = True,
) -> None:
    """Serves the page on 127.0.0.1 until Ctrl-C.

    Args:
        console: Where to say what is going on.
        url: A LangGraph server that is running; None starts one.
        config: The `langgraph.json` of the server to start; None takes the example agents.
        port: Port of the page; 0 for any free one.
        browser: Whether to open the page in the browser.

    Raises:
        ConfigError: An option is wrong.
        ServerError: A package is missing, the port is taken, or there is no server.
    """
    if url is not None and config is not None:
        raise ConfigError("--url and --config exclude each other: a server that runs has its graphs already.")
    if not 0 <= port <= 65535:
        raise ConfigError(f"the port is {port}, but must be from 0 (any free one) to 65535.")
    _need(_PACKAGES if url else (*_PACKAGES, *_OWN_SERVER))
    with ExitStack() as stack:
        stack.enter_context(_ended_by_sigterm())
        listening = stack.enter_context(_listen(port))
        server, advice = _find(url) if url else stack.enter_context(_start(console, config))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        console.print(
            f"The page is at {address} (LangGraph server: {server}). Ctrl-C ends.",
            highlight=False,
            soft_wrap=True,
        )
        if browser:
            webbrowser.open(address)
        _serve(server, advice, listening)


def _find(url: str) -> tuple[str, str]:
    from mtp_agents.studio.server import check_server

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"the server's URL is {url!r}, but must look like http://127.0.0.1:2024.")
    base = url.rstrip("/")
    check_server(base)
    return base, "Start it again."


@contextmanager
def _start(console: Console, config: Path | None) -> Iterator[tuple[str, str]]:
    from mtp_agents.studio.server import examples_config, new_log, own_server

    config = config.resolve() if config else examples_config()
    if not config.is_file():
        raise ConfigError(f"there is no file {config}: --config needs the langgraph.json of your graphs.")
    log = new_log()
    words = f"Starting the LangGraph server of {config} (log: {log}) ..."
    console.print(words, highlight=False, soft_wrap=True)
    with own_server(config, log) as url:
        yield url, f"End `mtp-agents studio` and start it again; the server's log is {log}."
    log.unlink(missing_ok=True)  # kept where something went wrong


def _serve(server: str, advice: str, listening: socket.socket) -> None:
    import uvicorn

    from mtp_agents.studio.page import make_page

    # A stream that is still open must not hold up Ctrl-C.
    options: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1}
    with suppress(KeyboardInterrupt):  # uvicorn raises it again, when all is closed
        uvicorn.Server(uvicorn.Config(make_page(server, advice), **options)).run(sockets=[listening])


@contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    """The page's port, taken before anything slow is started."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()
        except OSError as error:
            raise ServerError(
                f"port {port} cannot be had ({error.strerror}): something else may be using it. Give another "
                "one with --port, or --port 0 for any that is free."
            ) from None
        yield listening


def _need(packages: tuple[str, ...]) -> None:
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ServerError(
            f"`mtp-agents studio` needs packages that are not installed ({', '.join(missing)}): "
            "pip install 'mtp-agents[studio]'"
        )


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as an exception does, so that the server is not left behind."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
