"""A ModelTrainer of the SageMaker SDK, version 3: what request would it send?

It is recognised by the module of its class and never imported. The request is what ``train()`` makes for boto3, made by
a copy. Other objects of version 3 are not taken but for its Transformer, which works as that of version 2 does.

Scripts and local data are uploaded while the request is made, as the SDK does, under a name that the SDK makes up.
"""

from __future__ import annotations

import sys
from typing import Any

from stepfunctions.inputs import Placeholder
from stepfunctions.log import logger
from stepfunctions.steps.sdk_copies import Copier
from stepfunctions.steps.sentinels import ADDRESS, Sentinels

MODEL_TRAINER = "sagemaker.train.model_trainer.ModelTrainer"

Request = dict[str, Any]


def training_request(trainer: Any, data: Any, job_name: Any, mini_batch_size: int | None = None) -> Request:
    """Return the CreateTrainingJob request of ``trainer.train(data)`` for a job of this name.

    Args:
        trainer: of the SDK; it is not changed.
        data: as ``train`` takes it, a list of ``InputData`` or ``Channel``; or an address for the one channel
            ``training``; or channel names to addresses or data sources. Addresses may be placeholders.
        job_name: of the job; may be a placeholder.
        mini_batch_size: refused with a warning: it is for estimators of version 2.
    """
    if mini_batch_size is not None:
        logger.warning("mini_batch_size is for estimators of version 2 of the SageMaker SDK; a ModelTrainer has none.")
    sentinels = Sentinels()
    session = trainer.sagemaker_session
    copied = Copier(sentinels, {id(session): session}).copy(trainer)
    request = copied._create_training_job_args(_input_data(data, sentinels), boto3=True)
    restored: Request = sentinels.restore({**request, "TrainingJobName": sentinels.stand_in(job_name)})
    return restored


def _input_data(data: Any, sentinels: Sentinels) -> Any:
    if data is None or isinstance(data, list):
        return data
    if isinstance(data, str | Placeholder):
        data = {"training": data}
    # Whoever has a ModelTrainer has loaded its module.
    input_data = sys.modules[MODEL_TRAINER.rpartition(".")[0]].InputData
    channels = data.items() if isinstance(data, dict) else [("training", data)]
    return [
        each
        if hasattr(each, "channel_name")
        else input_data(channel_name=name, data_source=sentinels.stand_in(each, ADDRESS))
        for name, each in channels
    ]
