"""Messages -> token ids, and token ids -> text, reasoning and tool calls."""
