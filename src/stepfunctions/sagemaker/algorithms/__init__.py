"""Algorithm images as plain programs.

An image is a module that runs as ``python -m <module> train`` or ``... serve``, with SageMaker's container contract:
the folder that ``SAGEMAKER_BASE_DIR`` names is laid out as ``/opt/ml``. The local SageMaker starts it as a process and
knows nothing else of it. Programs here import numpy, scipy, the library that does the work, and this package; never the
server, the store or boto3.

Source: SageMaker Developer Guide, "Use your own training algorithms" and "Use your own inference code".
"""
