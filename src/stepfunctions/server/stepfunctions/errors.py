"""The errors of the Step Functions API with AWS's texts, one function each.

Source: recordings of AWS, unless a function says otherwise.
"""

from __future__ import annotations

from stepfunctions.server.errors import AwsError


def invalid_arn(detail: str) -> AwsError:
    """An ARN that is none, or of the wrong kind."""
    return AwsError("InvalidArn", f"Invalid Arn: '{detail}'")


def invalid_role_arn(arn: str) -> AwsError:
    """A role that is none. Text from public reports of CreateStateMachine."""
    return AwsError("InvalidArn", f"Invalid Role Arn: '{arn}'")


def invalid_name(name: str) -> AwsError:
    """A name with characters that AWS forbids."""
    return AwsError("InvalidName", f"Invalid Name: '{name}'")


def invalid_token() -> AwsError:
    """A nextToken that is not from us, or from another request; a task token that no task ever had."""
    return AwsError("InvalidToken", "Invalid Token: 'Invalid token'")


def invalid_definition(message: str) -> AwsError:
    """A definition with faults; ``asl.refusal`` words them."""
    return AwsError("InvalidDefinition", message)


def invalid_execution_input(detail: str) -> AwsError:
    """An input that is not JSON."""
    return AwsError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{detail}'")


def invalid_logging(detail: str) -> AwsError:
    """A logging configuration that cannot be."""
    return AwsError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {detail}")


def invalid_encryption(detail: str) -> AwsError:
    """An encryption configuration that cannot be. Text not verified against AWS."""
    return AwsError("InvalidEncryptionConfiguration", f"Invalid Encryption Configuration: {detail}")


def missing_parameter() -> AwsError:
    """UpdateStateMachine with nothing to update."""
    return AwsError(
        "MissingRequiredParameter",
        "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
    )


def validation(message: str, reason: str | None = None) -> AwsError:
    """A request that contradicts itself."""
    return AwsError("ValidationException", message, members={"reason": reason} if reason else None)


def state_machine_does_not_exist(arn: str) -> AwsError:
    """No state machine of this ARN."""
    return AwsError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def state_machine_already_exists(arn: str) -> AwsError:
    """A state machine of this name that differs from the one asked for."""
    return AwsError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")


def state_machine_deleting(arn: str) -> AwsError:
    """A state machine that is on its way out. Text not verified against AWS."""
    return AwsError("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")


def state_machine_limit_exceeded(count: int) -> AwsError:
    """More state machines than AWS's quota. Text not verified against AWS."""
    return AwsError("StateMachineLimitExceeded", f"The maximum number of state machines ({count}) has been reached.")


def type_not_supported() -> AwsError:
    """An operation that this type of state machine does not have."""
    return AwsError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")


def execution_not_redrivable(reason: str) -> AwsError:
    """An execution that cannot be redriven, for one of the reasons of DescribeExecution. That AWS's message is the bare
    reason is not verified."""
    return AwsError("ExecutionNotRedrivable", reason)


def activity_does_not_exist(arn: str) -> AwsError:
    """No activity of this ARN."""
    return AwsError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")


def activity_already_exists(arn: str) -> AwsError:
    """An activity of this name with another encryption. Text from the API reference."""
    return AwsError("ActivityAlreadyExists", "Activity already exists. EncryptionConfiguration may not be updated.")


def activity_limit_exceeded(count: int) -> AwsError:
    """More activities than AWS's quota. Text not verified against AWS."""
    return AwsError("ActivityLimitExceeded", f"The maximum number of activities ({count}) has been reached.")


def invalid_output(detail: str) -> AwsError:
    """The output of a task that is not JSON. Text not verified against AWS."""
    return AwsError("InvalidOutput", f"Invalid Output: '{detail}'")


def task_timed_out() -> AwsError:
    """A task that has ended: answered before, timed out, or aborted. Text from public reports."""
    return AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


def resource_not_found(arn: str) -> AwsError:
    """A resource to be tagged that does not exist."""
    return AwsError("ResourceNotFound", f"Resource not found: '{arn}'", members={"resourceName": arn})


def too_many_tags(arn: str) -> AwsError:
    """More tags than a resource may have. Text not verified against AWS."""
    return AwsError("TooManyTags", f"Too many tags: '{arn}'", members={"resourceName": arn})


def version_description_unpublished() -> AwsError:
    """A description for a version that is not to be published."""
    return validation("Version description can only be set when publish is true")


def publish_conflict(revision: str, current: str) -> AwsError:
    """Another revision of the state machine than the one to be published."""
    return AwsError(
        "ConflictException",
        f"Failed to publish the State Machine version for revision {revision}. "
        f"The current State Machine revision is {current}.",
    )


def version_in_use(aliases: list[str]) -> AwsError:
    """A version that aliases refer to, by name, and that is to be deleted."""
    return AwsError(
        "ConflictException",
        "Version to be deleted must not be referenced by an alias. "
        f"Current list of aliases referencing this version: [{', '.join(aliases)}]",
    )


def version_limit_exceeded(count: int) -> AwsError:
    """More versions than AWS's quota. Text not verified against AWS."""
    return AwsError(
        "ServiceQuotaExceededException", f"The maximum number of state machine versions ({count}) has been reached."
    )


def invalid_routing(message: str) -> AwsError:
    """The routing configuration of an alias that cannot be. That AWS tells this reason is not verified."""
    return validation(message, "INVALID_ROUTING_CONFIGURATION")


def alias_conflict() -> AwsError:
    """An alias of this name that differs from the one asked for, be it only in its description."""
    return AwsError(
        "ConflictException",
        "Failed to create alias because an alias with the same name and a different routing configuration already "
        "exists.",
    )


def alias_limit_exceeded(count: int) -> AwsError:
    """More aliases than AWS's quota. Text not verified against AWS."""
    return AwsError(
        "ServiceQuotaExceededException", f"The maximum number of state machine aliases ({count}) has been reached."
    )


def referenced_not_found() -> AwsError:
    """An alias, or a version in a routing configuration, that does not exist."""
    return AwsError("ResourceNotFound", "Request references a resource that does not exist.")
