"""The README tells the truth: its tree exists and its code runs."""

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# (the comment that keeps a block from being run, or "", the code); blocks run only if nothing holds them.
BLOCKS = re.findall(r"(?:<!-- not run: ([^>]+) -->\n)?```python\n(.*?)```", README, flags=re.DOTALL)


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


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_python_compiles(number: int) -> None:
    compile(BLOCKS[number][1], f"README.md, python block {number}", "exec")


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_python_runs(number: int, embedded: Any) -> None:
    not_run, code = BLOCKS[number]
    if not_run:
        pytest.skip(not_run)
    exec(compile(code, f"README.md, python block {number}", "exec"), {"__name__": "readme"})


def test_commands_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


CLAIMS = re.findall(r'\]\((tests/[^ ]+\.py) "(\w+)"\)', README)


def test_every_claim_beside_other_models_has_its_test() -> None:
    assert len(CLAIMS) >= 10
    for path, name in CLAIMS:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async def|def|class) {name}\(", source, flags=re.MULTILINE), (path, name)
