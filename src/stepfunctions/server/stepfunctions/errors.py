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
    """A nextToken that is not from us, or from another request."""
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


def resource_not_found(arn: str) -> AwsError:
    """A resource to be tagged that does not exist."""
    return AwsError("ResourceNotFound", f"Resource not found: '{arn}'", members={"resourceName": arn})


def too_many_tags(arn: str) -> AwsError:
    """More tags than a resource may have. Text not verified against AWS."""
    return AwsError("TooManyTags", f"Too many tags: '{arn}'", members={"resourceName": arn})
