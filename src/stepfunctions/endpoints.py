"""Keep AWS clients on this machine when the configured endpoint is on this machine.

``AWS_ENDPOINT_URL`` redirects every boto3 client but those that name their endpoint themselves. The SageMaker SDK does
so for STS (``https://sts.<region>.amazonaws.com``), so that ``get_execution_role()`` and ``default_bucket()`` would
leave the machine. While the configured endpoint is a loopback address, an explicit ``*.amazonaws.com`` endpoint is
dropped, and botocore falls back to the configured one; and StartSyncExecution and TestState get no host prefix, since
nobody could look up ``sync-127.0.0.1``. Nor does the SageMaker SDK report its calls to a bucket on AWS then; its own
switch for that is a settings file, with which it validates the whole file at every look at a setting, half a second
each time. Nothing changes for any other endpoint.

botocore is not imported for this: the change is made when botocore is. This file uses the standard library alone and
is loaded by path under ``sfn local exec``, also by interpreters in which stepladder is not installed.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import ipaddress
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

_TELEMETRY = ("sagemaker.telemetry.telemetry_logging", "sagemaker.core.telemetry.telemetry_logging")
_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS")


def is_loopback(url: str) -> bool:
    """Return whether *url* names this machine's loopback interface."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def endpoint_is_local() -> bool:
    """Return whether the configured AWS endpoint is on this machine."""
    return any(is_loopback(os.environ.get(name, "")) for name in _VARIABLES)


def keep_on_this_machine(*, always: bool = False) -> None:
    """Arrange for botocore to drop hard-coded AWS endpoints while the configured one is local, and for the SageMaker
    SDK to keep its reports to itself. Idempotent.

    Args:
        always: also if no endpoint is configured yet; sessions may bring a local one of their own.
    """
    if always or endpoint_is_local():
        after_import("botocore.session", _patch_botocore)
        for name in _TELEMETRY:
            after_import(name, _patch_telemetry)


def restore_s3_input() -> None:
    """Give version 2 of the SageMaker SDK back its old name ``sagemaker.s3_input``, which notebooks still use."""
    after_import("sagemaker", _patch_sagemaker)


def after_import(name: str, change: Callable[[ModuleType], None]) -> None:
    """Call *change* with the module *name*: now if it is imported already, else as soon as it is."""
    module = sys.modules.get(name)
    if module is not None:
        change(module)
    else:
        sys.meta_path.insert(0, _Finder(name, change))


class _Finder:
    """A meta path finder: finds one module where Python would, and has it changed once it is loaded.

    It does not derive from ``importlib.abc.MetaPathFinder``: that import alone costs 10 ms at every start.
    """

    def __init__(self, name: str, change: Callable[[ModuleType], None]) -> None:
        self._name = name
        self._change = change

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            self._wrap(spec.loader)
        return spec

    def _wrap(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._change(module)

        loader.exec_module = exec_module


def _patch_botocore(session_module: ModuleType) -> None:
    session_class = session_module.Session
    original = session_class.create_client
    if getattr(original, "_keeps_on_this_machine", False):
        return

    @functools.wraps(original)
    def create_client(self: Any, *args: Any, **kwargs: Any) -> Any:
        explicit = kwargs.get("endpoint_url")
        is_local = endpoint_is_local() or _session_is_local(self)
        if explicit and is_local and _is_aws(explicit):
            explicit = kwargs["endpoint_url"] = None
        if is_loopback(explicit) if explicit else is_local:
            kwargs["config"] = _without_host_prefix(kwargs.get("config"))
        return original(self, *args, **kwargs)

    create_client._keeps_on_this_machine = True  # type: ignore[attr-defined]
    session_class.create_client = create_client


def _patch_telemetry(module: ModuleType) -> None:
    original = module._send_telemetry_request
    if getattr(original, "_keeps_on_this_machine", False):
        return

    @functools.wraps(original)
    def send(*args: Any, **kwargs: Any) -> Any:
        given = (*args, *kwargs.values())
        sessions = [each.boto_session._session for each in given if hasattr(each, "boto_session")]
        if endpoint_is_local() or any(_session_is_local(each) for each in sessions):
            return None
        return original(*args, **kwargs)

    send._keeps_on_this_machine = True  # type: ignore[attr-defined]
    module._send_telemetry_request = send  # type: ignore[attr-defined]


def _without_host_prefix(config: Any) -> Any:
    """Return *config* such that boto3 puts no "sync-" before the address: nobody could look that name up."""
    from botocore.config import Config

    plain = Config(inject_host_prefix=False)
    return plain if config is None else config.merge(plain)


def _session_is_local(session: Any) -> bool:
    configured = session.get_component("config_store").get_config_variable("endpoint_url")
    return bool(configured) and is_loopback(configured)


def _is_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _patch_sagemaker(sagemaker: ModuleType) -> None:
    inputs = sys.modules.get("sagemaker.inputs")
    if inputs is not None and not hasattr(sagemaker, "s3_input"):
        sagemaker.s3_input = inputs.TrainingInput  # type: ignore[attr-defined]
