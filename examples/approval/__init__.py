"""An agent that moves money, and asks before it does."""
