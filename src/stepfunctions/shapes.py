"""AWS service models: botocore's service-2.json read directly and lazily, for validation and output shapes."""
