"""The LangGraph server behind the page: one of our own (`langgraph dev` as a subprocess), or one by URL."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from mtp_model.errors import ServerError

__all__ = ["check_server", "examples_config", "new_log", "own_server"]

START_SECONDS = 300.0  # it imports torch and all graphs; a busy machine takes its time
JOBS = 4  # runs at once
_QUIET = {
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGSMITH_TRACING": "false",
}


def examples_config() -> Path:
    """The `langgraph.json` of the example agents, in a checkout or in an installed package."""
    import mtp_agents.examples

    for folder in reversed(list(mtp_agents.examples.__path__)):
        if (found := Path(folder) / "langgraph.json").is_file():
            return found
    raise ServerError("this installation has no examples/langgraph.json: install mtp-agents again.")


def check_server(url: str) -> None:
    """Makes sure that a LangGraph server answers at a URL.

    Raises:
        ServerError: Nothing answers there, or something else does.
    """
    try:
        answer = httpx.get(f"{url}/ok", timeout=10, trust_env=False)
        is_langgraph = answer.is_success and answer.json().get("ok") is True
    except httpx.HTTPError as error:
        raise ServerError(
            f"no server answers at {url} ({type(error).__name__}). Start one with `langgraph dev` and give "
            "its address, or leave --url out: then one is started with the example agents."
        ) from None
    except (ValueError, AttributeError):
        is_langgraph = False
    if not is_langgraph:
        raise ServerError(
            f"what answers at {url} is no LangGraph server: /ok gave status {answer.status_code}. Give the "
            "address that `langgraph dev` prints as its API."
        )


@contextmanager
def own_server(config: Path, log: Path) -> Iterator[str]:
    """Runs `langgraph dev` and yields its URL once it answers; it ends with the block.

    Args:
        config: A `langgraph.json`. The server runs in its folder, as `langgraph dev` wants it; that of the
            example agents runs in the current one, where they write their files.
        log: File for what the server says.

    Raises:
        ServerError: It did not start; the message has its last words.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    options = ["--no-reload", "--no-browser", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--config", str(config), *options]
    examples = config == examples_config()
    paths = [str(config.parent)] * examples + [os.environ.get("PYTHONPATH", "")]
    environment = os.environ | _QUIET | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--n-jobs-per-worker", str(JOBS)],
            cwd=None if examples else config.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C is for this process, which then ends the other
        )
    try:
        _wait(url, process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def new_log() -> Path:
    """An empty file for a server's log, in the system's folder for such files."""
    handle, name = tempfile.mkstemp(prefix="mtp-agents-studio-", suffix=".log")
    os.close(handle)
    return Path(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServerError(f"the LangGraph server did not start: {_last_words(log)} (all of it: {log})")
        try:
            if httpx.get(f"{url}/ok", timeout=5, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise ServerError(f"the LangGraph server did not answer within {START_SECONDS:.0f} s; its log is {log}.")


def _last_words(log: Path) -> str:
    """The last error in a log, or else its last line."""
    text = log.read_text(errors="replace")
    lines = re.findall(r"^[\w.]*(?:Error|Exception): .+", text, re.MULTILINE) or text.split("\n")
    return next((line.strip()[:400] for line in reversed(lines) if line.strip()), "it said nothing.")
