"""Grammars: what a tool call or a JSON answer may look like, as masks and forced tokens.

`schema` turns tools and JSON schemas into grammars, `forms` knows how models write calls, `constraint`
follows one answer through a grammar. The parsing is llguidance's.
"""

from mtp_model.grammar.constraint import Constraint, Grammar, Phase
from mtp_model.grammar.schema import GrammarFactory

__all__ = ["Constraint", "Grammar", "GrammarFactory", "Phase"]
