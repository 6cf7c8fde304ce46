"""`MTPSettings`: what may differ from run to run, as the context schema of a LangGraph graph."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mtp_model.config import MAX_K, DecodingPolicy, policy_from_name

__all__ = ["MTPSettings"]


class MTPSettings(BaseModel):
    """Settings of one run, checked when they are made. LangGraph Studio shows them as a form.

    Give it to a graph as `context_schema`, or a subclass with further fields. `MTPMiddleware` carries the
    settings to the model of `create_agent`; a graph of your own makes its model of them:

        >>> MTPChatModel(**settings.model_kwargs)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = Field(
        default=None,
        description="Folder or hub id of a student; empty for the one that the environment variable "
        "MTP_MODEL names, or else the embedded one.",
    )
    decoding: Literal["verified", "confadapt", "static"] = Field(
        default="verified",
        description="How many tokens a forward pass may write, and which of them are kept. verified: those "
        "that the model confirms, so that the text is that of one token per pass; confadapt: those that it "
        "is confident of, which may change the text; static: always k.",
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Confidence that each further token of a pass needs (not for static); empty for the "
        "policy's own.",
    )
    k: int | None = Field(
        default=None, ge=1, le=MAX_K, description="Most tokens per forward pass; empty for the policy's own."
    )
    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="0 for the most likely text, more for variety; empty for the model's own.",
    )
    thinking: bool | None = Field(
        default=None,
        description="Whether to reason before answering, for models whose chat template has a switch for it, "
        "such as Qwen3's; empty for what the template does. The embedded student always reasons.",
    )
    max_tokens: int | None = Field(
        default=1024, ge=1, description="Most tokens of one reply; empty for the rest of the context."
    )

    @model_validator(mode="after")
    def _check_policy(self) -> Self:
        """Some values do not go together, such as static and a threshold: say so before the run starts."""
        _ = self.policy
        return self

    @property
    def policy(self) -> DecodingPolicy:
        """The decoding policy that these settings describe."""
        return policy_from_name(self.decoding, k=self.k, threshold=self.threshold)

    @property
    def model_kwargs(self) -> dict[str, Any]:
        """Arguments for `MTPChatModel(...)`, its `bind` and its calls; what is empty is left out."""
        given = {name: getattr(self, name) for name in ("temperature", "thinking", "max_tokens")}
        given["model"] = self.model or None
        return {"decoding": self.policy} | {name: value for name, value in given.items() if value is not None}
