"""The chunked loss over the vocabulary equals the plain one, in a fraction of its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mtp_trainer.blocks import make_blocks
from mtp_trainer.objective import BlockLogits, Objective, block_loss
from tests.trainer.test_objective import END, MASK, batch_of, gradients, models

# The peak is that of the process's own memory since it began (VmHWM); ru_maxrss counts its parent's too.
MEASURE = """
import re, sys, torch
from mtp_trainer.vocabulary import VocabularyLogits
torch.set_num_threads(1)
torch.manual_seed(0)
def run(rows, vocabulary):
    head = torch.nn.Linear(8, vocabulary, bias=False)
    hidden = torch.randn(rows, 8, requires_grad=True)
    before = peak()
    logits = VocabularyLogits(hidden, head, int(sys.argv[1]))
    proposals, _ = logits.greedy((vocabulary - 1,))
    logits.losses(proposals).sum().backward()
    return peak() - before, {"hidden": hidden.grad, "head": head.weight.grad}
def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
run(4, 1000)  # what torch loads at its first use does not count
grown, gradients = run(256, 150_000)
print(grown)
torch.save(gradients, sys.argv[2])
"""


@pytest.mark.parametrize("options", [{}, {"soft": True}, {"text_weight": 0.7}])
def test_chunked_equals_plain_in_value_and_gradient(options: dict[str, Any]) -> None:
    student, teacher = models("llama")
    blocks = make_blocks(batch_of(), 4, offset=1)
    objective = Objective((MASK,), (END, *range(0, 38, 3)), **options)
    passes = BlockLogits(student), BlockLogits(teacher)
    plain = block_loss(*passes, blocks, objective)
    expected = gradients(student, plain)
    chunked = block_loss(*passes, blocks, objective, chunk=40 * 3)  # three places at a time
    found = gradients(student, chunked)
    assert torch.equal(plain.proposals, chunked.proposals)
    assert torch.equal(plain.targets, chunked.targets)
    # float32: the same terms, summed in another order
    torch.testing.assert_close(chunked.loss, plain.loss, rtol=1e-6, atol=1e-7)
    assert expected.keys() == found.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.timeout(400)  # two processes import torch, which takes a busy machine minutes
def test_chunks_take_a_third_of_the_memory_at_most_with_150000_tokens(root: Path, tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the peak memory of a process is read as on Linux")
    environment = os.environ | {"PYTHONPATH": f"{root}/model{os.pathsep}{root}/trainer"}
    environment["MALLOC_MMAP_THRESHOLD_"] = (
        "1000000"  # what is freed goes back, as on a GPU it can be used again
    )
    peaks, found = [], []
    for chunk in (2**22, 2**40):
        file = tmp_path / f"{chunk}.pt"
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(chunk), str(file)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout))
        found.append(torch.load(file, weights_only=True))
    assert peaks[1] > 3 * peaks[0], peaks
    for name, shape in {"hidden": (256, 8), "head": (150_000, 8)}.items():
        chunked, whole = (gradients[name] for gradients in found)
        assert chunked.shape == shape and whole.any(dim=1).all(), name
        # float32: the head's sums over 256 places run chunk by chunk
        torch.testing.assert_close(chunked, whole, rtol=1e-4, atol=1e-6, msg=name)
