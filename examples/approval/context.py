"""What may differ from run to run: the model, how it decodes, and the limits of the loop."""

from pydantic import Field

from mtp_agents import MTPSettings

from . import prompts


class Context(MTPSettings):
    """Settings of one run; LangGraph Studio shows them as a form."""

    system_prompt: str = Field(default=prompts.SYSTEM_PROMPT, description="What the model is told first.")
    max_model_calls: int = Field(
        default=12, ge=1, le=1000, description="Most replies to one question; then the loop ends."
    )
