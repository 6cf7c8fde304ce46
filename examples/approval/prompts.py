"""What the model is told, and what it and the reviewer read."""

SYSTEM_PROMPT = "You are a helpful assistant. Use the tools when you need them."

OUT_OF_CALLS = "I could not finish within {limit} steps."

BROKEN_CALL = "Error: this is not a valid tool call ({error}). Write it again as JSON."

REFUSED = "Error: The user does not allow this. {message}"

BAD_ANSWER = "The last answer could not be used ({error}). Give one decision per action, in their order."
