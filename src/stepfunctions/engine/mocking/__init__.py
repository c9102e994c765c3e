"""Mocked service integrations: AWS Step Functions Local's mock configuration file, in the engine.

``config`` reads the file, ``responses`` says which response answers which invocation, ``mocking`` answers tasks with
them. Mocks for virtual time are ``engine.mocks``.
"""
