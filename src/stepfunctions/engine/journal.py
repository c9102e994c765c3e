"""One journal entry: the events that an execution was told in one commit, with the history they led to, as bytes.

A payload that travels unchanged through fifty states is fifty times in the history and once in the entry: a long text
is kept in a table (``texts``) and referred to by its index. The format is our own and versioned; nothing else reads it.

Shape: ``[1, texts, [[now, seed, {event}, missing...], ...], [[id, type, at, previous_id, [detail, ...]], ...]]``
where a list of one number, ``[3]``, stands for the text with that index, and a field of an event that is a list itself
is ``{"list": ...}``. No detail of a history event is a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.events import Event, event_from_json
from stepfunctions.core.history import HistoryEvent
from stepfunctions.engine.codec import pack, unpack
from stepfunctions.engine.texts import Texts, read_texts
from stepfunctions.values import Json

VERSION: Final = 1
LONG_TEXT: Final = 64

Heard = tuple[Event, Ambient]


def encode(heard: Sequence[Heard], history: Sequence[HistoryEvent]) -> bytes:
    """Return the entry for *heard*, events with their ambients, and *history*."""
    texts = Texts()

    def shorten(value: Json) -> Json:
        if type(value) is str and len(value) > LONG_TEXT:
            return [texts.index(value)]
        return value

    events = []
    for told_event, ambient in heard:
        told = told_event.to_json()
        for name, value in told.items():
            if type(value) is str:
                if len(value) > LONG_TEXT:
                    told[name] = [texts.index(value)]
            elif type(value) is list or type(value) is tuple:
                told[name] = {"list": value}
        events.append((ambient.now, ambient.seed, told, *ambient.missing))
    rows: list[tuple[Json, ...]] = []
    for event in history:
        for detail in event[4]:
            if type(detail) is str and len(detail) > LONG_TEXT:
                rows.append((*event[:4], [shorten(each) for each in event[4]]))
                break
        else:
            rows.append(event[:])  # a plain tuple: orjson takes no named one
    return pack([VERSION, texts.table, events, rows])


def decode(entry: bytes) -> tuple[list[Heard], list[HistoryEvent]]:
    """Return what ``encode`` was given.

    Raises:
        ValueError: the entry is damaged, or of a version that is not known.
        KeyError: an event of a kind that is not known.
    """
    version, table, events, rows = unpack(entry)
    if version != VERSION:
        raise ValueError(f"a journal entry has version {version}; this one knows {VERSION}")
    texts = read_texts(table)

    def lengthen(value: Json) -> Json:
        return texts[value[0]] if type(value) is list else value

    def open_up(value: Json) -> Json:
        return value["list"] if type(value) is dict else lengthen(value)

    heard = [
        (event_from_json({name: open_up(value) for name, value in event.items()}), Ambient(now, seed, tuple(missing)))
        for now, seed, event, *missing in events
    ]
    history = [
        HistoryEvent(id_, type_, at, previous_id, tuple([lengthen(detail) for detail in details]))
        for id_, type_, at, previous_id, details in rows
    ]
    return heard, history
