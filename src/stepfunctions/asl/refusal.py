"""The text with which CreateStateMachine and UpdateStateMachine refuse a definition.

Source: recordings of InvalidDefinition.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepfunctions.errors import Diagnostic

_LABEL = "INVALID_LABEL_NAME"


def refusal(definition: str, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the message of InvalidDefinition.

    Args:
        definition: the text that was sent.
        diagnostics: what ``parse`` or ``validate`` found; warnings are left out.

    Raises:
        Nothing.

    Source:
        Recordings of CreateStateMachine. Those of a faulty Label have a form of their own, without code and location,
        and quote the whole definition.
    """
    errors = [each for each in diagnostics if each.severity == "ERROR"]
    if errors and errors[0].code == _LABEL:
        return f"Error=ValueError Args={[errors[0].message]} in definition '{definition}'."
    return f"Invalid State Machine Definition: '{', '.join(map(str, errors))}'"
