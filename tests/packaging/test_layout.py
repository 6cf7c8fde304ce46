"""The layout that everything relies on: source roots, import layers, public names."""

import ast
import importlib
import importlib.metadata
import itertools
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# What users may import from each package. A change here is a change of the public interface: give it a
# line in CHANGELOG.md.
PUBLIC = {
    "mtp_agents": [
        "ConfAdapt",
        "MTPChatModel",
        "MTPMiddleware",
        "MTPSettings",
        "Static",
        "Verified",
        "__version__",
        "arun_turn",
        "run_turn",
    ],
    "mtp_model": [
        "Checkpoint",
        "ConfAdapt",
        "DecodeStats",
        "Decoder",
        "DecodingPolicy",
        "Generation",
        "GenerationOptions",
        "JSONBounds",
        "PassEvent",
        "Static",
        "Verified",
        "load_checkpoint",
        "policy_from_name",
    ],
    "mtp_model.chat_model": ["MTPChatModel"],
    "mtp_model.checkpoint": ["Checkpoint", "load_checkpoint"],
    "mtp_model.decode": [
        "DecodeStats",
        "Decoder",
        "FinishReason",
        "Generation",
        "PassEvent",
        "TokenLogprob",
        "TokenStream",
    ],
    "mtp_trainer": [],
}


@pytest.mark.parametrize("folder", ["model", "trainer"])
def test_source_roots_are_not_packages(root: Path, folder: str) -> None:
    # An installed package called `model` would break every user who has a model.py.
    assert not (root / folder / "__init__.py").exists()


@pytest.mark.parametrize("package", ["mtp_agents", "model/mtp_model", "trainer/mtp_trainer"])
def test_packages_are_typed(root: Path, package: str) -> None:
    assert (root / package / "py.typed").is_file()


def test_imports_keep_their_layers(root: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_mtp_agents_is_cheap(root: Path) -> None:
    code = "import sys, mtp_agents; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "mtp_agents" in loaded
    assert loaded.isdisjoint({"mtp_trainer", "mtp_model", "torch", "transformers", "langchain_core"})


@pytest.mark.parametrize("package", list(PUBLIC))
def test_public_names_are_pinned(package: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == sorted(PUBLIC[package])
    for name in module.__all__:
        assert hasattr(module, name)


def test_unknown_public_name_says_what_there_is() -> None:
    import mtp_agents

    with pytest.raises(AttributeError, match=r"no attribute 'ChatModel'; it has ConfAdapt, MTPChatModel"):
        mtp_agents.ChatModel  # noqa: B018  (the attribute access is what is tested)


def test_version_is_the_same_everywhere(root: Path) -> None:
    import mtp_agents

    with (root / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert project["version"] == mtp_agents.__version__
    assert f"## [{mtp_agents.__version__}]" in (root / "CHANGELOG.md").read_text()


def test_constraints_pin_every_dependency_exactly(root: Path) -> None:
    with (root / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    wanted = [
        *project["dependencies"],
        *(w for extra in project["optional-dependencies"].values() for w in extra),
    ]
    names = {w.split(">=")[0].split("[")[0].lower().replace("_", "-") for w in wanted}
    lines = [x for x in (root / "constraints.txt").read_text().splitlines() if x and not x.startswith("#")]
    assert all(line.count("==") == 1 for line in lines)
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    assert names <= pinned, names - pinned


def test_every_imported_package_is_declared(root: Path) -> None:
    with (root / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    declared = {
        w.split(">=")[0].split("[")[0].lower().replace("_", "-")
        for w in (*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values()))
    }
    ours = {"mtp_agents", "mtp_model", "mtp_trainer"}
    installed = importlib.metadata.packages_distributions()
    missing = set()
    for folder in ("mtp_agents", "model", "trainer", "examples"):
        for file in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                for top in {name.split(".")[0] for name in names} - ours - sys.stdlib_module_names:
                    packages = {name.lower().replace("_", "-") for name in installed.get(top, [top])}
                    if not packages & declared:
                        missing.add((top, file.relative_to(root).as_posix()))
    assert not missing
