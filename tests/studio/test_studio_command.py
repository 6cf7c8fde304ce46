"""`mtp-agents studio`: what it refuses, and that it starts and ends its server."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from mtp_agents.cli import app
from tests.studio.conftest import Server, start_studio

pytestmark = pytest.mark.timeout(300)

RUN = CliRunner(env={"COLUMNS": "120", "NO_COLOR": "1"})
NEEDS_SERVER = "needs the extra studio: pip install 'mtp-agents[studio]'"


def refusal(*arguments: str) -> str:
    """The one line on stderr of a command that fails."""
    done = RUN.invoke(app, ["studio", "--no-browser", *arguments])
    assert done.exit_code == 1, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith("mtp-agents: ")
    return line


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = refusal("--port", str(port), "--url", "http://127.0.0.1:1")
    assert f"port {port}" in line and "--port" in line


def test_no_server_at_the_url() -> None:
    line = refusal("--port", "0", "--url", "http://127.0.0.1:1")
    assert "no server answers at http://127.0.0.1:1" in line and "langgraph dev" in line


def test_a_server_that_is_another_one() -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *words: Any) -> None: ...

    with listening(Other) as port:
        assert "is no LangGraph server" in refusal("--port", "0", "--url", f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "localhost:2024"], "must look like http://"),
        (["--url", "http://127.0.0.1:1", "--config", "langgraph.json"], "exclude each other"),
        (["--port", "70000"], "65535"),
        (["--config", "no/such/langgraph.json"], "no file"),
    ],
)
def test_options_that_make_no_sense(arguments: list[str], words: str) -> None:
    port = [] if "--port" in arguments else ["--port", "0"]
    assert words in refusal(*arguments, *port)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtp_agents.studio.main._PACKAGES", ("uvicorn", "no_such_package"))
    line = refusal("--url", "http://127.0.0.1:1")
    assert "no_such_package" in line and "pip install 'mtp-agents[studio]'" in line


def test_a_configuration_that_the_server_cannot_start_with(tmp_path: Path) -> None:
    pytest.importorskip("langgraph_api", reason=NEEDS_SERVER)
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"dependencies": ["."], "graphs": {"agent": "no_such_module:graph"}}))
    line = refusal("--config", str(config), "--port", "0")
    assert "did not start" in line and "no_such_module" in line


def test_it_serves_the_examples_and_takes_its_server_along(root: Path, tmp_path: Path) -> None:
    pytest.importorskip("langgraph_api", reason=NEEDS_SERVER)
    with start_studio(root, tmp_path) as page:
        assert httpx.get(f"{page.url}/").headers["content-type"].startswith("text/html")
        found = httpx.post(f"{page.url}/api/assistants/search", json={"limit": 100}).json()
        assert {"reasoning_agent", "approval", "ready_made"} <= {one["graph_id"] for one in found}
        server = httpx.get(f"{page.url}/about.json").json()["server"]
        assert httpx.get(f"{server}/ok").is_success
        page.process.send_signal(signal.SIGTERM)
        page.process.wait(30)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server}/ok")


def test_requests_of_other_pages_are_refused(server: Server, root: Path, tmp_path: Path) -> None:
    with start_studio(root, tmp_path, "--url", server.url) as page:
        other = {"origin": "https://example.org"}
        assert httpx.post(f"{page.url}/api/threads", json={}, headers=other).status_code == 403
        assert httpx.get(f"{page.url}/", headers={"host": "example.org"}).status_code == 400
        assert "default-src 'self'" in httpx.get(f"{page.url}/").headers["content-security-policy"]
        assert httpx.get(f"{page.url}/../page.py").status_code == 404
