import pytest

from mtp_agents.bench.models import Subject
from mtp_agents.bench.prompts import random_prompts
from tests.decode.tiny import checkpoint


@pytest.fixture
def subject() -> Subject:
    """A tiny random student whose drafts are often right by chance."""
    student = checkpoint(words=6)
    return Subject("tiny", student, random_prompts(student))


@pytest.fixture
def scripted() -> Subject:
    """A tiny random model that accepts three tokens per pass by script."""
    student = checkpoint(words=6)
    return Subject("scripted", student, random_prompts(student), acceptance=3.0)
