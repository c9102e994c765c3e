"""Entry point of the image: one argument, ``train`` or ``serve``."""

from __future__ import annotations

import sys

from stepfunctions.sagemaker.algorithms.xgboost import library

_USAGE = "usage: python -m stepfunctions.sagemaker.algorithms.xgboost train|serve"


def main(arguments: list[str]) -> int:
    """Run the image.

    Args:
        arguments: of the command line, without the program's name.

    Returns:
        The exit code.
    """
    if arguments == ["train"]:
        from stepfunctions.sagemaker.algorithms.xgboost import train

        library.load()
        return train.main()
    if arguments == ["serve"]:
        from stepfunctions.sagemaker.algorithms.xgboost import serve

        return serve.main()
    sys.stderr.write(_USAGE + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
