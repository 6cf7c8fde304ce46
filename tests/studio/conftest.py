"""`langgraph dev` as a subprocess, one for all tests of this folder; and `mtp-agents studio`."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

GRAPHS = ("scripted", "slow", "meeting", "approval", "planner", "analyst", "ready_made", "failing")


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    url: str
    log: Path


@dataclass(frozen=True)
class Page:
    """`mtp-agents studio` that runs."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def start_studio(root: Path, folder: Path, *options: str) -> Iterator[Page]:
    """Runs `mtp-agents studio` in a folder, on a free port."""
    command = [sys.executable, "-m", "mtp_agents.cli", "studio", "--no-browser", "--port", "0", *options]
    environment = _environment(root) | {"NO_COLOR": "1"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout
            said = []
            for line in process.stdout:
                said.append(line)
                if "The page is at" in line:
                    break
            else:
                pytest.fail(f"the page did not start:\n{''.join(said)}")
            yield Page(said[-1].split("The page is at ")[1].split()[0], process)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves the examples as `examples/langgraph.json` says, and `served.py` beside them."""
    pytest.importorskip("langgraph_api", reason="needs the extra studio: pip install 'mtp-agents[studio]'")
    home = tmp_path_factory.mktemp("studio")
    config: dict[str, Any] = json.loads((root / "examples/langgraph.json").read_text())
    config["dependencies"] = [str(root / "examples")]
    config["graphs"] |= {f"served_{name}": f"tests.studio.served:{name}" for name in GRAPHS}
    (home / "langgraph.json").write_text(json.dumps(config))
    log = home / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            _command(port := _free_port()), cwd=home, env=_environment(root), stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log)
        yield Server(url, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(port: int) -> list[str]:
    langgraph = str(Path(sys.executable).with_name("langgraph"))
    options = ["--no-reload", "--no-browser", "--host", "127.0.0.1", "--port", str(port)]
    return [langgraph, "dev", *options, "--n-jobs-per-worker", "8"]  # runs of other tests may still go on


def _environment(root: Path) -> dict[str, str]:
    paths = [str(root), str(root / "model"), str(root / "trainer")]
    quiet = {
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
        "LANGSMITH_TRACING": "false",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }
    return os.environ | quiet | {"PYTHONPATH": os.pathsep.join(paths)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 150
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text()[-4000:]}")
