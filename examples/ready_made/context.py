"""What may differ from run to run: the model and how it decodes."""

from mtp_agents import MTPSettings

# `MTPMiddleware` carries these to the model. Limits are those of the middleware, set when the agent is built.
Context = MTPSettings
