"""Loading: what is read, where the mask token comes from, and what bad checkpoints get."""

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from mtp_model.checkpoint import load_checkpoint, locate
from mtp_model.checkpoint.locate import revision_of
from mtp_model.checkpoint.published import published_student
from mtp_model.checkpoint.support import context_length
from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.errors import (
    CheckpointError,
    CheckpointNotFoundError,
    ConfigError,
    ContextLengthError,
    EmptyPromptError,
    MissingMaskTokenWarning,
    PromptError,
    UnsafeCheckpointError,
    UnsupportedModelError,
)
from tests.decode.tiny import END, MASK, TOKENIZER, checkpoint, config


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint on disk, with `<MTP>` as an added token and no other word about masks."""
    folder = tmp_path_factory.mktemp("saved")
    checkpoint("qwen3", seed=4).model.save_pretrained(folder)
    TOKENIZER.save_pretrained(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(saved, tmp_path / "model"))


def edit(folder: Path, name: str = "config.json", **changes: Any) -> None:
    path = folder / name
    values = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(values | changes))


def without_mask_token(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        path = folder / name
        path.write_text(path.read_text().replace("<MTP>", "<none>"))


def test_a_folder_is_loaded_as_it_was_saved(saved: Path) -> None:
    one = load_checkpoint(str(saved))
    original = checkpoint("qwen3", seed=4)
    assert one.name == str(saved) and one.model.__class__.__name__ == "Qwen3ForCausalLM"
    assert (one.mask_token_ids, one.k_max, one.max_positions) == ((MASK,), 16, 192)
    assert one.stop_token_ids == (END,)
    assert (one.device.type, one.dtype, one.model.training) == ("cpu", torch.float32, False)
    options = GenerationOptions(max_new_tokens=8)
    texts = [Decoder(c).generate([[1, 2]], Verified(), options)[0].token_ids for c in (one, original)]
    assert texts[0] == texts[1]


def test_stop_tokens_of_all_files_are_joined(folder: Path) -> None:
    edit(folder, "generation_config.json", eos_token_id=[7, 8])
    assert load_checkpoint(folder).stop_token_ids == (7, 8, END)


def test_the_mask_token_is_found_in_the_documented_order(folder: Path) -> None:
    assert load_checkpoint(folder).mask_token_ids == (MASK,)
    edit(folder, pard_token=11)
    assert load_checkpoint(folder).mask_token_ids == (11,)
    edit(folder, mask_token_id=12)
    assert load_checkpoint(folder).mask_token_ids == (12,)
    edit(folder, mtp={"mask_token_id": 13, "k_range": [2, 6], "base_model": "x", "base_revision": None})
    one = load_checkpoint(folder)
    assert (one.mask_token_ids, one.k_max) == ((13,), 6)
    for argument, ids in (
        ("ab", (TOKENIZER.convert_tokens_to_ids("ab"),)),
        (14, (14,)),
        ([15, 16], (15, 16)),
    ):
        assert load_checkpoint(folder, mask_token=argument).mask_token_ids == ids


def test_one_mask_per_position_bounds_k(folder: Path) -> None:
    edit(folder, mtp={"mask_token_id": [20, 21, 22]})
    one = load_checkpoint(folder)
    assert (one.mask_token_ids, one.k_max) == ((20, 21, 22), 4)


def test_the_published_students_are_known() -> None:
    llama = published_student("jwkirchenbauer/L3-1-8B-Magpie-MTP")
    assert llama is not None
    assert (llama.mask_token_id, llama.stop_token_ids) == (128259, (128001, 128009))
    cached = "/root/.cache/huggingface/hub/models--jwkirchenbauer--L3-1-8B-Magpie-MTP/snapshots/abc"
    assert published_student(cached) is llama
    qwen = published_student("jwkirchenbauer/Qwen3-4B-Inst-2507-MTP")
    assert qwen is not None and (qwen.mask_token_id, qwen.stop_token_ids) == (151669, (151645, 151643))
    small = published_student("celestialcreator/Llama-3.2-1B-MTP-k8")
    assert small is not None and small.k_max == 8
    assert published_student("meta-llama/Llama-3.1-8B") is None


def test_the_table_is_used_where_the_files_say_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtp_model.checkpoint import published

    student = published.PublishedStudent("someone/Student", 30, (31,), 5)
    monkeypatch.setattr(published, "PUBLISHED", (student,))
    without_mask_token(folder)
    named = tmp_path / "someone" / "Student"
    shutil.copytree(folder, named)
    one = load_checkpoint(named)
    assert (one.mask_token_ids, one.k_max, one.stop_token_ids) == ((30,), 5, (END, 31))


def test_without_a_mask_token_decoding_goes_on_with_one_warning(folder: Path) -> None:
    without_mask_token(folder)
    one = load_checkpoint(folder)
    assert (one.mask_token_ids, one.k_max) == ((), 1)
    decoder = Decoder(one)
    options = GenerationOptions(max_new_tokens=6)
    plain = decoder.generate([[1, 2]], Static(1), options)[0]
    with pytest.warns(MissingMaskTokenWarning, match="mtp-train distill") as caught:
        for policy in (ConfAdapt(0.5), Static(4), Verified()):
            generation = decoder.generate([[1, 2]], policy, options)[0]
            assert generation.token_ids == plain.token_ids
            assert set(generation.stats.block_sizes) == {1}
    assert len(caught) == 1


def test_remote_code_is_neither_needed_nor_run_for_builtin_architectures(folder: Path) -> None:
    (folder / "modeling_mtp.py").write_text("open('executed', 'w').write('x')\nraise SystemExit")
    names = {"AutoModelForCausalLM": "modeling_mtp.MTPModel", "AutoConfig": "modeling_mtp.MTPConfig"}
    edit(folder, auto_map=names, architectures=["MTPModel"])
    edit(folder, "tokenizer_config.json", auto_map={"AutoTokenizer": ["modeling_mtp.T", None]})
    one = load_checkpoint(folder)
    assert one.model.__class__.__name__ == "Qwen3ForCausalLM"
    assert not (folder / "executed").exists() and not Path("executed").exists()


def test_a_checkpoint_that_needs_remote_code_is_refused(folder: Path) -> None:
    edit(folder, model_type="newthing", auto_map={"AutoModelForCausalLM": "modeling_newthing.Model"})
    with pytest.raises(UnsafeCheckpointError, match=r"modeling_newthing\.Model.*never executed"):
        load_checkpoint(folder)


def test_a_checkpoint_without_safetensors_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UnsafeCheckpointError, match=r"pytorch_model\.bin.*pickles.*save_pretrained"):
        load_checkpoint(folder)
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"no \*\.safetensors"):
        load_checkpoint(folder)


def test_unknown_paths_say_what_was_looked_for(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CheckpointNotFoundError, match=r"no such folder.*missing.*hub id") as caught:
        load_checkpoint(tmp_path / "missing")
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(CheckpointNotFoundError, match="does not read as a hub id"):
        load_checkpoint("./no/such/folder")
    with pytest.raises(CheckpointNotFoundError, match="is a file"):
        load_checkpoint(folder / "config.json")
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"without config\.json"):
        load_checkpoint(folder)


def test_an_unreachable_hub_gives_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointNotFoundError, match=r"nobody/nothing.*hub gave nothing.*HF_HUB_OFFLINE"):
        load_checkpoint("nobody/nothing")


def test_a_missing_embedded_student_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locate, "EMBEDDED", tmp_path)
    with pytest.raises(CheckpointNotFoundError, match=r"embedded student is missing.*make train-student"):
        load_checkpoint()


def test_damaged_checkpoints_are_errors_not_random_weights(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    dropped = {name: t for name, t in tensors.items() if "layers.1.mlp.up_proj" not in name}
    save_file(dropped, weights, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"lack 1 tensors.*up_proj"):
        load_checkpoint(folder)
    weights.write_bytes(b"not safetensors")
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        load_checkpoint(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match="no valid JSON"):
        load_checkpoint(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(CheckpointError, match="object is needed"):
        load_checkpoint(folder)


def test_a_missing_tokenizer_is_named(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"tokenizer of .* cannot be loaded.*tokenizer\.json"):
        load_checkpoint(folder)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model_type": "mamba"}, "recurrent state"),
        ({"model_type": "qwen3_next"}, "recurrent state|linear_attention"),
        ({"model_type": "gemma2"}, "window of 4096 tokens"),
        ({"model_type": "mistral", "sliding_window": 64}, "window of 64 tokens"),
        ({"model_type": "bloom"}, "no explicit positions"),
        ({"model_type": "falcon", "alibi": True}, "no explicit positions"),
        ({"model_type": "t5"}, "no causal language model"),
        ({"model_type": "newthing"}, "no causal language model"),
        ({"model_type": None}, "no causal language model"),
    ],
)
def test_models_that_blocks_would_corrupt_are_refused(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": 8192} | changes))
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(UnsupportedModelError, match=says):
        load_checkpoint(tmp_path)


def test_a_window_as_long_as_the_context_is_no_obstacle() -> None:
    wide = checkpoint("mistral", sliding_window=192, stop=())
    full = checkpoint("mistral", stop=())
    options = GenerationOptions(max_new_tokens=12)
    texts = [Decoder(one).generate([[1, 2, 3]], ConfAdapt(0.3), options)[0].token_ids for one in (wide, full)]
    assert texts[0] == texts[1]
    with pytest.raises(UnsupportedModelError, match="window"):
        Decoder(checkpoint("mistral", sliding_window=64))


def test_the_context_ends_where_rotary_frequencies_would_change() -> None:
    assert context_length(config("llama")) == 192
    for kind in ("dynamic", "longrope"):
        rope = {"rope_type": kind, "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 48}
        assert context_length(config("llama", rope_parameters=rope | _longrope(kind))) == 48


def _longrope(kind: str) -> dict[str, Any]:
    factors = {"short_factor": [1.0] * 4, "long_factor": [2.0] * 4}
    return factors if kind == "longrope" else {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"mask_token": "<nope>"}, "no token of this tokenizer"),
        ({"mask_token": 272}, "from 0 to 271"),
        ({"mask_token": []}, "one id"),
        ({"mask_token": [3, 3]}, "different id"),
        ({"dtype": "int8"}, "floating-point"),
        ({"dtype": "float99"}, "floating-point"),
        ({"device": "gpu"}, "no torch device"),
    ],
)
def test_bad_arguments_are_refused(saved: Path, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load_checkpoint(saved, **arguments)


def test_a_bad_mask_in_the_config_is_the_checkpoints_fault(folder: Path) -> None:
    edit(folder, mtp={"mask_token_id": 5000})
    with pytest.raises(CheckpointError, match=r"mtp\.mask_token_id=5000"):
        load_checkpoint(folder)


def test_bfloat16_decodes(saved: Path) -> None:
    one = load_checkpoint(saved, dtype="bfloat16")
    assert one.dtype == torch.bfloat16
    options = GenerationOptions(max_new_tokens=8)
    out = Decoder(one).generate([[1], [2, 3]], [Verified(), ConfAdapt()], options)
    assert all(g.token_ids or g.stop is not None for g in out)


@pytest.mark.parametrize(
    ("stored", "amx", "expected"),
    [("bfloat16", True, "bfloat16"), ("bfloat16", False, "float32"), ("float16", True, "float32")],
)
def test_the_processor_and_the_checkpoint_choose_the_type(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stored: str, amx: bool, expected: str
) -> None:
    edit(folder, dtype=stored)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx})
    assert load_checkpoint(folder, device="cpu").dtype == getattr(torch, expected)
    assert load_checkpoint(folder, dtype="float32", device="cpu").dtype == torch.float32


def test_bad_prompts_are_refused() -> None:
    decoder = Decoder(checkpoint())
    with pytest.raises(EmptyPromptError, match="no token"):
        decoder.stream([])
    with pytest.raises(ContextLengthError, match=r"200 tokens.*192 positions") as caught:
        decoder.generate([[1], [1] * 200], Static(1), GenerationOptions(max_new_tokens=1))
    assert (caught.value.prompt_tokens, caught.value.max_positions) == (200, 192)
    with pytest.raises(ContextLengthError):
        decoder.stream([1] * 192)
    with pytest.raises(PromptError, match="0 to 271"):
        decoder.stream([1, 272])
    with pytest.raises(ConfigError, match=r"Static\(17\).*at most 16"):
        decoder.stream([1], Static(17))
    with pytest.raises(ConfigError, match="no decoding policy"):
        decoder.stream([1], "confadapt")  # type: ignore[arg-type]


def test_nan_is_an_error_not_text() -> None:
    one = checkpoint("llama")
    one.model.get_output_embeddings().weight.fill_(float("nan"))
    with pytest.raises(CheckpointError, match="computed NaN"):
        list(Decoder(one).stream([1, 2]))


@pytest.mark.parametrize("policy", [Static(1), Static(5), ConfAdapt(0.3), Verified(8, 0.1)], ids=str)
def test_the_end_of_the_context_ends_the_text(policy: Any) -> None:
    one = checkpoint("qwen3", words=4, sharpness=5.0, stop=())
    prompt = [1, 2, 3] * 60
    stream = Decoder(one).stream(prompt, policy)
    tokens = [token for event in stream for token in event.token_ids]
    assert len(tokens) == 192 - 180 and stream.generation().finish_reason == "length"
    if isinstance(policy, Verified):
        assert tokens == Decoder(one).generate([prompt], Static(1))[0].token_ids
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        last = Decoder(one).generate([[1] * 191, [1, 2]], policy, GenerationOptions(max_new_tokens=20))
    assert [len(g.token_ids) for g in last] == [1, 20]


def test_the_commit_of_a_download_is_known_by_its_folder(folder: Path) -> None:
    assert revision_of(Path("hub/models--a--b/snapshots/0123abc")) == "0123abc"
    assert revision_of(folder) is None
