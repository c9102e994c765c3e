"""The fields of states as the SDK names them, with the language's spelling as value."""

from __future__ import annotations

from enum import Enum


class Field(Enum):
    """A keyword of a state class; its value is the field of the Amazon States Language."""

    # Common to all states
    Comment = "comment"
    InputPath = "input_path"
    OutputPath = "output_path"
    Parameters = "parameters"
    ResultPath = "result_path"
    ResultSelector = "result_selector"
    Next = "next"
    Retry = "retry"
    Catch = "catch"
    Assign = "assign"

    # Pass
    Result = "result"

    # Fail
    Error = "error"
    Cause = "cause"
    ErrorPath = "error_path"
    CausePath = "cause_path"

    # Wait
    Seconds = "seconds"
    Timestamp = "timestamp"
    SecondsPath = "seconds_path"
    TimestampPath = "timestamp_path"

    # Choice
    Choices = "choices"
    Default = "default"

    # Parallel
    Branches = "branches"

    # Map
    Iterator = "iterator"
    ItemProcessor = "item_processor"
    ItemSelector = "item_selector"
    ItemsPath = "items_path"
    MaxConcurrency = "max_concurrency"
    MaxConcurrencyPath = "max_concurrency_path"

    # Task
    Resource = "resource"
    TimeoutSeconds = "timeout_seconds"
    TimeoutSecondsPath = "timeout_seconds_path"
    HeartbeatSeconds = "heartbeat_seconds"
    HeartbeatSecondsPath = "heartbeat_seconds_path"
    Credentials = "credentials"

    # Retry and Catch
    ErrorEquals = "error_equals"
    IntervalSeconds = "interval_seconds"
    MaxAttempts = "max_attempts"
    BackoffRate = "backoff_rate"
    MaxDelaySeconds = "max_delay_seconds"
    JitterStrategy = "jitter_strategy"
    NextStep = "next_step"
