"""The model class of lm-evaluation-harness: text by the decoder, log-likelihoods by the plain model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static
from mtp_model.decode import Decoder
from mtp_model.errors import ConfigError
from mtp_trainer import eval_command

pytest.importorskip("lm_eval", reason="needs the extra lm-eval: pip install 'mtp-agents[lm-eval]'")

from lm_eval.api.instance import Instance
from lm_eval.api.registry import get_model
from lm_eval.evaluator import simple_evaluate
from lm_eval.tasks import TaskManager

from mtp_trainer.harness import MTPLM, register

QUESTIONS = ["What is 17 + 25?", "Say hello.", "What is 3 times 4, and how many is that?"]


@pytest.fixture(scope="module")
def model() -> MTPLM:
    register()
    register()  # again does nothing
    found: MTPLM = get_model("mtp").create_from_arg_obj({"threshold": 0.8, "k": 8}, {"batch_size": 2})
    return found


def asked(kind: str, *arguments: tuple[Any, ...]) -> list[Instance]:
    return [Instance(kind, {}, each, number) for number, each in enumerate(arguments)]


def settings(**changes: Any) -> dict[str, Any]:
    return {"until": ["\n\n\n"], "do_sample": False, "max_gen_toks": 24} | changes


def test_text_is_what_the_decoder_writes(model: MTPLM, embedded: Any) -> None:
    prompts = [model.apply_chat_template([{"role": "user", "content": text}]) for text in QUESTIONS]
    texts = model.generate_until(asked("generate_until", *((p, settings()) for p in prompts)), True)
    assert len(texts) == 3 and model.policy == ConfAdapt(0.8, 8)
    tokenizer, decoder = embedded.tokenizer, Decoder(embedded)
    before = model.tokens, model.passes
    for prompt, text in zip(prompts, texts, strict=True):
        ids = tokenizer(prompt)["input_ids"]
        options = GenerationOptions(max_new_tokens=24, stop_strings=("\n\n\n",))
        alone = decoder.generate([ids], ConfAdapt(0.8, 8), options)[0]
        assert text == tokenizer.decode(alone.token_ids, skip_special_tokens=True) + alone.trailing_text
    assert before[0] >= before[1] > 0
    info = model.get_model_info()
    assert info["mtp"]["tokens_per_pass"] == round(before[0] / before[1], 3)
    assert info["mtp"]["decoding"] == "ConfAdapt(threshold=0.8, k_max=8)"
    json.dumps(info["mtp"])


def test_stop_strings_and_reasoning_are_cut_off(model: MTPLM, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = model.apply_chat_template([{"role": "user", "content": QUESTIONS[0]}])
    (whole,) = model.generate_until(asked("generate_until", (prompt, settings())), True)
    stop = whole[4:6]
    (cut,) = model.generate_until(asked("generate_until", (prompt, settings(until=[stop]))), True)
    assert cut == whole.partition(stop)[0]
    # a stop string inside the reasoning does not end the answer
    monkeypatch.setattr(model, "think_end_token", whole[8:10])
    (answer,) = model.generate_until(asked("generate_until", (prompt, settings(until=[whole[2:4]]))), True)
    assert answer == whole.split(whole[8:10])[-1].lstrip().split(whole[2:4])[0]
    number = model.tok_encode(whole)[1]
    monkeypatch.setattr(model, "think_end_token", number)
    ids = model.tok_encode(whole)
    assert model._text(ids, []) == model.tok_decode(ids[len(ids) - ids[::-1].index(number) :]).lstrip()


def test_sampling_is_the_tasks_and_repeats(model: MTPLM) -> None:
    sampled = settings(do_sample=True, temperature=1.5, max_gen_toks=12)
    request = asked("generate_until", (QUESTIONS[0], sampled), (QUESTIONS[0], sampled))
    model.generated = 0
    first = model.generate_until(request, True)
    model.generated = 0
    assert model.generate_until(request, True) == first
    assert first[0] != first[1]  # each request has its own seed


def test_loglikelihoods_are_those_of_the_plain_model(model: MTPLM, embedded: Any) -> None:
    pairs = [("What is 17 + 25?", " 42"), ("Say", " hello")]
    found = model.loglikelihood(asked("loglikelihood", *pairs), disable_tqdm=True)
    for (context, continuation), (value, greedy) in zip(pairs, found, strict=True):
        ids, end = model._encode_pair(context, continuation)
        with torch.no_grad():
            logits = embedded.model(torch.tensor([ids + end])).logits[0].log_softmax(-1)
        rows = logits[len(ids) - 1 : -1]
        assert value == pytest.approx(float(rows.gather(1, torch.tensor(end)[:, None]).sum()), abs=1e-3)
        assert greedy == (rows.argmax(-1).tolist() == end)


def test_requests_that_cannot_be_met(model: MTPLM) -> None:
    with pytest.raises(ConfigError, match=r"num_beams=4, which this decoder does not have"):
        model.generate_until(asked("generate_until", ("x", settings(num_beams=4))), True)
    with pytest.raises(ConfigError, match=r"max_gen_toks is 9000, but the context has 8192"):
        model.generate_until(asked("generate_until", ("x", settings(max_gen_toks=9000))), True)


def test_arguments_that_nobody_knows() -> None:
    with pytest.raises(ConfigError, match=r"thresold=1: mtp has no such argument; did you mean threshold\?"):
        MTPLM(thresold=1)
    with pytest.raises(ConfigError, match=r"unknown decoding policy 'fast'"):
        MTPLM(decoding="fast")
    assert MTPLM(decoding="static", k=1).policy == Static(1)


def test_without_the_harness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval_command, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'mtp-agents\[lm-eval\]'"):
        eval_command.run_harness([])


@pytest.mark.parametrize(
    ("given", "called"),
    [
        (["--tasks", "x"], ["--tasks", "x", "--model", "mtp", "--device", "cpu"]),
        (["run", "--model", "hf"], ["run", "--model", "hf", "--device", "cpu"]),
        (["--model=mtp", "--device", "cuda"], ["--model=mtp", "--device", "cuda"]),
        (["ls", "tasks"], ["ls", "tasks"]),
        (["--help"], ["--help"]),
    ],
)
def test_the_model_is_ours_unless_named(
    monkeypatch: pytest.MonkeyPatch, given: list[str], called: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # the harness's default is cuda:0
    seen = SimpleNamespace(words=[])
    monkeypatch.setattr("lm_eval.__main__.cli_evaluate", lambda: setattr(seen, "words", sys.argv[1:]))
    eval_command.run_harness(given)
    assert seen.words == called


TASK = """
task: mtp_{kind}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {folder}/rows.jsonl}}, cache_dir: {folder}/cache}}
test_split: test
output_type: {kind}
doc_to_text: "{{{{question}}}}"
"""
GENERATE = """
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n\\n"], do_sample: false, max_gen_toks: 12}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""
CHOOSE = """
doc_to_choice: ["42", "hello"]
doc_to_target: 0
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
"""


def write_tasks(folder: Path, answers: Sequence[str]) -> None:
    """A task that generates and one that chooses, over one line per question."""
    rows = [json.dumps({"question": q, "answer": a}) for q, a in zip(QUESTIONS, answers, strict=True)]
    (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for kind, rest in (("generate_until", GENERATE), ("multiple_choice", CHOOSE)):
        text = TASK.format(kind=kind, folder=folder) + rest
        (folder / f"{kind}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "policy"),
    [({"threshold": 0.5, "k": 8}, ConfAdapt(0.5, 8)), ({"decoding": "static", "k": 1}, Static(1))],
)
def test_local_tasks_are_scored(
    arguments: dict[str, Any], policy: DecodingPolicy, tmp_path: Path, embedded: Checkpoint
) -> None:
    told = embedded.tokenizer.apply_chat_template(
        [{"role": "user", "content": QUESTIONS[0]}], add_generation_prompt=True, return_dict=False
    )
    options = GenerationOptions(max_new_tokens=12, stop_strings=("\n\n",))
    alone = Decoder(embedded).generate([told], policy, options)[0]
    text = embedded.tokenizer.decode(alone.token_ids, skip_special_tokens=True) + alone.trailing_text
    write_tasks(tmp_path, [text, "none", "none"])
    register()
    found = simple_evaluate(
        "mtp",
        model_args=arguments,
        tasks=["mtp_generate_until", "mtp_multiple_choice"],
        task_manager=TaskManager(include_path=str(tmp_path), include_defaults=False),
        batch_size=2,
        apply_chat_template=True,
        bootstrap_iters=0,
    )
    assert found["results"]["mtp_generate_until"]["exact_match,none"] == pytest.approx(1 / 3)
    mtp = found["config"]["mtp"]
    assert mtp["decoding"] == repr(policy)
    assert mtp["tokens_per_pass"] == round(mtp["tokens"] / mtp["forward_passes"], 3)
    assert mtp["tokens_per_pass"] > 1 if isinstance(policy, ConfAdapt) else mtp["tokens_per_pass"] == 1
    assert len(found["samples"]["mtp_generate_until"]) == 3
    for sample in (chosen := found["samples"]["mtp_multiple_choice"]):
        for (value, _), (context, choice) in zip(sample["filtered_resps"], sample["arguments"], strict=True):
            assert value == pytest.approx(plain_loglikelihood(embedded, context, choice), abs=1e-2)
    right = [sample["filtered_resps"][0][0] > sample["filtered_resps"][1][0] for sample in chosen]
    assert found["results"]["mtp_multiple_choice"]["acc,none"] == pytest.approx(sum(right) / 3)


def plain_loglikelihood(checkpoint: Checkpoint, context: str, choice: str) -> float:
    """By the harness's rule: blanks at the end of the context count to the continuation."""
    encode = checkpoint.tokenizer.encode
    start, ids = len(encode(context.rstrip())), encode(context + choice)
    with torch.no_grad():
        logits = checkpoint.model(torch.tensor([ids])).logits[0, start - 1 : -1]
    return float(logits.log_softmax(-1).gather(1, torch.tensor(ids[start:])[:, None]).sum())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_harness_runs_local_tasks_from_the_command_line(root: Path, tmp_path: Path) -> None:
    write_tasks(tmp_path, ["42"] * 3)
    student = root / "model/mtp_model/checkpoint/embedded"
    words = ["--model", "mtp", "--model_args", f"pretrained={student},decoding=verified,k=8"]
    words += ["--tasks", "mtp_generate_until,mtp_multiple_choice", "--include_path", str(tmp_path)]
    words += ["--apply_chat_template", "--batch_size", "2", "--output_path", str(tmp_path / "out")]
    environment = os.environ | {
        "HF_HOME": str(tmp_path / "home"),
        "HF_DATASETS_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join(str(root / part) for part in ("model", "trainer", ".")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "mtp_trainer.cli", "lm-eval", *words],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "out").rglob("results_*.json")
    results = json.loads(path.read_text())
    assert set(results["results"]) == {"mtp_generate_until", "mtp_multiple_choice"}
    mtp = results["config"]["mtp"]
    assert mtp["decoding"].startswith("Verified(k_max=8")
    assert mtp["tokens_per_pass"] == round(mtp["tokens"] / mtp["forward_passes"], 3) > 1
