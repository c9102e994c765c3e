"""Which program stands behind an image URI.

A local job runs no container: an image is recognised by its repository and tag, and a program of this machine does the
same work under the same contract. The table is open: ``Images.register``.

As on AWS, a request is accepted whatever image it names, for AWS looks at it only when it pulls it. A job whose image
is not available here fails at once, and its FailureReason says what to use instead.

Source: SageMaker Developer Guide, "Docker Registry Paths and Example Code"; the image_uris tables of the SageMaker SDK.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from stepfunctions.sagemaker.algorithms.xgboost.metrics import METRIC_DEFINITIONS
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.jobs.metrics import MetricDefinition

_URI = re.compile(r"(?:(?P<registry>[^/]+)/)?(?P<repository>[^:@]+?)(?::(?P<tag>[^:@/]+))?(?:@(?P<digest>.+))?")


@dataclass(frozen=True, slots=True)
class ImageUri:
    """``<registry>/<repository>:<tag>``. The registry says account and region, which do not matter here."""

    text: str
    registry: str
    repository: str
    tag: str

    @classmethod
    def parse(cls, text: str) -> ImageUri:
        """Return the parts of *text*; a tag that is not given is ``latest``."""
        match = _URI.fullmatch(text)
        if match is None:
            return cls(text, "", text, "latest")
        return cls(text, match["registry"] or "", match["repository"], match["tag"] or "latest")


@dataclass(frozen=True, slots=True)
class Image:
    """How this machine does an image's work.

    Args:
        kind: a short name, such as ``xgboost``.
        train: the program that trains; None if the image does not.
        serve: the program that serves; None if the image does not.
        metrics: that the algorithm publishes without being told how.
        hosts_max: how many hosts it can train on together.
    """

    kind: str
    train: tuple[str, ...] | None = None
    serve: tuple[str, ...] | None = None
    metrics: tuple[MetricDefinition, ...] = field(default=())
    hosts_max: int = 1


Factory = Callable[[ImageUri], Image]

HOSTS_MAX = 16
"""Of one training job: they are processes of one machine."""


def xgboost(uri: ImageUri) -> Image:
    """Return the XGBoost algorithm; its program reads the tag from ``STEPLADDER_IMAGE``."""
    program = (sys.executable, "-m", "stepfunctions.sagemaker.algorithms.xgboost")
    metrics = tuple(
        MetricDefinition(each["Name"], each["Regex"], each["Name"].replace(":", "-") + ":")
        for each in METRIC_DEFINITIONS
    )
    return Image("xgboost", (*program, "train"), (*program, "serve"), metrics, HOSTS_MAX)


REPOSITORIES: dict[str, Factory] = {"xgboost": xgboost, "sagemaker-xgboost": xgboost}

_BUILT_IN_ELSEWHERE = (
    *("blazingtext", "deepar", "factorization-machines", "forecasting-deepar", "image-classification", "ipinsights"),
    *("kmeans", "knn", "lda", "linear-learner", "ntm", "object-detection", "object2vec", "pca", "randomcutforest"),
    *("semantic-segmentation", "seq2seq"),
)


class Images:
    """The images that this machine can stand in for.

    Args:
        repositories: by repository name, without registry and tag.
    """

    def __init__(self, repositories: dict[str, Factory] | None = None) -> None:
        self._repositories = dict(REPOSITORIES if repositories is None else repositories)

    def register(self, repository: str, factory: Factory) -> None:
        """Make ``<any registry>/<repository>:<any tag>`` available."""
        self._repositories[repository] = factory

    def resolve(self, text: str) -> Image:
        """Return the image behind the URI *text*.

        Raises:
            NotAvailable: nothing stands in for it here; says what is available.
        """
        uri = ImageUri.parse(text)
        factory = self._repositories.get(uri.repository)
        if factory is None:
            raise NotAvailable(self._apology(uri))
        return factory(uri)

    def _apology(self, uri: ImageUri) -> str:
        what = "The built-in algorithm" if uri.repository in _BUILT_IN_ELSEWHERE else "The image"
        known = ", ".join(sorted(self._repositories))
        return (
            f"{what} {uri.repository!r} ({uri.text}) is not available locally. Available repositories: {known}. "
            f"Use one of them, or run this state against AWS."
        )
