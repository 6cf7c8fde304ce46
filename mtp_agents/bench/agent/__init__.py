"""`mtp-agents bench agent`: how fast whole agents are, and how often they are right, per configuration.

main.py        the command from beginning to end: tasks, runners, runs, table, files
options.py     the command's options
tasks.py       what an agent is asked: held-out toolworld tasks, and a graph of the user's own
examples.py    the questions for the example agents, and how to tell a right answer
loop.py        the graph that runs toolworld tasks
recorder.py    what happens in a run: the model's calls, chunk by chunk, and the tools
models.py      the chat models that are measured: this project's, and peers with its template and parser
runners.py     which configurations there are of this project's engine
peers.py       transformers' `generate` and llama.cpp's server, on the same weights
endpoint.py    any server with OpenAI's chat interface
schedule.py    all configurations in turn, task after task
metrics.py     runs to rows
report.py      the rows as a table and as JSON
page.py        the rows as one HTML file
summary.py     the main figures, in the order and words of the next two
picture.py     them as PNG and SVG
markdown.py    them as a Markdown table, also inside another file
"""
