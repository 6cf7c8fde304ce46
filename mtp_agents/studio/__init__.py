"""`mtp-agents studio`: a chat page over the LangGraph server's API, on this machine, without an account.

browser ──► page (this package: files, and a proxy under /api) ──► LangGraph server (`langgraph dev`)

The page and the API share one origin, so the server needs no cross-origin rules; nothing comes from another
host. Needs the extra: pip install 'mtp-agents[studio]'.
"""
