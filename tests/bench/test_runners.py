"""The runs themselves: they decode what the engine decodes, and count what it does."""

from collections.abc import Iterator

import pytest
import torch
from torch.nn import functional

from mtp_agents.bench.huggingface import GREEDY, LOOKUP, HuggingFaceRunner
from mtp_agents.bench.models import SHAPES, Shape, Subject, load_subject, random_checkpoint
from mtp_agents.bench.runners import POLICIES, Engine, EngineRunner, Unavailable
from mtp_agents.bench.scripted import Script, script_of_mean
from mtp_model.config import GenerationOptions
from mtp_model.decode import Decoder
from mtp_model.errors import ConfigError
from tests.decode.test_device import Recorded
from tests.decode.tiny import MASK, checkpoint

TOKENS = 48


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("policy", "loop"),
    [
        *((policy, "host") for policy in POLICIES),
        *((policy, "device") for policy in POLICIES if not policy.endswith("auto")),
    ],
)
@pytest.mark.parametrize("batch", [1, 3])
def test_the_engine_writes_what_a_plain_decoder_writes(policy: str, loop: str, batch: int) -> None:
    student = checkpoint(words=6, stop=())
    subject = Subject("tiny", student, lambda rows, length: [])
    prompts = [[(7 * row + place) % 90 for place in range(20)] for row in range(batch)]
    options = GenerationOptions(max_new_tokens=TOKENS)
    expected = Decoder(student).generate(prompts, POLICIES[policy], options)
    runner = EngineRunner(Engine(subject), policy, loop)
    if policy == "ConfAdapt auto":  # its blocks, and so its text, depend on timing
        written = runner.run(prompts, TOKENS).written
        assert [len(row) for row in written] == [TOKENS] * batch
        return
    for _ in range(2):  # the second run reads kept prompts
        sample = runner.run(prompts, TOKENS)
        assert [list(row) for row in sample.written] == [one.token_ids for one in expected]
        if not policy.endswith("auto"):
            assert sample.passes == sum(one.stats.passes - 1 for one in expected)
        assert 0 < sample.tokens < batch * TOKENS  # without those of the passes that read the prompts
        assert sample.model_seconds is not None
        assert 0 < sample.model_seconds <= sample.seconds


def test_rows_end_at_their_stop_tokens_in_every_engine(subject: Subject) -> None:
    prompts = subject.prompts(3, 20)
    whole = EngineRunner(Engine(subject), "Static(1)").run(prompts, TOKENS).written
    stop = whole[0][9]
    texts = [row[: row.index(stop)] if stop in row else row for row in whole]
    stops = Subject("stops", checkpoint(words=6, stop=(stop,)), subject.prompts)
    runners = [EngineRunner(Engine(stops), "Static(1)"), HuggingFaceRunner(stops, GREEDY)]
    for runner in (*runners, EngineRunner(Engine(stops), "Verified")):
        sample = runner.run(prompts, TOKENS)
        assert list(sample.written) == texts
        if runner in runners:  # the first token comes with the reading of the prompt, the stop token counts
            assert sample.tokens == sample.passes == sum(min(len(row) + 1, TOKENS) - 1 for row in texts)


def test_a_timed_run_keeps_nothing(subject: Subject) -> None:
    engine = Engine(subject)
    runner = EngineRunner(engine, "ConfAdapt")
    prompts = subject.prompts(2, 20)
    runner.run(prompts, TOKENS)
    kept = engine.prefixes.nbytes
    runner.run(prompts, TOKENS)
    assert engine.prefixes.nbytes == kept > 0
    assert len(engine.prefixes) == 2


def test_a_run_that_captures_graphs_is_made_again(subject: Subject) -> None:
    engine = Engine(subject)
    loop = engine.device_loop
    loop.graphs = recorded = Recorded(loop)  # type: ignore[assignment]
    prompts = subject.prompts(3, 20)
    sample = EngineRunner(engine, "Verified", "device").run(prompts, TOKENS)
    first, replays = recorded.captures, recorded.replays
    assert first > 0 and replays > first, "the second run replays what the first captured"
    again = EngineRunner(engine, "Verified", "device").run(prompts, TOKENS)
    assert again.written == sample.written == EngineRunner(engine, "Static(1)").run(prompts, TOKENS).written
    assert recorded.captures == first


def test_the_device_loop_needs_a_model_that_it_can_run() -> None:
    rope = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    engine = Engine(Subject("dynamic", checkpoint("llama", rope_parameters=rope), lambda rows, length: []))
    with pytest.raises(Unavailable, match="rotary"):
        EngineRunner(engine, "Static(1)", "device").check(1)
    EngineRunner(engine, "Static(1)").check(1)


def test_a_model_without_a_mask_token_has_no_other_policy() -> None:
    engine = Engine(Subject("plain", checkpoint(masks=()), lambda rows, length: []))
    EngineRunner(engine, "Static(1)").check(1)
    with pytest.raises(Unavailable, match="no mask token"):
        EngineRunner(engine, "Verified").check(1)


@pytest.mark.parametrize("batch", [1, 3])
def test_generate_writes_what_single_token_decoding_writes(subject: Subject, batch: int) -> None:
    prompts = subject.prompts(batch, 24)
    plain = EngineRunner(Engine(subject), "Static(1)").run(prompts, TOKENS)
    settings = subject.checkpoint.model.generation_config
    attention = subject.checkpoint.model.config._attn_implementation
    sample = HuggingFaceRunner(subject, GREEDY).run(prompts, TOKENS)
    assert sample.written == plain.written
    assert (sample.tokens, sample.passes) == (plain.tokens, plain.passes)
    assert subject.checkpoint.model.generation_config is settings
    assert subject.checkpoint.model.config._attn_implementation == attention


def test_prompt_lookup_writes_the_same_in_fewer_passes(subject: Subject) -> None:
    prompts = subject.prompts(1, 24)
    greedy = HuggingFaceRunner(subject, GREEDY).run(prompts, TOKENS)
    runner = HuggingFaceRunner(subject, LOOKUP)
    sample = runner.run(prompts, TOKENS)
    assert sample.written == greedy.written
    assert sample.passes is not None
    assert greedy.passes is not None
    assert sample.passes <= greedy.passes
    with pytest.raises(Unavailable, match="one row"):
        runner.check(4)


@pytest.mark.parametrize("mean", [1.0, 2.0, 3.1, 7.25, 12.0])
def test_a_script_has_its_mean(mean: float) -> None:
    lengths = script_of_mean(mean, 16)
    assert sum(lengths) / len(lengths) == pytest.approx(mean, abs=0.5 / len(lengths))


def test_a_script_stays_within_a_block() -> None:
    with pytest.raises(ValueError, match="1 to 16"):
        script_of_mean(15.0, 16)


@pytest.mark.parametrize("policy", ["ConfAdapt", "Verified"])
@pytest.mark.parametrize("batch", [1, 3, 4])
@pytest.mark.parametrize("loop", ["host", "device"])
def test_scripted_acceptance_is_what_the_engine_accepts(
    scripted: Subject, policy: str, batch: int, loop: str
) -> None:
    engine = Engine(scripted)
    assert engine.model.script is not None
    engine.model.script.lengths = (1, 5, 3, 3)
    sample = EngineRunner(engine, policy, loop).run(scripted.prompts(batch, 20), 120)
    assert sample.passes is not None
    assert sample.tokens / sample.passes == pytest.approx(3, rel=0.05)  # the last block is cut


def test_each_pass_accepts_its_length(scripted: Subject) -> None:
    engine = Engine(scripted)
    assert engine.model.script is not None
    engine.model.script.lengths = (1, 5, 2)
    session = engine.session()
    request = engine.decoder.request([1, 2, 3], POLICIES["ConfAdapt"], GenerationOptions(max_new_tokens=60))
    session.add(request)
    sizes = [session.step()[0][1].block_size for _ in range(6)]  # type: ignore[union-attr]
    assert sizes == [5, 2, 1, 5, 2, 1]


def test_a_script_leaves_plain_decoding_alone() -> None:
    logits = torch.randn(2, 1, 50)
    before = logits.clone()
    Script((3,), 1, (MASK,)).rewrite(logits, torch.zeros(2, 1, dtype=torch.long), None)
    assert functional.mse_loss(logits, before) == 0


def test_random_weights_are_always_the_same(embedded: object) -> None:
    shape = Shape(32, 48, 2, 4, 2, 8, 300, gpu=False)
    device = torch.device("cpu")
    state = torch.get_rng_state()
    one, two = (random_checkpoint("tiny", shape, device, torch.float32) for _ in range(2))
    assert torch.equal(one.model.get_output_embeddings().weight, two.model.get_output_embeddings().weight)
    assert torch.equal(torch.get_rng_state(), state)
    assert one.mask_token_ids == (299,)
    scripted = Subject("tiny", one, lambda rows, length: [list(range(40, 40 + length))] * rows, 3.0)
    sample = EngineRunner(Engine(scripted), "Verified").run(scripted.prompts(2, 20), 60)
    assert sample.passes is not None
    assert sample.tokens / sample.passes == pytest.approx(3, rel=0.1)


def test_large_random_weights_want_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    for name in [name for name, shape in SHAPES.items() if shape.gpu]:
        with pytest.raises(ConfigError, match="need a CUDA device"):
            load_subject(name)
