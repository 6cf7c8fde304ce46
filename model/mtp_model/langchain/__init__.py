"""Between LangChain's types and plain ones: messages, tools, options, results. Pure functions, no device."""
