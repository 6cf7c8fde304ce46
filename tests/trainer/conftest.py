"""What the trainer's tests share."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.trainer.tiny import make_teacher, write_data


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """One thread: sums run in the same order everywhere, and a busy machine does not stall tiny models."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """Files may not grow beyond 8 MiB: writing one fails as on a full disk, in the same call.

    A limit that the tests' own log, which may be a file too, stays below. Calling the value lifts it.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, before[1]))

    def lift() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    yield lift
    lift()


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random teacher with a mask token."""
    return make_teacher(tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few conversations as a token dataset."""
    return write_data(tmp_path_factory.mktemp("data") / "train")
