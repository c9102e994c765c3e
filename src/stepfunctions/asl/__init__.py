"""The Amazon States Language document: model, parse, validate, render."""

from stepfunctions.asl.parse import parse
from stepfunctions.asl.validate import validate

__all__ = ["parse", "validate"]
