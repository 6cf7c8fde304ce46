"""Policies, options and the block layout; the step without host synchronisation."""

import subprocess
import sys

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import mtp_model
from mtp_model import layout
from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified, policy_from_name
from mtp_model.decode.sampling import SamplingRules
from mtp_model.decode.step import Rows, Rules, block_step
from mtp_model.errors import ConfigError, MTPError


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Static(0), "k=0.*from 1 to 256"),
        (lambda: Static(-3), "from 1 to"),
        (lambda: Static(True), "integer"),
        (lambda: Static(2.0), "integer"),
        (lambda: ConfAdapt(0.0), r"threshold must be a number in \(0, 1\]"),
        (lambda: ConfAdapt(1.01), r"\(0, 1\]"),
        (lambda: ConfAdapt(float("nan")), r"\(0, 1\]"),
        (lambda: ConfAdapt("0.9"), "number"),
        (lambda: ConfAdapt(0.9, 0), "k_max"),
        (lambda: Verified(0), "k_max"),
        (lambda: Verified(8, -0.1), r"\[0, 1\]"),
        (lambda: GenerationOptions(max_new_tokens=0), "at least 1"),
        (lambda: GenerationOptions(temperature=-1), "temperature"),
        (lambda: GenerationOptions(top_p=0), "top_p"),
        (lambda: GenerationOptions(top_k=-1), "top_k"),
        (lambda: GenerationOptions(min_p=1.5), r"min_p=1.5.*\[0, 1\]"),
        (lambda: GenerationOptions(seed=1.5), "seed"),
        (lambda: GenerationOptions(stop_strings="END"), "tuple of non-empty strings"),
        (lambda: GenerationOptions(stop_strings=("",)), "non-empty"),
        (lambda: GenerationOptions(stop_token_ids=(-1,)), "stop_token_ids"),
        (lambda: policy_from_name("beam"), "'static', 'confadapt' or 'verified'"),
        (lambda: policy_from_name("static", threshold=0.5), "it has none"),
        (lambda: policy_from_name("confadapt", threshold=2), r"\(0, 1\]"),
        (lambda: policy_from_name("static", k=0), "from 1 to"),
    ],
)
def test_impossible_settings_are_refused(make: object, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        make()  # type: ignore[operator]
    assert isinstance(caught.value, MTPError) and isinstance(caught.value, ValueError)


def test_policies_by_name() -> None:
    assert policy_from_name("Static") == Static(1) and policy_from_name("static", k=4) == Static(4)
    assert policy_from_name("confadapt") == ConfAdapt(0.9, 16)
    assert policy_from_name("confadapt", k=8, threshold=0.7) == ConfAdapt(0.7, 8)
    assert policy_from_name("verified", threshold=0.0) == Verified("auto", 0.0)


def test_the_block_of_the_layout() -> None:
    assert layout.width(4) == 7
    assert layout.block_tokens([5, 6], (9,), 3) == [5, 6, 9, 9]
    assert layout.block_tokens([5], (9, 8), 3) == [5, 9, 8]
    assert list(layout.block_positions(10, 4)) == [10, 11, 12, 13]
    assert list(layout.proposal_columns(2, 3)) == [1, 2, 3]
    assert list(layout.region_positions(7, 4)) == [8, 9, 10]
    assert [layout.largest_k(masks) for masks in ((), (9,), (9, 8, 7))] == [1, None, 4]
    for k in range(1, 6):
        for emitted in range(1, k + 1):
            columns = layout.proposal_columns(emitted, k)
            assert len(columns) == k and columns[-1] < layout.width(k)
            assert len(layout.block_tokens([1] * emitted, (9,), k)) == emitted + k - 1
    with pytest.raises(ConfigError, match="k <= 3"):
        layout.mask_tokens((9, 8), 3)


def test_importing_the_package_is_light() -> None:
    code = "import mtp_model, mtp_model.config, mtp_model.layout, sys; print('torch' in sys.modules)"
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
    assert all(getattr(mtp_model, name) for name in mtp_model.__all__)
    assert dir(mtp_model) == sorted(mtp_model.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mtp_model.nothing


@pytest.mark.parametrize("sampled", [False, True])
def test_the_step_never_reads_a_tensor_on_the_host(sampled: bool) -> None:
    """Under fake tensors, which have no values, any `.item()` or branch on a value raises."""
    b, k, v = 3, 4, 50
    with FakeTensorMode():
        floats, whole = torch.zeros(b), torch.ones(b).long()
        sampling = SamplingRules(floats, floats, whole, floats, whole, 5, True, True, True)
        rows = Rows(torch.ones(b).long(), torch.ones(b).long(), torch.ones(b).long(), torch.ones(b, k).long())
        rules = Rules(
            k=torch.full((b,), k),
            threshold=torch.zeros(b),
            lossless=torch.ones(b).bool(),
            masks=torch.ones(k - 1).long(),
            banned=torch.ones(1).long(),
            sampling=sampling if sampled else None,
        )
        after, written = block_step(
            lambda block, positions, first: torch.zeros(b, layout.width(k), v),
            rows,
            rules,
            layout.width(k),
            layout.width(k),
        )
        assert after.lead.shape == (b, k) and written.tokens.shape == (b, layout.width(k))
