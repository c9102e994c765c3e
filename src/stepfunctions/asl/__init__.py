"""The Amazon States Language document: model, parse, validate, render. Compiling it belongs to core/program.py."""
