"""The local SageMaker: jobs, algorithms, models and endpoints as real processes."""
