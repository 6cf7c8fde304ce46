"""8-bit weights: what is stored, that every policy and loop runs on them, and what is refused."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.checkpoint.locate import EMBEDDED
from mtp_model.checkpoint.quantize import quantize_weights
from mtp_model.config import QUANTIZATIONS, ConfAdapt, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.lean import lean_layers
from mtp_model.errors import ConfigError
from mtp_model.serve import EngineKey, engine_for, unload

needs_torchao = pytest.mark.skipif(
    find_spec("torchao") is None, reason="needs the extra `quantization` (torchao)"
)
CPU = torch.device("cpu")
OPTIONS = GenerationOptions(max_new_tokens=20)
QUESTIONS = ["What is 17 + 25?", "How many pieces of torch are in stock?", "Set a timer for 5 minutes."]


def prompts(checkpoint: Checkpoint) -> list[list[int]]:
    template = checkpoint.tokenizer.apply_chat_template
    messages = ([{"role": "user", "content": question}] for question in QUESTIONS)
    return [template(each, add_generation_prompt=True, return_dict=False) for each in messages]


@pytest.fixture(scope="module", params=QUANTIZATIONS)
def quantized(request: pytest.FixtureRequest, embedded: Checkpoint) -> Checkpoint:
    pytest.importorskip("torchao", reason="needs the extra `quantization`")
    return load_checkpoint(dtype="float32", quantization=request.param)


def test_the_layers_have_eight_bits_and_the_rest_its_type(quantized: Checkpoint) -> None:
    model = quantized.model
    assert quantized.dtype == torch.float32 and not model.training
    for name, module in model.base_model.named_modules():
        if isinstance(module, torch.nn.Linear):
            assert module.weight.qdata.element_size() == 1, name  # type: ignore[union-attr]
    assert type(model.lm_head.weight) is torch.nn.Parameter
    assert model.lm_head.weight is model.base_model.embed_tokens.weight
    assert lean_layers(model) is None  # oneDNN packs no such weights


def test_each_policy_writes_and_verified_is_plain_decoding(quantized: Checkpoint) -> None:
    decoder, asked = Decoder(quantized), prompts(quantized)
    plain, verified, fast = (
        [decoder.generate([prompt], policy, OPTIONS)[0] for prompt in asked]
        for policy in (Static(1), Verified(), ConfAdapt(0.9))
    )
    assert [g.token_ids for g in verified] == [g.token_ids for g in plain]
    assert all(g.token_ids for g in fast)
    assert any(g.stats.tokens_per_pass > 1 for g in verified)


def test_the_device_loop_writes_what_the_host_loop_does(quantized: Checkpoint) -> None:
    asked = prompts(quantized)[:2]
    host, device = (
        Decoder(quantized, loop=loop).generate(asked, Verified(), OPTIONS) for loop in ("host", "device")
    )
    assert [g.token_ids for g in device] == [g.token_ids for g in host]


@pytest.mark.gpu
@pytest.mark.parametrize("quantization", QUANTIZATIONS)
def test_captured_graphs_write_what_the_host_loop_does(embedded: Checkpoint, quantization: str) -> None:
    pytest.importorskip("torchao", reason="needs the extra `quantization`")
    ours = load_checkpoint(device="cuda", dtype="float32", quantization=quantization)
    host, device = (Decoder(ours, loop=loop) for loop in ("host", "device"))
    device.warm_up([Verified()], rows=1, context=256)
    for prompt in prompts(ours):
        wanted, found = (each.generate([prompt], Verified(), OPTIONS)[0] for each in (host, device))
        assert found.token_ids == wanted.token_ids


@needs_torchao
def test_another_quantisation_is_another_engine(embedded: Checkpoint) -> None:
    from mtp_model.chat_model import MTPChatModel

    model = MTPChatModel(model=None, quantization="int8", max_tokens=6)
    key = model._key()
    assert key == EngineKey(quantization="int8") != MTPChatModel(model=None)._key()
    assert model._identifying_params["quantization"] == "int8"
    message = model.invoke("What is 17 + 25?")
    assert message.usage_metadata is not None and message.usage_metadata["output_tokens"] > 0
    engine = engine_for(key)
    assert engine is MTPChatModel(model=None, quantization="int8")._engine()
    assert engine is not engine_for(EngineKey())
    unload(key)


def test_unknown_names_list_the_known_ones() -> None:
    from mtp_model.chat_model import MTPChatModel

    known = r"quantization='int4' is not known: use one of 'int8', 'float8'"
    with pytest.raises(ConfigError, match=known):
        load_checkpoint("no/such-folder", quantization="int4")  # before anything is looked for
    with pytest.raises(ConfigError, match=known):
        MTPChatModel(quantization="int4")


def test_a_missing_library_says_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchao"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torchao", None)
    with pytest.raises(
        ConfigError, match=r"needs the library torchao.*pip install 'mtp-agents\[quantization"
    ):
        load_checkpoint(quantization="int8")


@needs_torchao
@pytest.mark.parametrize(
    ("quantization", "changes", "message"),
    [
        ("int8", {"dtype": "float16"}, r"does not go with float16.*bfloat16"),
        ("int8", {"dtype": "float64"}, r"cannot run on cpu with torch.float64 .*Use device="),
        pytest.param(
            "float8",
            {"device": "mps"},
            r"'float8' cannot run on mps .*'cpu' or a CUDA device",
            marks=pytest.mark.skipif(torch.backends.mps.is_available(), reason="has this device"),
        ),
    ],
)
def test_types_and_devices_that_are_refused(
    embedded: Checkpoint, quantization: str, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        load_checkpoint(quantization=quantization, **changes)


@needs_torchao
def test_int8_overflows_float16() -> None:
    """Why the one is refused; once torchao scales before it multiplies, it need not be."""
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    layer = torch.nn.Linear(64, 1, bias=False, dtype=torch.float16)
    torch.nn.init.ones_(layer.weight)
    layer.requires_grad_(False)
    inputs = torch.full((1, 64), 100.0, dtype=torch.float16)
    assert layer(inputs).item() == 6400
    quantize_(layer, Int8WeightOnlyConfig(set_inductor_config=False))
    assert layer(inputs).isinf().all()


@needs_torchao
def test_models_that_are_refused(embedded: Checkpoint, tmp_path: Path) -> None:
    config = GPT2Config(vocab_size=16, n_positions=16, n_embd=8, n_layer=1, n_head=2)
    with pytest.raises(ConfigError, match=r"of GPT2LMHeadModel these hold 0 of the .* weights"):
        quantize_weights(GPT2LMHeadModel(config), "int8", CPU)
    folder = Path(shutil.copytree(EMBEDDED, tmp_path / "model"))
    values = json.loads((folder / "config.json").read_text())
    values["quantization_config"] = {"quant_method": "fp8"}
    (folder / "config.json").write_text(json.dumps(values))
    with pytest.raises(ConfigError, match="are quantised already"):
        load_checkpoint(folder, quantization="int8")
