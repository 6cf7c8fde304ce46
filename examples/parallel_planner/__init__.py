"""A planner that gives parts of a question to parallel workers, and answers from their reports."""
