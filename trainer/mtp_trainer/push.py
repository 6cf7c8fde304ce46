"""An exported student to the Hugging Face hub."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import HfApi, constants, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, but not in __all__

from mtp_model.errors import CheckpointError, ConfigError


def check_push(name: str) -> None:
    """Refuse what cannot be pushed before the export is made: name, token, network.

    Args:
        name: of the repository, "user/name" or "name".

    Raises:
        ConfigError: a name that the hub does not take, no token, or one that may not write.
        CheckpointError: the hub cannot be reached.
    """
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise ConfigError(f"--push {name!r} is no name of a repository: {error} Give user/name.") from error
    if constants.HF_HUB_OFFLINE:
        raise ConfigError(f"--push {name}: HF_HUB_OFFLINE is set. Unset it, or export without --push.")
    if not get_token():
        raise ConfigError(
            f"--push {name}: there is no token of the Hugging Face hub. Run `hf auth login`, or set "
            "HF_TOKEN to a token that may write."
        )
    try:
        found = HfApi().whoami()
    except Exception as error:  # the hub client raises many types
        raise _failed(name, error) from error
    if found.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise ConfigError(
            f"--push {name}: the token of {found.get('name')} may only read. Make one that may write on the "
            "hub's settings page, and run `hf auth login` with it."
        )


def push(folder: Path, name: str, *, private: bool = True) -> str:
    """Upload an exported student; the repository is made if it is not there.

    Args:
        folder: what `export` wrote.
        name: of the repository, "user/name" or "name".
        private: whether a repository that is made is private; one that is there stays as it is.

    Returns:
        The repository's address.

    Raises:
        ConfigError: a token that may not write there.
        CheckpointError: the hub cannot be reached, or refuses the files.
    """
    api = HfApi()
    try:
        url = api.create_repo(name, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=url.repo_id, folder_path=folder, commit_message="Multi-token-prediction student"
        )
    except Exception as error:  # the hub client raises many types
        raise _failed(name, error, folder) from error
    return str(url)


def _failed(name: str, error: Exception, folder: Path | None = None) -> ConfigError | CheckpointError:
    kept = (
        f" The export is complete in {folder}: `hf upload {name} {folder}` sends it again." if folder else ""
    )
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if status in (401, 403):
        return ConfigError(
            f"--push {name}: the Hugging Face hub refuses the token ({status}). Run `hf auth login` with a "
            f"token that may write to {name}, or unset HF_TOKEN if an old one is there.{kept}"
        )
    reason = (str(error).strip().splitlines() or ["no reason given"])[0]
    return CheckpointError(
        f"--push {name}: the Hugging Face hub gave {type(error).__name__}: {reason} Check the network and "
        f"try again.{kept}"
    )
