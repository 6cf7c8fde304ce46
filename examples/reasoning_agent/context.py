"""What may differ from run to run: the model, how it decodes, and the limits of the loop."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mtp_model.config import DecodingPolicy, policy_from_name

from . import prompts


class Context(BaseModel):
    """Settings of one run, checked when they are made; LangGraph Studio shows them as a form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system_prompt: str = Field(default=prompts.SYSTEM_PROMPT, description="What the model is told first.")
    model: str | None = Field(
        default=None, description="Folder or hub id of a student; empty for the embedded one."
    )
    decoding: Literal["confadapt", "verified", "static"] = Field(
        default="confadapt",
        description="How many tokens a forward pass may write, and which of them are kept.",
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Confidence that each further token of a pass needs (not for static).",
    )
    k: int | None = Field(default=None, ge=1, le=256, description="Most tokens per forward pass.")
    max_tokens: int = Field(default=1024, ge=1, description="Most tokens of one reply.")
    max_model_calls: int = Field(
        default=24, ge=1, description="Most replies to one question; then the loop ends."
    )

    @property
    def policy(self) -> DecodingPolicy:
        """The decoding policy that these settings describe."""
        return policy_from_name(self.decoding, k=self.k, threshold=self.threshold)
