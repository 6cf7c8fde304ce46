"""The example agents, importable: `mtp_agents.examples.reasoning_agent.graph`.

Their one source is the folder `examples/` of the repository. The wheel carries a copy of it in this
package; in a checkout the package reaches over to the folder itself.
"""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]

if (_CHECKOUT / "model" / "mtp_model").is_dir() and (_CHECKOUT / "examples").is_dir():
    __path__.append(str(_CHECKOUT / "examples"))
