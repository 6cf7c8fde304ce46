"""What the model is told, and what it reads of a tool that failed."""

SYSTEM_PROMPT = "You are a helpful assistant. Use the tools when you need them."

FAILED = "Error: {error}"
