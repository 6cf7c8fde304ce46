"""The wheel holds what git holds, and works in an environment that has never seen the checkout."""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)

# Folder in the wheel -> folders in the repository whose files it holds, below which subfolder.
PACKAGES = {
    "mtp_agents": {"mtp_agents": "", "examples": "examples/"},
    "mtp_model": {"model/mtp_model": ""},
    "mtp_trainer": {"trainer/mtp_trainer": ""},
}

# Imports every module of the three packages and prints where each package came from.
IMPORT_ALL = """
import importlib, pkgutil
for name in ("mtp_agents", "mtp_model", "mtp_trainer"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    print(package.__file__)
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with the installed hatchling (hence without a network)."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, root, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty environment with the wheel, and the dependencies borrowed from ours."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    # Only now, so that pip cannot mistake our own installation for this one. A path in a .pth file does
    # not make Python read the .pth files over there: the editable checkout stays invisible.
    (site,) = home.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return python


def files_of_git(root: Path, folder: str) -> set[str]:
    """Files below ``folder`` that git holds or would add, as paths inside the folder."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder, cwd=root)
    paths = [Path(p) for p in listed.split("\0") if p]
    return {p.relative_to(folder).as_posix() for p in paths if (root / p).is_file()}


@pytest.mark.parametrize("package", list(PACKAGES))
def test_wheel_holds_the_files_that_git_holds(root: Path, wheel: Path, package: str) -> None:
    if shutil.which("git") is None or not (root / ".git").exists():
        pytest.skip("needs git and a git checkout to compare with")
    with zipfile.ZipFile(wheel) as archive:
        names = [Path(n) for n in archive.namelist()]
    shipped = {n.relative_to(package).as_posix() for n in names if n.parts[0] == package}
    folders = PACKAGES[package].items()
    assert shipped == {below + file for folder, below in folders for file in files_of_git(root, folder)}
    assert "py.typed" in shipped


def test_wheel_holds_the_embedded_student(root: Path, wheel: Path) -> None:
    folder = root / "model/mtp_model/checkpoint/embedded"
    if not (folder / "model.safetensors").is_file():
        pytest.skip("no embedded student yet: `make train-student` makes it")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {i.filename: i.file_size for i in archive.infolist() if "/embedded/" in i.filename}
    there = {f"mtp_model/checkpoint/embedded/{f.name}": f.stat().st_size for f in folder.iterdir()}
    assert sizes == there
    assert sum(sizes.values()) <= 32 * 2**20


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {n.split("/")[0] for n in archive.namelist()}
    assert tops == {*PACKAGES, "mtp_agents-0.1.0.dist-info"}


def test_every_module_imports_from_the_installed_wheel(clean_python: Path, tmp_path: Path) -> None:
    printed = run(clean_python, "-I", "-c", IMPORT_ALL, cwd=tmp_path).split()
    home = clean_python.parents[1]
    assert len(printed) == len(PACKAGES)
    assert all(Path(p).is_relative_to(home) for p in printed), printed


def test_public_names_resolve_from_the_installed_wheel(clean_python: Path, tmp_path: Path) -> None:
    code = "import mtp_agents; print(*(getattr(mtp_agents, n) for n in mtp_agents.__all__))"
    assert "MTPChatModel" in run(clean_python, "-I", "-c", code, cwd=tmp_path)


@pytest.mark.parametrize("command", ["mtp-agents", "mtp-train"])
def test_installed_commands_start(clean_python: Path, tmp_path: Path, command: str) -> None:
    assert "Usage" in run(clean_python.parent / command, "--help", cwd=tmp_path)
