"""How a job fails, in the words of its FailureReason."""

from __future__ import annotations

from pathlib import Path

from stepfunctions.sagemaker.hosts import LOST, Exit
from stepfunctions.sagemaker.launcher import NOT_STARTED

REASON_MAX = 1024


class JobFailed(Exception):
    """Ends a job as Failed; ``str()`` is the FailureReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason[:REASON_MAX])


def no_objects(address: str, region: str, role: str, bucket: str) -> str:
    """Return AWS's text for an input that holds nothing.

    Source: what users report of CreateTrainingJob and CreateTransformJob
    (aws/amazon-sagemaker-examples issues 2267, 2414).
    """
    return (
        f'No S3 objects found under S3 URL "{address}" given in input data source. Please ensure that the bucket '
        f"exists in the selected region ({region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )


def exit_code(end: Exit) -> int:
    """Return the exit code as a container engine reports it: 128 and the signal for a killed program."""
    if end.exit_code is not None:
        return end.exit_code
    return 128 + (end.signal or 9)


def host_failure(end: Exit, failure_file: Path, host: str) -> str:
    """Return the FailureReason of a host that ended badly.

    Args:
        failure_file: ``output/failure``, which the program may have written.

    Source:
        SageMaker Developer Guide, "How Amazon SageMaker Signals Algorithm Success and Failure";
        ``AlgorithmError: , exit code: 1`` in aws-samples/amazon-sagemaker-ml-pipeline-deploy-with-terraform issue 12.
    """
    if end.cause == LOST:
        words = f" ({end.error})" if end.error else ""
        return (
            "InternalServerError: We encountered an internal error. Please try again. "
            f"The process of {host} vanished: it was killed, or the machine was restarted{words}."
        )
    if end.cause == NOT_STARTED:
        return f"InternalServerError: The program of {host} could not be started: {end.error}"
    suffix = f", exit code: {exit_code(end)}"
    room = REASON_MAX - len("AlgorithmError: ") - len(suffix)
    return f"AlgorithmError: {_read_start(failure_file, room)}{suffix}"


def _read_start(path: Path, length: int) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(length).rstrip()
    except OSError:
        return ""  # it need not write one
