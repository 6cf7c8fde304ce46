"""An agent that reasons at length and works with tools until its task is done."""
