"""A pass on the CPU uses all threads, or one where they would wait for each other longer than they save."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.decode.threads import PassThreads


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def chosen(threads: PassThreads, tokens: int) -> int:
    with threads.used(tokens):
        return torch.get_num_threads()


def measured(monkeypatch: pytest.MonkeyPatch, threads: PassThreads, wait: float) -> None:
    monkeypatch.setattr(PassThreads, "look", lambda self: setattr(self, "wait", wait))
    assert threads.wait == 0.0


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(
    ("wait", "tokens", "expected"),
    [(0.0, 1, 2), (2e-6, 1, 2), (1e-4, 1, 1), (1e-4, 16, 1), (1e-4, 512, 2), (5e-3, 16, 1)],
)
def test_small_passes_take_one_thread_where_threads_wait_long(
    embedded: Checkpoint, monkeypatch: pytest.MonkeyPatch, wait: float, tokens: int, expected: int
) -> None:
    threads = PassThreads(embedded.model, embedded.model.config.num_hidden_layers)
    measured(monkeypatch, threads, wait)
    assert chosen(threads, tokens) == expected
    assert torch.get_num_threads() == 2, "what the process uses otherwise is as before"


@pytest.mark.usefixtures("two_threads")
def test_a_failed_pass_gives_the_threads_back(embedded: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = PassThreads(embedded.model, 5)
    measured(monkeypatch, threads, 1.0)
    with pytest.raises(ValueError, match="pass"), threads.used(1):
        raise ValueError("pass")
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_a_look_measures_a_time_and_leaves_the_threads_alone(embedded: Checkpoint) -> None:
    threads = PassThreads(embedded.model, 5)
    threads.look()
    assert 0 <= threads.wait < 10
    assert torch.get_num_threads() == 2


@pytest.mark.skipif(sys.platform != "linux", reason="counts the process's threads in /proc")
def test_loading_leaves_no_helpers_behind() -> None:
    """They would be more than there are processors, and OpenMP would let them sleep in every pass."""
    program = """
        import os, time, torch
        from mtp_model.serve.registry import EngineKey, engine_for, unload
        torch.set_num_threads(2)
        def count():
            time.sleep(1)  # those of a thread that ended end a little later
            return len(os.listdir("/proc/self/task"))
        def helpers(task):
            before = count()
            task()
            return count() - before
        helpers(lambda: engine_for(EngineKey()))  # starts what others keep, such as a progress bar's monitor
        unload()
        print(helpers(lambda: engine_for(EngineKey())), helpers(lambda: torch.ones(1 << 20).sum()))
    """
    output = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    ).stdout
    assert output.split() == ["0", "1"]
