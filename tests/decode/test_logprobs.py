"""Log-probabilities are the model's own, one per shown token, whatever the policy and the batch."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode

import mtp_model.decode.outcome
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder, TokenLogprob
from mtp_model.decode.logprobs import pack
from mtp_model.errors import ConfigError
from tests.decode.reference import reference
from tests.decode.strategies import CHECKPOINTS, policies, prompts
from tests.decode.tiny import MASK, TOKENIZER, checkpoint

NAME = "qwen3"
PLAIN = [Static(1), Verified(16, 0.0), Verified(8, 0.5)]


def asked(policy: DecodingPolicy, prompt: list[int], **options: Any) -> list[TokenLogprob]:
    """The entries of a stream, which are those of the whole generation, one per shown token."""
    stream = Decoder(CHECKPOINTS[NAME]).stream(prompt, policy, GenerationOptions(**options))
    events = list(stream)
    assert all(len(event.logprobs or ()) == len(event.token_ids) for event in events)
    entries = [entry for event in events for entry in event.logprobs or ()]
    generation = stream.generation()
    assert generation.logprobs == tuple(entries)
    assert [entry.token_id for entry in entries] == generation.token_ids
    return entries


@torch.no_grad()
def own(prompt: list[int], tokens: list[int]) -> torch.Tensor:
    """The model's log-softmax at each token, mask token left out, by one plain pass: [len(tokens), V]."""
    ids = torch.tensor([prompt + tokens])
    logits = CHECKPOINTS[NAME].model(input_ids=ids).logits[0, len(prompt) - 1 : -1]
    logits[:, MASK] = -torch.inf
    return logits.float().log_softmax(-1)


@pytest.mark.parametrize("policy", PLAIN, ids=str)
@pytest.mark.parametrize("temperature", [0.0, 1.3])
def test_with_plain_and_verified_decoding_they_are_those_of_a_plain_pass(
    policy: DecodingPolicy, temperature: float
) -> None:
    prompt = [3, 1, 4]
    entries = asked(
        policy, prompt, max_new_tokens=30, logprobs=5, temperature=temperature, top_k=3, top_p=0.9, seed=1
    )
    expected = own(prompt, [entry.token_id for entry in entries])
    assert [entry.logprob for entry in entries] == pytest.approx(
        [float(row[entry.token_id]) for entry, row in zip(entries, expected, strict=True)], abs=1e-4
    )
    for entry, row in zip(entries, expected, strict=True):
        assert [value for _, value in entry.top] == pytest.approx(row.topk(5).values.tolist(), abs=1e-4)
        assert dict(entry.top).get(entry.token_id, entry.logprob) == entry.logprob
        assert MASK not in dict(entry.top) and not entry.forced
    if temperature == 0:
        assert all(entry.top[0] == (entry.token_id, entry.logprob) for entry in entries)


def test_verified_reports_what_static_1_reports() -> None:
    plain, *others = [asked(policy, [9, 2], max_new_tokens=40, logprobs=20) for policy in PLAIN]
    for other in others:
        assert [entry.token_id for entry in other] == [entry.token_id for entry in plain]
        for one, two in zip(plain, other, strict=True):
            assert [one.logprob, *(v for _, v in one.top)] == pytest.approx(
                [two.logprob, *(v for _, v in two.top)], abs=1e-4
            )


@settings(max_examples=10)
@given(prompt=prompts, policy=policies, budget=st.integers(1, 20))
def test_deeper_in_a_block_they_are_those_of_the_block(
    prompt: list[int], policy: DecodingPolicy, budget: int
) -> None:
    expected = reference(CHECKPOINTS[NAME], prompt, policy, budget)
    assume(expected.margin > 1e-4)
    entries = asked(policy, prompt, max_new_tokens=budget, logprobs=0)
    shown = expected.confidences[: len(entries)]
    assert [math.exp(entry.logprob) for entry in entries] == pytest.approx(shown, abs=1e-4)
    assert all(entry.top == () for entry in entries)


def test_each_row_of_a_batch_gets_what_it_asked_for() -> None:
    decoder = Decoder(CHECKPOINTS[NAME])
    numbers = [None, 3, 0, None, 20]
    options = [GenerationOptions(max_new_tokens=12, logprobs=number) for number in numbers]
    each = [Static(2), Verified(), ConfAdapt(0.5), ConfAdapt(0.3, 5), Static(1)]
    together = decoder.generate([[1, 2], [3], [4, 5], [6], [7]], each, options)
    for place, (number, generation) in enumerate(zip(numbers, together, strict=True)):
        assert (generation.logprobs is None) == (number is None)
        for entry in generation.logprobs or ():
            assert len(entry.top) == number
        (alone,) = decoder.generate([[[1, 2], [3], [4, 5], [6], [7]][place]], each[place], options[place])
        assert alone.token_ids == generation.token_ids
        assert [e.logprob for e in alone.logprobs or ()] == pytest.approx(
            [e.logprob for e in generation.logprobs or ()], abs=1e-4
        )


def test_a_stop_string_holds_entries_back_with_their_tokens() -> None:
    free = asked(Static(3), [1, 2], max_new_tokens=24, logprobs=1)
    text = TOKENIZER.decode([entry.token_id for entry in free])
    held = asked(Static(3), [1, 2], max_new_tokens=24, logprobs=1, stop_strings=(text[6:9],))
    assert held == free[: len(held)]
    assert len(held) < len(free)


def test_nothing_is_gathered_unless_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    original = mtp_model.decode.outcome.pack

    def counted(*args: Any) -> Any:
        made.append(original(*args))
        return made[-1]

    monkeypatch.setattr(mtp_model.decode.outcome, "pack", counted)
    stream = Decoder(CHECKPOINTS[NAME]).stream([1], Static(2), GenerationOptions(max_new_tokens=6))
    assert all(event.logprobs is None for event in stream)
    assert stream.generation().logprobs is None
    assert made == [None] * 3


def test_gathering_reads_no_tensor_on_the_host() -> None:
    """Under fake tensors, which have no values, any `.item()` or branch on a value raises."""
    decoder = Decoder(CHECKPOINTS[NAME])
    asking = [decoder.request([1], options=GenerationOptions(logprobs=number)) for number in (None, 2, 0)]
    rows = [decoder.session().add(request)[0] for request in asking]
    with FakeTensorMode():
        made = pack(rows, torch.zeros(3, 4, 50), torch.zeros(3, 4).long())
    assert made is not None
    assert made.shape == (2 * 4 * (1 + 2 * 2),)


@pytest.mark.parametrize("number", [-1, 21, 1.5, True, "5"])
def test_impossible_numbers_of_alternatives_are_refused(number: Any) -> None:
    with pytest.raises(ConfigError, match="logprobs"):
        GenerationOptions(logprobs=number)


def test_more_alternatives_than_tokens() -> None:
    one = checkpoint(NAME, stop=(), masks=(MASK,))
    one.model.get_output_embeddings().weight.data[:] = 0.01  # all tokens alike: the mask is among the best
    options = GenerationOptions(max_new_tokens=2, logprobs=20)
    (made,) = Decoder(one).generate([[1]], Static(1), options)
    assert made.logprobs is not None
    assert all(len(entry.top) == 20 and MASK not in dict(entry.top) for entry in made.logprobs)
