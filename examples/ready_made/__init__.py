"""LangChain's ready-made agent, with middleware and a structured answer."""
