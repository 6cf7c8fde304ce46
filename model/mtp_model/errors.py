"""The error tree of mtp_agents. Every message says what was given, what is needed and what to do.

MTPError
├── CheckpointError
│   ├── CheckpointNotFoundError (FileNotFoundError)   no such folder, hub repository or file in it
│   ├── UnsafeCheckpointError          no safetensors, or it can only run with its own remote code
│   └── UnsupportedModelError          an architecture that block decoding cannot run correctly
├── PromptError (ValueError)
│   ├── EmptyPromptError               no message, or no token
│   ├── ContextLengthError             more tokens than the model has positions
│   └── MessageError                   a message that cannot be rendered
├── OutOfMemoryError (MemoryError)     weights, a request or a pass need more memory than there is
├── RequestTimeoutError (TimeoutError) a call that took longer than its caller allows
├── ServerError                        a local server that cannot start, or does not answer
└── ConfigError (ValueError)           a decoding policy or an option with an impossible value
    └── SchemaError                    a JSON schema that decoding cannot be held to

MissingMaskTokenWarning (UserWarning)  not an error: decoding goes on with one token per pass
"""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "CheckpointNotFoundError",
    "ConfigError",
    "ContextLengthError",
    "EmptyPromptError",
    "MTPError",
    "MessageError",
    "MissingMaskTokenWarning",
    "OutOfMemoryError",
    "PromptError",
    "RequestTimeoutError",
    "SchemaError",
    "ServerError",
    "UnsafeCheckpointError",
    "UnsupportedModelError",
]


class MTPError(Exception):
    """Root of every error that this project raises on purpose."""


class ConfigError(MTPError, ValueError):
    """A decoding policy, a request option or a setting has a value that makes no sense."""


class OutOfMemoryError(MTPError, MemoryError):
    """The weights, a request's keys and values, or a pass do not fit into memory; others go on."""


class RequestTimeoutError(MTPError, TimeoutError):
    """A call took longer than its caller allows; it was stopped and its slot is free."""


class ServerError(MTPError):
    """A server on this machine cannot be started, or one that is needed does not answer."""


class SchemaError(ConfigError):
    """A tool's or an answer's JSON schema is invalid, or holds what decoding cannot be held to."""


class CheckpointError(MTPError):
    """A checkpoint cannot be loaded."""


class CheckpointNotFoundError(CheckpointError, FileNotFoundError):
    """There is no checkpoint at the given path or hub id, or a file that it needs is missing."""


class UnsafeCheckpointError(CheckpointError):
    """Loading would mean to unpickle weights or to run code that came with the checkpoint."""


class UnsupportedModelError(CheckpointError):
    """The architecture keeps state that a block of masks would corrupt, so its text would be wrong."""


class PromptError(MTPError, ValueError):
    """A prompt cannot be decoded from."""


class EmptyPromptError(PromptError):
    """The prompt has no message or no token."""


class ContextLengthError(PromptError):
    """The prompt leaves no room for an answer in the model's context.

    Attributes:
        prompt_tokens: Length of the prompt in tokens, or None if unknown.
        max_positions: Length of the model's context in tokens, or None if unknown.
    """

    def __init__(
        self, message: str, *, prompt_tokens: int | None = None, max_positions: int | None = None
    ) -> None:
        """Keep the two lengths beside the message, for callers that shorten the prompt and try again."""
        super().__init__(message)
        self.prompt_tokens = prompt_tokens
        self.max_positions = max_positions


class MessageError(PromptError):
    """A chat message is malformed: unknown role, tool result without its call, wrong type of content."""


class MissingMaskTokenWarning(UserWarning):
    """The checkpoint has no mask token, so it decodes one token per pass."""
