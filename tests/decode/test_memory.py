"""Memory that runs out costs one sequence, never the others, and leaves nothing behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from mtp_model.checkpoint import load_checkpoint, loading
from mtp_model.checkpoint.memory import is_out_of_memory
from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode import cache as cache_module
from mtp_model.decode.cache import RowCache
from mtp_model.decode.forward import BlockModel
from mtp_model.errors import CheckpointError, OutOfMemoryError
from tests.conftest import EMBEDDED
from tests.decode.tiny import checkpoint

ONE = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
OPTIONS = GenerationOptions(max_new_tokens=20)
PROMPTS = [[1, 2], list(range(30)), [3, 4, 5]]


def too_much() -> None:
    """The allocator's own error: more than any address space holds."""
    torch.empty(2**50, dtype=torch.uint8)


@contextmanager
def short_of_memory(owner: Any, name: str, when: Callable[[Any], bool]) -> Iterator[list[Any]]:
    """Calls of a method fail for want of memory where `when(self or first argument)` says so."""
    inner, failed = getattr(owner, name), list[Any]()

    def tried(first: Any, *args: Any, **kwargs: Any) -> Any:
        if when(first):
            failed.append(first)
            too_much()
        return inner(first, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, tried)
        yield failed


def once() -> Callable[[Any], bool]:
    left = [True]
    return lambda _: bool(left and left.pop())


def test_the_allocators_error_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        too_much()
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(MemoryError()) and is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert not is_out_of_memory(RuntimeError("shapes do not fit")) and not is_out_of_memory(
        KeyError("memory")
    )


@pytest.mark.parametrize("policy", [Static(1), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
@pytest.mark.parametrize(("owner", "name"), [(RowCache, "reserve"), (BlockModel, "many_rows")])
def test_a_pass_without_memory_ends_the_longest_row_and_the_others_go_on(
    policy: Any, owner: Any, name: str
) -> None:
    decoder = Decoder(ONE)
    alone = decoder.generate(PROMPTS, policy, OPTIONS)
    decoder.prefixes.clear()
    session = decoder.session()
    rows = [session.add(decoder.request(p, policy, OPTIONS), i)[0] for i, p in enumerate(PROMPTS)]
    session.step()
    with short_of_memory(owner, name, once()) as failed:
        ((row, error),) = session.step()
    assert len(failed) == 1 and row is rows[1] and row.over
    assert isinstance(error, OutOfMemoryError) and isinstance(error, MemoryError)
    assert str(error).startswith("there is no memory on cpu for a sequence of ")
    assert error.__cause__ is error.__context__ is None, "a traceback would hold the tensors"
    while session.rows:
        session.step()
    for index in (0, 2):
        assert rows[index].generation().token_ids == alone[index].token_ids
    again = session.add(decoder.request(PROMPTS[1], policy, OPTIONS))[0]
    while session.rows:
        session.step()
    assert again.generation().token_ids == alone[1].token_ids


def test_a_cache_that_cannot_grow_keeps_what_it_holds() -> None:
    decoder = Decoder(ONE)
    session = decoder.session()
    row = session.add(decoder.request([1, 2, 3], Static(1), OPTIONS))[0]
    shape = (session.cache.rows, session.cache.columns)
    layer = session.cache._layers[0]
    before = layer.keys.clone()
    for place, when in enumerate((once(), lambda keys: keys is session.cache._layers[1].values)):
        with short_of_memory(cache_module, "_resized", when), pytest.raises(RuntimeError):
            session.cache.reserve(4 + place, 3000)
        assert (session.cache.rows, session.cache.columns) == shape
        assert torch.equal(layer.keys[: shape[0], :, : shape[1]], before)
    session.cache.reserve(4, 3000)
    while session.rows:
        session.step()
    assert row.generation().token_ids == decoder.generate([[1, 2, 3]], Static(1), OPTIONS)[0].token_ids


def test_a_prompt_without_memory_ends_alone_in_every_chunk() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    alone = decoder.generate([[1, 2]], Static(1), OPTIONS)[0]
    for chunk in range(3):
        session = decoder.session()
        good = session.add(decoder.request([1, 2], Static(1), OPTIONS))[0]
        decoder.prefixes.clear()
        bad = session.begin(decoder.request(PROMPTS[1], Static(1), OPTIONS), 1)
        for _ in range(chunk):
            assert session.read() == []
            session.step()
        with short_of_memory(BlockModel, "one_row", once()):
            ((row, error),) = session.read()
        assert row is bad and isinstance(error, OutOfMemoryError)
        assert session.rows == [good] and session.read() == []
        while session.rows:
            session.step()
        assert good.generation().token_ids == alone.token_ids


def test_prompts_of_a_stream_and_of_a_batch_raise_it() -> None:
    for run in (lambda d: list(d.stream(PROMPTS[1])), lambda d: d.generate(PROMPTS, Static(1), OPTIONS)):
        decoder = Decoder(ONE)
        with short_of_memory(BlockModel, "one_row", once()), pytest.raises(OutOfMemoryError):
            run(decoder)
        assert decoder.generate([[1]], Static(1), OPTIONS)[0].token_ids


def test_prefixes_that_cannot_be_kept_are_not_and_the_rest_make_room() -> None:
    decoder = Decoder(ONE)
    decoder.generate([PROMPTS[0]], Static(1), OPTIONS)
    assert len(decoder.prefixes) == 1
    with short_of_memory(RowCache, "copy_out", once()):
        assert decoder.generate([PROMPTS[2]], Static(1), OPTIONS)[0].finish_reason == "length"
    assert len(decoder.prefixes) == 0


def test_weights_that_do_not_fit_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_read_weights", lambda *args: too_much())
    with pytest.raises(OutOfMemoryError, match=r"embedded, .* GiB .* cpu .*dtype='bfloat16'") as caught:
        load_checkpoint(EMBEDDED)
    assert not isinstance(caught.value, CheckpointError)
    assert caught.value.__context__ is None
