"""The toolworld: a generator of agent conversations with executable tools, and their checker."""
