"""Evaluation: task success, tokens per pass and equality with plain decoding, per decoding policy."""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.checkpoint.locate import locate
from mtp_model.config import ConfAdapt, DecodingPolicy, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.errors import ConfigError
from mtp_model.grammar import Grammar, GrammarFactory
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.gsm8k import CALCULATOR, WordProblem, read_gsm8k
from mtp_trainer.rollout import CallTool, Run, calculate, run_agent
from mtp_trainer.toolworld.domains import SEEN, UNSEEN
from mtp_trainer.toolworld.tasks import Session, Task, contains, make_task

BASELINE = "static1"
UNSEEN_SHARE = 0.4  # of the tasks, from domains that training never shows


@dataclass(frozen=True)
class Outcome:
    """One policy's run of one task or word problem, `index` among its kind."""

    index: int
    domain: str
    unseen: bool
    policy: str
    success: bool
    identical: bool
    tokens: int
    passes: int
    seconds: float
    reason: str = ""


def default_policies(threshold: float = 0.9, k_max: int = 16) -> dict[str, DecodingPolicy]:
    """The policies of the report, by name."""
    return {
        BASELINE: Static(1),
        "confadapt": ConfAdapt(threshold=threshold, k_max=k_max),
        "verified": Verified(k_max=k_max),
    }


def evaluate(
    model: str | Path | None,
    tasks: int,
    policies: dict[str, DecodingPolicy],
    *,
    grammar: bool = True,
    gsm8k: Path | None = None,
    problems: int = 100,
    workers: int = 1,
    quantization: str | None = None,
    dtype: str | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Runs held-out tasks of all domains with each policy.

    Args:
        model: Path or hub id; None for the embedded student.
        tasks: Number of tasks; of these `UNSEEN_SHARE` are of domains that training never shows.
        policies: Policies by name; `static1` is the one that others are compared with.
        grammar: Hold tool calls to their schemas while they are written, as `MTPChatModel` does.
        gsm8k: GSM8K's training file, for the same figures over natural text; its held-out rows are used.
        problems: Number of word problems at most.
        workers: Processes, each with its own copy of the model.
        quantization: As in `load_checkpoint`.
        dtype: As in `load_checkpoint`.
        on_progress: Called after each task or word problem.

    Returns:
        JSON object: `tasks`, `grammar`, `dtype` (of the weights in memory), `policies` -> name -> {success,
        success_unseen_tools, tokens_per_pass, identical, ...}, `domains`, `outcomes` -> name -> {solved (1 or
        0 per task), forward_passes (per task)}, and `natural_text` where `gsm8k` is given.

    Raises:
        ConfigError: The baseline is missing.
        CheckpointError: The model cannot be found.
    """
    if BASELINE not in policies:
        raise ConfigError(
            f"The policies {sorted(policies)} lack {BASELINE!r}, with which the others are compared."
        )
    locate(model, None)  # a wrong path is an error here, not in every worker
    jobs: list[_Job] = [("task", seed) for seed in range(tasks)]
    if gsm8k is not None:
        jobs += [("problem", index) for index in range(problems)]
    arguments = (
        None if model is None else str(model),
        policies,
        tasks,
        grammar,
        gsm8k,
        max(1, (os.cpu_count() or 1) // workers),
        quantization,
        dtype,
    )
    outcomes: list[tuple[str, list[Outcome]]] = []
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, arguments) as pool:
        loaded = pool.submit(_loaded_dtype)
        for future in as_completed([pool.submit(_run_job, job) for job in jobs]):
            outcomes.append(future.result())
            on_progress()
    found = [outcome for kind, several in outcomes if kind == "task" for outcome in several]
    report: dict[str, Any] = {
        "tasks": tasks,
        "grammar": grammar,
        "dtype": loaded.result(),
        "policies": {name: _summary(found, name) for name in policies},
        "domains": _by_domain(found),
        "outcomes": {name: _by_task(found, name) for name in policies},
    }
    natural = [outcome for kind, several in outcomes if kind == "problem" for outcome in several]
    if natural:
        report["natural_text"] = {
            "problems": len(natural) // len(policies),
            "policies": {name: _natural(natural, name) for name in policies},
        }
    return report


def heldout_task(index: int, total: int) -> Task:
    """The `index`-th of `total` held-out tasks: all domains in turn, seen ones first."""
    unseen = round(total * UNSEEN_SHARE)
    if index < total - unseen:
        # invented tools have their held-out counterpart among the unseen domains
        domains = [d.name for d in SEEN if not d.training_only and d.name != "invented"]
        return make_task(index // len(domains), "heldout", domain=domains[index % len(domains)])
    index -= total - unseen
    names = [domain.name for domain in UNSEEN]
    return make_task(index // len(names), "heldout", unseen=True, domain=names[index % len(names)])


_Job = tuple[str, int]


class _Worker:
    """One process's model."""

    def __init__(
        self,
        model: str | None,
        policies: dict[str, DecodingPolicy],
        tasks: int,
        grammar: bool,
        gsm8k: Path | None,
        threads: int,
        quantization: str | None,
        dtype: str | None,
    ) -> None:
        import torch

        torch.set_num_threads(threads)
        checkpoint = load_checkpoint(model, quantization=quantization, dtype=dtype)
        self.dtype = str(checkpoint.dtype).removeprefix("torch.")
        self.decoder = Decoder(checkpoint)
        self.renderer = PromptRenderer(checkpoint.tokenizer)
        self.factory = factory_of(checkpoint) if grammar else None
        self.policies = policies
        self.tasks = tasks
        self.problems = list(itertools.islice(read_gsm8k(gsm8k, "heldout"), 1000)) if gsm8k else []

    def task(self, index: int) -> list[Outcome]:
        """Each policy's run of a task."""
        task = heldout_task(index, self.tasks)
        grammar = self.grammar(task.tools)
        outcomes: list[Outcome] = []
        baseline: Run | None = None
        for name, policy in self.policies.items():
            session = task.session()
            run = run_agent(
                self.decoder,
                self.renderer,
                policy,
                task.messages,
                task.tools,
                _caller(session),
                grammar,
            )
            baseline = baseline or run
            verdict = task.check(session, run.answer)
            outcomes.append(
                _outcome(index, task.domain, task.unseen, name, verdict.ok, run, baseline, verdict.reason)
            )
        return outcomes

    def grammar(self, tools: list[dict[str, Any]]) -> Grammar | None:
        """What a turn with these tools is held to."""
        return self.factory.calls(tools, required=False) if self.factory and tools else None

    def problem(self, index: int) -> list[Outcome]:
        """Each policy's run of a word problem; nothing if there are not that many."""
        if index >= len(self.problems):
            return []
        problem: WordProblem = self.problems[index]
        grammar = self.grammar([CALCULATOR])
        outcomes: list[Outcome] = []
        baseline: Run | None = None
        for name, policy in self.policies.items():
            run = run_agent(
                self.decoder,
                self.renderer,
                policy,
                problem.messages,
                [CALCULATOR],
                lambda call: calculate(str(call.arguments.get("expression", ""))),
                grammar,
            )
            baseline = baseline or run
            right = contains(run.answer, float(problem.answer.replace(",", "")))
            outcomes.append(_outcome(index, "gsm8k", False, name, right, run, baseline, ""))
        return outcomes


def factory_of(checkpoint: Checkpoint) -> GrammarFactory:
    """Makes the grammars of a student that writes calls in the form of Hermes and Qwen."""
    return GrammarFactory(checkpoint.tokenizer, checkpoint.model.config.vocab_size, checkpoint.stop_token_ids)


def _caller(session: Session) -> CallTool:
    return lambda call: session.call(call).text


_worker: _Worker | None = None


def _start(*arguments: Any) -> None:
    global _worker
    _worker = _Worker(*arguments)


def _loaded_dtype() -> str:
    assert _worker is not None
    return _worker.dtype


def _run_job(job: _Job) -> tuple[str, list[Outcome]]:
    assert _worker is not None
    kind, index = job
    return kind, (_worker.task if kind == "task" else _worker.problem)(index)


def _outcome(
    index: int, domain: str, unseen: bool, policy: str, success: bool, run: Run, baseline: Run, reason: str
) -> Outcome:
    return Outcome(
        index,
        domain,
        unseen,
        policy,
        success,
        run.turns == baseline.turns,
        run.tokens,
        run.passes,
        run.seconds,
        reason,
    )


def _summary(outcomes: list[Outcome], policy: str) -> dict[str, float]:
    mine = [outcome for outcome in outcomes if outcome.policy == policy]
    return {
        "success": _share([o.success for o in mine if not o.unseen]),
        "success_unseen_tools": _share([o.success for o in mine if o.unseen]),
        **_speed(mine),
    }


def _natural(outcomes: list[Outcome], policy: str) -> dict[str, float]:
    mine = [outcome for outcome in outcomes if outcome.policy == policy]
    return {"success": _share([o.success for o in mine]), **_speed(mine)}


def _speed(outcomes: list[Outcome]) -> dict[str, float]:
    tokens, passes = sum(o.tokens for o in outcomes), sum(o.passes for o in outcomes)
    return {
        "tokens_per_pass": round(tokens / max(1, passes), 3),
        "identical": _share([o.identical for o in outcomes]),
        "tokens": tokens,
        "forward_passes": passes,
    }


def _by_task(outcomes: list[Outcome], policy: str) -> dict[str, Any]:
    mine = sorted((o for o in outcomes if o.policy == policy), key=lambda outcome: outcome.index)
    return {
        "solved": "".join(str(int(o.success)) for o in mine),
        "forward_passes": [o.passes for o in mine],
    }


def _by_domain(outcomes: list[Outcome]) -> dict[str, dict[str, dict[str, float]]]:
    table: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.domain, outcome.policy].append(outcome)
    for (domain, policy), found in sorted(groups.items()):
        table[domain][policy] = {"success": _share([o.success for o in found]), **_speed(found)}
    return dict(table)


def _share(values: list[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
