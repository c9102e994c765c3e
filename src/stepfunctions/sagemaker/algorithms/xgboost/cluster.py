"""Training on several hosts: XGBoost's collective, its tracker on the first host.

Every host gets ``STEPLADDER_RENDEZVOUS=host:port`` from whoever starts the job; the first host's process runs the
tracker there, all hosts connect to it. A host that fails makes the job fail: whoever started the hosts stops the
others, which wait for it. A host without rows is such a failure here, whereas AWS's container leaves it out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import xgboost
from xgboost.tracker import RabitTracker

from stepfunctions.sagemaker.algorithms.errors import PlatformError
from stepfunctions.sagemaker.algorithms.folder import Hosts

RENDEZVOUS = "STEPLADDER_RENDEZVOUS"
CONNECT_TRIES = 10
TIMEOUT_SECONDS = 300

logger = logging.getLogger(__name__)


def run(hosts: Hosts, environment: Mapping[str, str], work: Callable[[], None]) -> None:
    """Do *work* as one of several hosts, within XGBoost's collective.

    Args:
        hosts: of the job.
        environment: of the process, with the rendezvous address.
        work: this host's training.

    Raises:
        PlatformError: no rendezvous was given, or the hosts did not find each other.
    """
    address, colon, port = environment.get(RENDEZVOUS, "").rpartition(":")
    if not colon or not port.isdecimal():
        raise PlatformError(f"A job with {len(hosts.names)} hosts needs {RENDEZVOUS}=host:port in its environment")
    logger.info("Distributed node training with %d hosts: %s", len(hosts.names), list(hosts.names))
    # Ranks follow the task ids, so that the first host is rank 0 on every run and the trees are the same.
    tracker = None
    if hosts.is_first:
        tracker = RabitTracker(
            n_workers=len(hosts.names), host_ip=address, port=int(port), sortby="task", timeout=TIMEOUT_SECONDS
        )
        tracker.start()
    try:
        with xgboost.collective.CommunicatorContext(
            dmlc_tracker_uri=address,
            dmlc_tracker_port=int(port),
            dmlc_task_id=f"{hosts.rank:06d}",
            dmlc_retry=CONNECT_TRIES,
            dmlc_timeout=TIMEOUT_SECONDS,
        ):
            work()
    except xgboost.core.XGBoostError as error:
        raise PlatformError(f"The hosts of the job lost each other: {error}") from error
    if tracker is not None:
        tracker.wait_for(TIMEOUT_SECONDS)
