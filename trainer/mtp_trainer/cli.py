"""`mtp-train`: from nothing to a student that writes several tokens per pass.

mtp-train toolworld --config trainer/configs/embedded/corpus.yaml      # tokenizer and training data
mtp-train pretrain  --config trainer/configs/embedded/pretrain.yaml    # the teacher
mtp-train distill   --config trainer/configs/embedded/distill.yaml     # the student
mtp-train data      --model Qwen/Qwen3-4B --source chats.jsonl --out data   # conversations for a real model
mtp-train ablate    --config trainer/configs/embedded/ablation.yaml    # which settings help
mtp-train eval      --tasks 500 --json                                 # what came out
mtp-train lm-eval   --model_args pretrained=my-student --tasks gsm8k   # lm-evaluation-harness
mtp-train export    --model runs/embedded/distill/model --out my-student    # an ordinary checkpoint
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Train multi-token-prediction students.", no_args_is_help=True, pretty_exceptions_show_locals=False
)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="YAML file with the settings.")]


def main() -> None:
    """Runs the command line; an error of ours is one line on stderr and exit code 1."""
    from mtp_model.errors import MTPError

    try:
        app()
    except MTPError as error:
        typer.echo(f"mtp-train: {error}", err=True)
        raise SystemExit(1) from None


@app.command()
def toolworld(
    config: ConfigOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory of the tokenizer and the token dataset.")
    ] = None,
    conversations: Annotated[int | None, typer.Option(help="Number of conversations.")] = None,
    gsm8k: Annotated[Path | None, typer.Option(help="GSM8K's train.jsonl, to mix in.")] = None,
) -> None:
    """Generates conversations with executable tools, and the tokenizer for them."""
    from rich.console import Console
    from rich.progress import Progress

    from mtp_trainer.config import CorpusConfig, load_config
    from mtp_trainer.corpus import build_corpus

    settings = load_config(config, CorpusConfig, {"out": out, "conversations": conversations, "gsm8k": gsm8k})
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("conversations", total=settings.conversations)
        path = build_corpus(settings, lambda count: progress.advance(bar, count))
    typer.echo(f"Wrote {path}")


@app.command()
def pretrain(
    config: ConfigOption = None,
    run_dir: Annotated[Path | None, typer.Option(help="Directory of the run.")] = None,
    max_minutes: Annotated[
        float | None, typer.Option(help="End, with the decay, after so many minutes.")
    ] = None,
) -> None:
    """Trains a teacher from scratch; the same command resumes a run that was killed."""
    from mtp_trainer.config import PretrainConfig, load_config
    from mtp_trainer.pretrain import pretrain as run

    path = run(load_config(config, PretrainConfig, {"run_dir": run_dir, "max_minutes": max_minutes}))
    typer.echo(f"Wrote {path}")


@app.command()
def data(
    config: ConfigOption = None,
    model: Annotated[
        str | None, typer.Option(help="Model whose tokenizer and chat template render: path or hub id.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="JSON lines, JSON, Parquet, a directory of them, or a dataset of the hub."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Directory to write.")] = None,
    split: Annotated[str | None, typer.Option(help="Split of a dataset; train if not given.")] = None,
    subset: Annotated[str | None, typer.Option(help="Configuration of a dataset.")] = None,
    max_length: Annotated[
        int | None, typer.Option(help="Most tokens per example; the model's context if not given.")
    ] = None,
    cut: Annotated[
        bool | None, typer.Option("--cut/--no-cut", help="Cut longer examples instead of leaving them out.")
    ] = None,
    validation: Annotated[float | None, typer.Option(help="Share of questions that is held out.")] = None,
    limit: Annotated[int | None, typer.Option(help="Most rows to read.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that render.")] = None,
) -> None:
    """Renders conversations with a model's own chat template, for `distill --data`.

    A row is {"messages": [...], "tools": [...]} as in OpenAI's format, ShareGPT's {"conversations": [...]},
    or a pair such as {"prompt": ..., "response": ...}. The loss is on what assistants write: text, reasoning
    and tool calls.
    """
    from rich.console import Console
    from rich.progress import Progress

    from mtp_trainer.config import load_config
    from mtp_trainer.dataset import DataConfig, build_dataset

    given: dict[str, object] = {
        "model": model,
        "source": source,
        "out": out,
        "split": split,
        "subset": subset,
        "limit": limit,
    }
    given |= {"max_length": max_length, "cut": cut, "validation": validation, "workers": workers}
    settings = load_config(config, DataConfig, given)
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("conversations", total=settings.limit)
        report = build_dataset(settings, lambda count: progress.advance(bar, count))
    for line in report.lines():
        typer.echo(line)
    typer.echo(f"Wrote {settings.out}")


@app.command()
def distill(
    config: ConfigOption = None,
    model: Annotated[
        str | None, typer.Option(help="Teacher, and the student's start: path or hub id.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="What `mtp-train data` wrote, or takes as its source.")
    ] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Directory of the run.")] = None,
    mask_token: Annotated[
        list[str] | None,
        typer.Option(help="Mask token or its id; several times: one per position, k_max - 1 in all."),
    ] = None,
    mask_tokens: Annotated[
        int | None, typer.Option(help="Mask tokens on spare ids: 1, or k_max - 1, one per position.")
    ] = None,
    max_minutes: Annotated[
        float | None, typer.Option(help="End, with the decay, after so many minutes.")
    ] = None,
) -> None:
    """Makes a student of a model; the same command resumes a run that was killed."""
    from mtp_trainer.config import DistillConfig, load_config
    from mtp_trainer.distill import distill as run

    given: dict[str, object] = {"model": model, "data": data, "run_dir": run_dir, "max_minutes": max_minutes}
    masks = [int(token) if token.isdecimal() else token for token in mask_token or []]
    given |= {"mask_token": masks if len(masks) > 1 else next(iter(masks), None), "mask_tokens": mask_tokens}
    path = run(load_config(config, DistillConfig, given), on_note=lambda note: typer.echo(note, err=True))
    if os.environ.get("RANK", "0") == "0":  # of the processes of one run
        typer.echo(f"Wrote {path}")


@app.command()
def ablate(
    config: ConfigOption = None,
    run_dir: Annotated[Path | None, typer.Option(help="Directory of the runs.")] = None,
    out: Annotated[Path | None, typer.Option(help="Results, without suffix: writes .json and .md.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Training time of each variant.")] = None,
    steps: Annotated[int | None, typer.Option(help="The same in steps, in place of a time.")] = None,
    tasks: Annotated[int | None, typer.Option(help="Held-out tasks.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="A variant; all if not given.")] = None,
) -> None:
    """Trains variants of the objective from the same start, measures them, and writes one table.

    The same command goes on where it was stopped; variants that are measured already are kept.
    """
    from mtp_trainer.ablate import ablate as run
    from mtp_trainer.ablation_config import AblationConfig
    from mtp_trainer.ablation_report import markdown
    from mtp_trainer.config import load_config

    given: dict[str, object] = {"run_dir": run_dir, "out": out, "minutes": minutes, "steps": steps}
    settings = load_config(config, AblationConfig, given | {"tasks": tasks})
    document = run(settings, only=only or (), on_note=lambda note: typer.echo(note, err=True))
    typer.echo(markdown(document))


@app.command("eval")
def evaluate(
    model: Annotated[
        str | None, typer.Option(help="Student: path or hub id; the embedded one if not given.")
    ] = None,
    tasks: Annotated[int, typer.Option(min=0, help="Held-out tasks of all domains; 0 for none.")] = 100,
    threshold: Annotated[float, typer.Option(help="ConfAdapt's threshold, in (0, 1].")] = 0.9,
    k: Annotated[int, typer.Option(help="Largest block size.")] = 16,
    grammar: Annotated[
        bool, typer.Option(help="Hold tool calls to their schemas, as MTPChatModel does.")
    ] = True,
    gsm8k: Annotated[Path | None, typer.Option(help="GSM8K's train.jsonl: also report natural text.")] = None,
    problems: Annotated[int, typer.Option(min=1, help="Word problems with --gsm8k.")] = 50,
    texts: Annotated[
        int, typer.Option(min=0, help="Held-out texts on which agreement is measured; 0 for none.")
    ] = 100,
    data: Annotated[
        Path | None, typer.Option(help="Take them from what `mtp-train data` wrote, not from the toolworld.")
    ] = None,
    teacher: Annotated[str | None, typer.Option(help="Agreement with this model too: path or id.")] = None,
    quantization: Annotated[
        str | None,
        typer.Option(help="int8 or float8: the student with 8-bit weights, beside its own weights."),
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="float32, bfloat16 or float16; as `load_checkpoint` if not given.")
    ] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Also ConfAdapt at many thresholds and k.")] = False,
    thresholds: Annotated[str | None, typer.Option(help="Of the grid; .5,.7,.9,.95,.99 otherwise.")] = None,
    ks: Annotated[str | None, typer.Option(help="Of the grid; 2,4,8,16 otherwise.")] = None,
    plots: Annotated[
        Path | None, typer.Option(help="Directory for the plots, as PNG and SVG: needs matplotlib.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core if not given.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document as the last line of stdout.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the JSON to this file.")] = None,
) -> None:
    """Success, tokens per pass and equality with single-token decoding, per policy; agreement by depth."""
    import json

    from rich.console import Console
    from rich.progress import Progress

    from mtp_trainer.eval_command import EvalSettings
    from mtp_trainer.eval_command import evaluate as run
    from mtp_trainer.report import print_report

    settings = EvalSettings(model, tasks, threshold, k, grammar, gsm8k, problems)
    settings.texts, settings.data, settings.teacher, settings.plots = texts, data, teacher, plots
    settings.grid, settings.thresholds, settings.ks = grid, thresholds, ks
    settings.workers = workers or os.cpu_count() or 1
    settings.quantization, settings.dtype = quantization, dtype
    console = Console(stderr=as_json)
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("tasks", total=(tasks + (problems if gsm8k else 0)) or None)
        report = run(settings, lambda: progress.advance(bar))
    print_report(report, console)
    if out is not None:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(report))


@app.command(
    "lm-eval",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def lm_eval(context: typer.Context) -> None:
    """lm-evaluation-harness with its model class `mtp`; the arguments are those of its own `lm_eval`."""
    from mtp_trainer.eval_command import run_harness

    run_harness(context.args)


@app.command()
def export(
    model: Annotated[Path, typer.Option(help="Directory of the student, such as RUN/model.")],
    out: Annotated[Path, typer.Option(help="Directory to write.")],
    dtype: Annotated[str, typer.Option(help="float32, bfloat16 or float16.")] = "bfloat16",
    recipe: Annotated[
        list[Path] | None, typer.Option(help="Configs that made it; kept in recipe.yaml.")
    ] = None,
    scores: Annotated[
        Path | None, typer.Option(help="Report of `mtp-train eval`; kept as scores.json.")
    ] = None,
    license: Annotated[
        str | None, typer.Option(help="Licence of the weights for the model card, e.g. apache-2.0.")
    ] = None,
    push: Annotated[
        str | None, typer.Option(metavar="NAME", help="Also upload it to the Hugging Face hub: user/name.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private/--public", help="A repository that --push makes is private.")
    ] = True,
) -> None:
    """Writes a student as an ordinary checkpoint, reloads it in plain transformers and decodes with it."""
    from mtp_trainer.export import export as run
    from mtp_trainer.export import read_recipe, read_scores
    from mtp_trainer.push import check_push
    from mtp_trainer.push import push as upload

    steps, report = read_recipe(recipe or []), read_scores(scores) if scores else None
    if push is not None:
        check_push(push)
    name = push.rpartition("/")[2] if push else None
    folder = run(model, out, dtype=dtype, recipe=steps or None, scores=report, name=name, license=license)
    typer.echo(f"Wrote {folder}")
    if push is not None:
        typer.echo(f"Pushed to {upload(folder, push, private=private)}")


if __name__ == "__main__":
    main()
