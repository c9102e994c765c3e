"""What ends an algorithm's process, by who is at fault.

    AlgorithmFailure
    ├── UserError        the user's data, channels or hyperparameters
    ├── AlgorithmError   the algorithm
    └── PlatformError    the machine or the folder that was handed over

They never leave the algorithm's process: it writes them to ``output/failure`` and exits with 1, and the local SageMaker
makes a job's FailureReason of that text. The class names are those of the containers, whose texts carry them.
"""

from __future__ import annotations


class AlgorithmFailure(Exception):
    """An error that ends the process with exit code 1 and a text in ``output/failure``."""

    def failure_text(self) -> str:
        """Return the body of ``output/failure``.

        Returns:
            ``framework error: `` and the error as the containers name it. The containers put a Python traceback in
            between, which fills the 1024 characters of a FailureReason and hides the message; it is left out.
        """
        return f"framework error: \nsagemaker_algorithm_toolkit.exceptions.{type(self).__name__}: {self}"


class UserError(AlgorithmFailure):
    """The user can prevent it: a hyperparameter, a channel, the data."""


class AlgorithmError(AlgorithmFailure):
    """The algorithm failed in a way that its input does not explain."""


class PlatformError(AlgorithmFailure):
    """The machine or the folder handed to the process does not keep the contract."""
