"""README and docs tell the truth: tree and links exist, code runs, figures are those that were measured."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from typer.main import get_command

from mtp_agents.bench.agent.markdown import to_markdown
from mtp_agents.cli import app as mtp_agents
from mtp_model.chat_model import MTPChatModel
from mtp_model.langchain.options import SETTINGS
from mtp_trainer.cli import app as mtp_train

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md")))
}

# (page, the comment that keeps a block from being run or "", the code). Only that comment keeps one from it.
BLOCKS = [
    (page, *found)
    for page, text in PAGES.items()
    for found in re.findall(r"(?:<!-- not run: ([^>]+) -->\n)?```python\n(.*?)```", text, flags=re.DOTALL)
]
# (page, where a link or picture leads, the test that it names or ""), but not those to the web.
LINKS = [
    (page, target, test)
    for page, text in PAGES.items()
    for target, test in re.findall(r'\]\(([^)\s]+)(?: "(\w+)")?\)', text)
    if not target.startswith("https://")
]
KEPT = sorted((ROOT / "docs/benchmarks").glob("agent-*.json"))


def tree_paths() -> list[str]:
    """The paths of the layout section, each with its parents' names in front."""
    (tree,) = re.findall(r"## Layout\n\n```text\n(.*?)```", README, flags=re.DOTALL)
    paths: list[str] = []
    parents: list[tuple[int, str]] = []
    for line in tree.splitlines():
        indent = len(line) - len(line.lstrip())
        name = line.split()[0]
        parents = [(i, n) for i, n in parents if i < indent]
        paths.append("".join(n for _, n in parents) + name)
        if name.endswith("/"):
            parents.append((indent, name))
    return paths


@pytest.mark.parametrize("path", tree_paths())
def test_tree_names_only_what_exists(path: str) -> None:
    assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file()


def test_tree_leaves_no_folder_out() -> None:
    packages = ["mtp_agents", "model/mtp_model", "trainer/mtp_trainer"]
    top = [p for p in ("examples", "docs", "tests", *packages) if (ROOT / p).is_dir()]
    inner = [d for p in packages for d in (ROOT / p).iterdir() if (d / "__init__.py").is_file()]
    wanted = {f"{p}/" for p in top} | {f"{d.relative_to(ROOT).as_posix()}/" for d in inner}
    assert wanted <= set(tree_paths())


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
def test_python_compiles(block: tuple[str, str, str]) -> None:
    compile(block[2], block[0], "exec")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
def test_python_runs(block: tuple[str, str, str], embedded: Any) -> None:
    page, not_run, code = block
    if not_run:
        pytest.skip(not_run)
    exec(compile(code, page, "exec"), {"__name__": "readme"})


def test_commands_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    named = {
        page: set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
        for page, text in PAGES.items()
    }
    assert {"demo", "test"} <= named["README.md"]
    assert {target for targets in named.values() for target in targets} <= targets


def command_lines() -> list[tuple[str, str]]:
    """(page, command) of our own two commands in blocks of shell."""
    blocks = [
        (page, block.replace("\\\n", " "))
        for page, text in PAGES.items()
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    ]
    lines = [(page, line) for page, block in blocks for line in block.splitlines()]
    return [(page, line) for page, line in lines if re.match(r"mtp-(agents|train) ", line)]


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_commands_have_the_options_that_are_named(page: str, line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    command: Any = get_command(mtp_agents if program == "mtp-agents" else mtp_train)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    if command.context_settings.get("ignore_unknown_options"):
        return  # they belong to another program
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known | {"--help"}


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("page", "target", "test"), LINKS)
def test_links_lead_somewhere(page: str, target: str, test: str) -> None:
    path, _, anchor = target.partition("#")
    file = (ROOT / page).parent / path if path else ROOT / page
    assert file.exists()
    if anchor:
        assert anchor in anchors(file.read_text(encoding="utf-8"))
    if test:
        source = file.read_text(encoding="utf-8")
        assert re.search(rf"^(?:async def|def|class) {test}\(", source, flags=re.MULTILINE)


def test_every_claim_beside_other_models_has_its_test() -> None:
    table = README.split("## Beside other local chat models")[1].split("\n## ")[0]
    claims = [line.split(" | ")[1] for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(claims) >= 10
    for claim in claims:
        assert re.search(r'\]\(tests/\S+\.py "\w+"\)', claim), claim


def test_the_front_page_is_short_and_leads_to_all_others() -> None:
    written = re.sub(r"<!-- bench report .*<!-- end of bench report -->", "", README, flags=re.DOTALL)
    assert len(written.splitlines()) <= 235
    pages = {f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")}
    assert pages <= {target for page, target, _ in LINKS if page == "README.md"}


def test_the_front_page_shows_the_agents_that_were_measured() -> None:
    (found,) = re.findall(
        r"<!-- bench report (\S+)\.json -->\n(.*?)<!-- end of bench report -->", README, flags=re.DOTALL
    )
    stem, block = found
    document = json.loads((ROOT / f"{stem}.json").read_text(encoding="utf-8"))
    assert block == to_markdown(document, stem), f"mtp-agents bench report {stem}.json --into README.md"


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.name)
def test_kept_pictures_and_tables_are_those_of_their_document(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    redo = f"mtp-agents bench report {file.relative_to(ROOT)}"
    assert file.with_suffix(".md").read_text(encoding="utf-8") == to_markdown(document, file.stem), redo
    for suffix in (".png", ".svg"):  # they hold the date of the document that they were drawn from
        assert document["date"].encode() in file.with_suffix(suffix).read_bytes(), redo


def test_the_front_page_has_the_embedded_students_scores() -> None:
    scores = json.loads(
        (ROOT / "model/mtp_model/checkpoint/embedded/scores.json").read_text(encoding="utf-8")
    )
    names = {"static1": "Static(1)", "confadapt": "ConfAdapt(0.9)", "verified": "Verified(16)"}
    for key, name in names.items():
        one, text = scores["policies"][key], scores["natural_text"]["policies"][key]
        shares = [f"{100 * one[share]:.0f} %" for share in ("success", "success_unseen_tools", "identical")]
        cells = [f"`{name}`", *shares[:2], f"{one['tokens_per_pass']:.2f}", shares[2]]
        assert f"| {' | '.join(cells)} | {text['tokens_per_pass']:.2f} |" in README


def test_the_table_of_arguments_has_all_of_them() -> None:
    table = PAGES["docs/chat-model.md"].split("## Arguments")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    named = {name: cells[2] for cells in rows for name in re.findall(r"`(\w+)`", cells[0])}
    ours = set(MTPChatModel.model_fields) - set(BaseChatModel.model_fields)
    assert set(named) == ours
    assert {name for name, call in named.items() if call == "yes"} == {*SETTINGS, "model"}
