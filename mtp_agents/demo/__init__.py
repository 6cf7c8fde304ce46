"""`mtp-agents demo`: an example agent at work, live, timed against single-token decoding of the same weights.

problem.py   what is asked, and when the answer is right
agent.py     the example's graph, run once: events while it works, figures at the end
view.py      the events in the terminal
compare.py   two decoding policies on the same task, interleaved
report.py    the figures as a table and as JSON
"""
