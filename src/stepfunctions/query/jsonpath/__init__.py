"""JSONPath in the dialect that AWS speaks: Jayway's, as Step Functions behaves."""
