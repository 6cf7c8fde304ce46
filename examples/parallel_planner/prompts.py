"""What planner and workers are told."""

PLANNER = "You are a careful assistant. Think step by step."

# All workers begin alike, so what the model computed of it for one serves the others.
WORKER = "You are a careful assistant. Think step by step."
TASK = "What is the weather forecast for {city}?"

TOO_MANY = "Error: There are only {limit} workers. Ask for this one later."
NO_REPORT = "Error: The worker gave up after {limit} steps."
NO_SUCH_CALL = "Error: There is only {tool}, and it needs a city."
BROKEN_CALL = "Error: this is not a valid tool call ({error}). Write it again as JSON."
OUT_OF_ROUNDS = "I could not finish within {limit} rounds."
