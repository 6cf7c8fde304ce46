"""What the model is told, and what it reads when something goes wrong."""

SYSTEM_PROMPT = "You are a careful assistant. Think step by step."

BROKEN_CALL = "Error: this is not a valid tool call ({error}). Write it again as JSON."

OUT_OF_CALLS = "I could not finish within {limit} steps."
