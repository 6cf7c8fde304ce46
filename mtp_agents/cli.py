"""`mtp-agents`: agents on multi-token-prediction students, on the command line.

    mtp-agents demo                        # an agent at work, its forward passes as coloured blocks
    mtp-agents demo --compare 5 --json     # timed against Static(1), interleaved, median of 5
    mtp-agents chat                        # a conversation
    mtp-agents studio                      # the example agents in a chat page in the browser
    mtp-agents doctor                      # what this installation has
    mtp-agents bench decode --quick        # the engine beside its peers: tokens per second and per pass
    mtp-agents bench agent --quick         # whole agents: seconds per task, success, and where time goes
    mtp-agents bench report FILE.json      # picture and table of results that are kept

Only typer is imported here; each command imports what it needs, so that `--help` is fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["app"]


class _Commands(TyperGroup):
    """Turns the project's own errors into one line on stderr and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            from mtp_model.errors import MTPError

            if not isinstance(error, MTPError):
                raise
            typer.echo(f"mtp-agents: {' '.join(str(error).split())}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Commands,
    help="Agents on multi-token-prediction students: several tokens per forward pass.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Model = Annotated[
    str | None,
    typer.Option(help="Folder or hub id of a student; without it, that of MTP_MODEL, else the embedded one."),
]
Decoding = Annotated[str, typer.Option(help="How to decode: verified, confadapt or static.")]
K = Annotated[int | None, typer.Option("--k", help="Most tokens per forward pass.")]
Threshold = Annotated[
    float | None, typer.Option(help="Confidence, up to 1, that each further token of a pass needs.")
]
DType = Annotated[
    str | None,
    typer.Option(help="Type of the weights, float32 or bfloat16; without it, the usual one."),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.")]


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    """Agents on multi-token-prediction students: several tokens per forward pass."""
    if version:
        from mtp_agents import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.command()
def demo(
    question: Annotated[str | None, typer.Option(help="Ask this instead of the demo's own problem.")] = None,
    decoding: Decoding = "verified",
    k: K = None,
    threshold: Threshold = None,
    model: Model = None,
    compare: Annotated[
        int | None,
        typer.Option(help="Number of interleaved runs per policy, without the live view; medians."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout; the view goes to stderr.")
    ] = False,
    no_color: NoColor = False,
) -> None:
    """Watch an agent solve a problem with tools, and what it costs against one token per pass."""
    _quiet()
    from mtp_agents.demo.main import run_demo

    document = run_demo(
        _console(no_color, stderr=as_json),
        question=question,
        model=model,
        decoding=decoding,
        k=k,
        threshold=threshold,
        runs=compare,
    )
    if as_json:
        import json

        typer.echo(json.dumps(document))


@app.command()
def chat(
    decoding: Decoding = "verified",
    k: K = None,
    threshold: Threshold = None,
    model: Model = None,
    no_color: NoColor = False,
) -> None:
    """Talk to a student: /exit, /reset, /policy NAME; Ctrl-C stops an answer."""
    _quiet()
    from mtp_agents.chat import Chat, model_maker
    from mtp_model.config import policy_from_name

    console = _console(no_color)
    policy = policy_from_name(decoding, k=k, threshold=threshold)
    make_model = model_maker(model)
    # Loads the weights: a model that cannot be loaded is an error before the first question.
    make_model(policy).get_num_tokens("Hello")
    Chat(console, make_model, policy).run(lambda: console.input("[bold]> [/]"))


@app.command()
def studio(
    url: Annotated[
        str | None, typer.Option(help="A LangGraph server that is running, e.g. http://127.0.0.1:2024.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Start a server with this langgraph.json, not with the examples.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any that is free.")] = 2025,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    no_color: NoColor = False,
) -> None:
    """Chat with agents in the browser: forward passes as blocks, figures, approvals; all on this machine."""
    _quiet()
    from mtp_agents.studio.main import run_studio

    run_studio(_console(no_color), url=url, config=config, port=port, browser=browser)


@app.command()
def doctor(no_color: NoColor = False) -> None:
    """Show versions, processors, and the embedded student with its recorded scores."""
    _quiet()
    from mtp_agents.doctor import examine

    if not examine(_console(no_color)):
        raise typer.Exit(1)


bench = typer.Typer(no_args_is_help=True)
app.add_typer(bench, name="bench")


@bench.callback()
def bench_options() -> None:
    """Measure: `agent` times whole agents, `decode` the engine; `report` draws what was measured."""


@bench.command()
def agent(
    model: Model = None,
    dtype: DType = None,
    tasks: Annotated[int | None, typer.Option(help="Number of held-out toolworld tasks.")] = None,
    examples: Annotated[
        str | None, typer.Option(help="Example agents, e.g. reasoning_agent,approval; or none.")
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(help="MODULE:FUNCTION or FILE.py:FUNCTION; it takes a chat model and returns a graph."),
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="What to ask the --graph. Repeatable.")] = None,
    concurrency: Annotated[str | None, typer.Option(help="Agents at once, e.g. 1,4,8.")] = None,
    peers: Annotated[str | None, typer.Option(help="Peers: hf, llama.cpp, or none.")] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="A server with OpenAI's interface, e.g. http://127.0.0.1:8000/v1.")
    ] = None,
    endpoint_model: Annotated[str | None, typer.Option(help="What the endpoint calls the model.")] = None,
    rounds: Annotated[int | None, typer.Option(help="How often each task is run.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Most tokens of a reply.")] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Begin no run that would end later; the report has what was done.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for agent.json, .html, .md, .png and .svg.")] = Path(
        "runs/bench"
    ),
    quick: Annotated[bool, typer.Option("--quick", help="Less than two minutes.")] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Nothing but the JSON document on stdout; the table goes to stderr."),
    ] = False,
    no_color: NoColor = False,
) -> None:
    """How long agents take, and how often they are right; the last line on stdout is one JSON document."""
    _quiet()
    from mtp_agents.bench.agent.options import make_options

    chosen = make_options(
        model=model,
        dtype=dtype,
        tasks=tasks,
        examples=examples,
        graph=graph,
        questions=question,
        concurrency=concurrency,
        peers=peers,
        endpoint=endpoint,
        endpoint_model=endpoint_model,
        rounds=rounds,
        max_tokens=max_tokens,
        seconds=seconds,
        quick=quick,
    )
    from mtp_agents.bench.agent.main import run_agent_bench

    progress = _console(no_color, stderr=True)
    _finish(run_agent_bench(chosen, _console(no_color, stderr=as_json), progress, out))


@bench.command()
def decode(
    model: Annotated[
        list[str] | None,
        typer.Option(help="Folder or hub id, embedded, or random-60m, random-4b, random-8b. Repeatable."),
    ] = None,
    batch: Annotated[str | None, typer.Option(help="Numbers of rows, e.g. 1,4,8,16.")] = None,
    context: Annotated[
        str | None, typer.Option(help="Tokens of a row, prompt and answer together, e.g. 256,2k,8k.")
    ] = None,
    tokens: Annotated[int | None, typer.Option(help="Most new tokens of each row.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Timed runs of each case; medians are shown.")] = None,
    engines: Annotated[str | None, typer.Option(help="Of mtp, hf and llama.cpp, e.g. mtp,hf.")] = None,
    dtype: DType = None,
    loop: Annotated[
        str | None, typer.Option(help="The loop of mtp: host, device, or host,device for both.")
    ] = None,
    attention: Annotated[
        str | None, typer.Option(help="The attention of mtp: sdpa, or flex (for a GPU).")
    ] = None,
    k: Annotated[
        int | None, typer.Option("--k", help="Most tokens per pass of ConfAdapt and Verified, 2 to 16.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for decode.json, decode.png and decode.svg.")] = Path(
        "runs/bench"
    ),
    quick: Annotated[bool, typer.Option("--quick", help="Few small cases: less than a minute.")] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Nothing but the JSON document on stdout; the table goes to stderr."),
    ] = False,
    no_color: NoColor = False,
) -> None:
    """How fast each engine and policy decodes; the last line on stdout is one JSON document."""
    _quiet()
    from mtp_agents.bench.options import make_options

    chosen = make_options(
        models=model,
        batch=batch,
        context=context,
        tokens=tokens,
        rounds=rounds,
        engines=engines,
        loop=loop,
        attention=attention,
        dtype=dtype,
        k=k,
        quick=quick,
    )
    from mtp_agents.bench.main import run_decode_bench

    progress = _console(no_color, stderr=True)
    _finish(run_decode_bench(chosen, _console(no_color, stderr=as_json), progress, out))


@bench.command()
def report(
    file: Annotated[Path, typer.Argument(help="The JSON document of `bench agent` or `bench decode`.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results that are kept; without it, the file's own.")
    ] = None,
    into: Annotated[
        list[Path] | None,
        typer.Option(help="Markdown file with a place for picture and table of `bench agent`. Repeatable."),
    ] = None,
) -> None:
    """Keep results: the document under a name with device and date, its picture and, of agents, its table."""
    _quiet()
    from mtp_agents.bench.publish import publish

    for written in publish(file, out, into or ()):
        typer.echo(str(written))


def _finish(document: dict[str, Any]) -> None:
    """A benchmark's last line, and its exit code."""
    import json

    typer.echo(json.dumps(document))
    if document["ending"] == "interrupted":
        raise typer.Exit(130)


def _console(no_color: bool, *, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(no_color=no_color or None, stderr=stderr)


def _quiet() -> None:
    """Keeps progress bars and advice of the libraries out of the view; warnings become one line."""
    import os

    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if not sys.warnoptions:
        import warnings

        warnings.showwarning = _warn


def _warn(message: Warning | str, *details: Any, **more: Any) -> None:
    """A warning as one line, without the place in the code: it is for the user of the command."""
    typer.echo(f"mtp-agents: {message}", err=True)


if __name__ == "__main__":
    app()
