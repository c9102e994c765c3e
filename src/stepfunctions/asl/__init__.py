"""The Amazon States Language document: model, parse, validate, render."""

from stepfunctions.asl.parse import parse, parse_state
from stepfunctions.asl.references import variable_references
from stepfunctions.asl.render import render
from stepfunctions.asl.suggest import suggest
from stepfunctions.asl.validate import validate

__all__ = ["parse", "parse_state", "render", "suggest", "validate", "variable_references"]
