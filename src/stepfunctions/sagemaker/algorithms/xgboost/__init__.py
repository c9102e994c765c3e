"""The XGBoost image: ``python -m stepfunctions.sagemaker.algorithms.xgboost train|serve``.

Behaves as AWS's containers ``sagemaker-xgboost`` (strict about hyperparameters) and, where ``STEPLADDER_IMAGE`` names
one of the first generation (``xgboost:1``), as those (lenient). Training itself is the xgboost library's.

Follows the facts of the container's source (aws/sagemaker-xgboost-container) and the Developer Guide, "XGBoost
algorithm"; not here: GPU training through Dask, Pipe mode, the debugger's hook.
"""
