"""Errors that belong to both trees: mtp_agents' own and LangChain's."""

from __future__ import annotations

from langchain_core.exceptions import ContextOverflowError

from mtp_model.errors import ContextLengthError

__all__ = ["ContextWindowError"]


class ContextWindowError(ContextLengthError, ContextOverflowError):
    """The conversation is longer than the model's context. Either base can be caught to shorten it."""

    @classmethod
    def of(cls, error: ContextLengthError) -> ContextWindowError:
        """The same error, also as LangChain's."""
        return cls(str(error), prompt_tokens=error.prompt_tokens, max_positions=error.max_positions)
