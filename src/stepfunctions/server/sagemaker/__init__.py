"""The wire of the local SageMaker: its API, and SageMaker Runtime's InvokeEndpoint."""
