"""`mtp-agents bench decode`: how much of the tokens per pass becomes wall-clock time, per engine.

agent/          `mtp-agents bench agent`: whole agents, on the peers and weights of this package
main.py         the command from beginning to end: models, runs, table, files
options.py      the command's options
models.py       what is decoded: the embedded student, any checkpoint, random weights of a given shape
prompts.py      held-out toolworld tasks in the middle of a conversation, of an exact length
scripted.py     random weights accept nothing: their acceptance follows a script
clock.py        time inside the model
runners.py      what a run is; this project's engine
huggingface.py  the peer `generate`: greedy, and assisted by prompt lookup
llamacpp.py     the peer llama.cpp, on the same weights
gguf_export.py  those weights as a GGUF file
schedule.py     all cases in turn, round after round
metrics.py      runs to rows: medians, tokens per pass, conversion, idle share
machine.py      date, processors, versions, commit
report.py       the rows as a table and as JSON
plot.py         the rows as PNG and SVG
publish.py      `mtp-agents bench report`: picture and table of results that are kept
"""
