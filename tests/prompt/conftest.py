import pytest
from hypothesis import HealthCheck, settings
from transformers import PreTrainedTokenizerFast

from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.tokenizer import train_tokenizer

# The same examples on every machine, however busy it is.
settings.register_profile(
    "prompt", deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("prompt")

TEXTS = [
    '{"type": "function", "function": {"name": "add", "description": "Add two numbers."}}',
    'The user asks for the sum. {"name": "add", "arguments": {"a": 2, "b": 3.5}}',
    "Zoë paid 12,50 € for a cake in Köln and sent a photo to 東京 and Москва.",
] * 4


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """The embedded student's kind of tokenizer, trained on a few sentences."""
    return train_tokenizer(TEXTS)


@pytest.fixture(scope="session")
def renderer(tokenizer: PreTrainedTokenizerFast) -> PromptRenderer:
    return PromptRenderer(tokenizer)
