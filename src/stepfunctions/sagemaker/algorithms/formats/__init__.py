"""Readers of the data formats that SageMaker's built-in algorithms share.

Each turns bytes into one `Table`; none knows of channels, XGBoost or HTTP.
"""
