"""What a step emits equals what the SDK's own object would send to the service."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sagemaker
from sagemaker.amazon.amazon_estimator import FileSystemRecordSet, RecordSet
from sagemaker.debugger import CollectionConfig, DebuggerHookConfig, Rule, rule_configs
from sagemaker.estimator import Estimator
from sagemaker.inputs import FileSystemInput, TrainingInput
from sagemaker.model import Model, ModelPackage
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.pipeline import PipelineModel
from sagemaker.pytorch import PyTorch
from sagemaker.sklearn import SKLearn, SKLearnModel
from sagemaker.transformer import Transformer
from sagemaker.xgboost import XGBoost

from stepfunctions.inputs import ExecutionInput
from stepfunctions.query.template import compile_template
from stepfunctions.steps import (
    Chain,
    EndpointConfigStep,
    Graph,
    ModelStep,
    TrainingStep,
    TransformStep,
)
from stepfunctions.steps.requests import NotTaken

ROLE = "arn:aws:iam::000000000000:role/SageMaker"
BUCKET = "contract"
OUTPUT = f"s3://{BUCKET}/models"
ARNS = {
    "CreateTrainingJob": "TrainingJobArn",
    "CreateModel": "ModelArn",
    "CreateTransformJob": "TransformJobArn",
    "DescribeModelPackage": "ModelPackageArn",
    "UpdateModelPackage": "ModelPackageArn",
}
PACKAGE = {"InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": "s3://b/m"}]}}


class Sent(list[tuple[str, dict[str, Any]]]):
    """The requests that a session made of SageMaker, in order."""

    def of(self, operation: str) -> dict[str, Any]:
        """The one request of this operation."""
        [found] = [params for name, params in self if name == operation]
        return found


@pytest.fixture
def sent(session: sagemaker.Session) -> Sent:
    """Requests that the session's client makes; the client is told that all went well, and nothing is created."""
    found = Sent()
    events = session.sagemaker_client.meta.events

    def keep(params: dict[str, Any], model: Any, **_: Any) -> None:
        found.append((model.name, copy.deepcopy(params)))

    def answer(model: Any, **_: Any) -> Any:
        arn = f"arn:aws:sagemaker:us-east-1:000000000000:thing/{model.name}"
        return SimpleNamespace(status_code=200), {ARNS[model.name]: arn, **PACKAGE}

    for operation in ARNS:
        events.register(f"provide-client-params.sagemaker.{operation}", keep)
        events.register(f"before-call.sagemaker.{operation}", answer)
    return found


@pytest.fixture
def bucket(session: sagemaker.Session) -> str:
    session.boto_session.client("s3").create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A folder with a training script in it."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "train.py").write_text("print('training')\n")
    return folder


def image(session: sagemaker.Session) -> str:
    uri: str = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "1.7-1")
    return uri


def estimator(session: sagemaker.Session, **changes: Any) -> Estimator:
    settings: dict[str, Any] = {
        "image_uri": image(session),
        "role": ROLE,
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "output_path": OUTPUT,
        "hyperparameters": {"num_round": 5, "eta": 0.2, "objective": "reg:squarederror"},
        "sagemaker_session": session,
    }
    return Estimator(**{**settings, **changes})


def parameters(step: Any, given: dict[str, Any] | None = None) -> Any:
    """What the service is sent when the execution's input is *given*."""
    scope = SimpleNamespace(variables={}, context={"Execution": {"Input": given or {}}}, now=0)
    return compile_template(step.to_dict()["Parameters"], "Parameters")({}, scope)  # type: ignore[arg-type]


def without_code_location(request: dict[str, Any]) -> dict[str, Any]:
    """The request without the address of the uploaded script, which has the time in it."""
    hyperparameters = {
        name: value for name, value in request["HyperParameters"].items() if name != "sagemaker_submit_directory"
    }
    return {**request, "HyperParameters": hyperparameters}


ESTIMATORS: dict[str, dict[str, Any]] = {
    "plain": {},
    "environment": {"environment": {"LEVEL": "7"}},
    "vpc": {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"], "encrypt_inter_container_traffic": True},
    "isolated": {"enable_network_isolation": True},
    "spot": {"use_spot_instances": True, "max_run": 600, "max_wait": 1200},
    "checkpoint with a path": {"checkpoint_s3_uri": "s3://b/c", "checkpoint_local_path": "/opt/ml/checkpoints"},
    "checkpoint": {"checkpoint_s3_uri": "s3://b/c"},
    "metrics": {"metric_definitions": [{"Name": "validation:x", "Regex": "x=(.*)"}]},
    "tags": {"tags": [{"Key": "team", "Value": "a"}]},
    "keys": {"output_kms_key": "k1", "volume_kms_key": "k2", "volume_size": 50},
    "retries": {"max_retry_attempts": 3},
    "profiler": {"disable_profiler": True},
    "no debugger": {"debugger_hook_config": False},
    "debugger": {
        "debugger_hook_config": DebuggerHookConfig(
            s3_output_path="s3://b/debug", collection_configs=[CollectionConfig("losses")]
        ),
        "rules": [Rule.sagemaker(rule_configs.loss_not_decreasing())],
    },
    "command": {"container_entry_point": ["python", "train.py"], "container_arguments": ["--fast"]},
    "compression": {"disable_output_compression": True},
    "two instances": {"instance_count": 2, "input_mode": "Pipe", "keep_alive_period_in_seconds": 60},
    "an address over https": {"output_path": "https://s3-us-east-1.amazonaws.com/b/models"},
}

INPUTS: dict[str, Any] = {
    "none": None,
    "address": "s3://b/train",
    "channels": {"train": "s3://b/train", "validation": "s3://b/validation"},
    "input": TrainingInput("s3://b/train", content_type="text/csv", distribution="ShardedByS3Key"),
    "inputs": {
        "train": TrainingInput("s3://b/train", content_type="text/csv", compression="Gzip", record_wrapping="RecordIO"),
        "validation": TrainingInput("s3://b/v.manifest", s3_data_type="ManifestFile", input_mode="File"),
    },
    "file system": FileSystemInput("fs-12345678", "EFS", "/data"),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_training_step_sends_what_fit_sends(name: str, session: sagemaker.Session, sent: Sent) -> None:
    settings = ESTIMATORS[name]
    step = TrainingStep("Train", estimator(session, **copy.deepcopy(settings)), "job", INPUTS["inputs"])
    estimator(session, **copy.deepcopy(settings)).fit(INPUTS["inputs"], job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")


@pytest.mark.parametrize("name", INPUTS)
def test_every_kind_of_input_is_sent_as_fit_sends_it(name: str, session: sagemaker.Session, sent: Sent) -> None:
    step = TrainingStep("Train", estimator(session), "job", INPUTS[name])
    estimator(session).fit(INPUTS[name], job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")


def test_the_default_output_path_is_the_session_s(session: sagemaker.Session, sent: Sent) -> None:
    step = TrainingStep("Train", estimator(session, output_path=None), "job")
    estimator(session, output_path=None).fit(job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")
    assert parameters(step)["OutputDataConfig"]["S3OutputPath"] == f"s3://{session.default_bucket()}/"


def sklearn(session: sagemaker.Session, script: Path, **changes: Any) -> SKLearn:
    settings: dict[str, Any] = {
        "entry_point": "train.py",
        "source_dir": str(script),
        "framework_version": "1.2-1",
        "role": ROLE,
        "instance_type": "ml.m5.large",
        "output_path": OUTPUT,
        "hyperparameters": {"depth": 3, "name": "tree", "flags": ["a", "b"]},
        "sagemaker_session": session,
    }
    return SKLearn(**{**settings, **changes})


def xgboost(session: sagemaker.Session, script: Path, **changes: Any) -> XGBoost:
    settings: dict[str, Any] = {
        "entry_point": "train.py",
        "source_dir": str(script),
        "framework_version": "1.7-1",
        "role": ROLE,
        "instance_type": "ml.m5.large",
        "instance_count": 1,
        "output_path": OUTPUT,
        "environment": {"LEVEL": "7"},
        "sagemaker_session": session,
    }
    return XGBoost(**{**settings, **changes})


@pytest.mark.parametrize("make", [sklearn, xgboost])
def test_a_script_is_uploaded_and_named_as_fit_does(
    make: Callable[..., Any], session: sagemaker.Session, sent: Sent, script: Path, bucket: str
) -> None:
    step = TrainingStep("Train", make(session, script), "job", "s3://b/train")
    make(session, script).fit("s3://b/train", job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")
    address = json.loads(parameters(step)["HyperParameters"]["sagemaker_submit_directory"])
    key = address.removeprefix(f"s3://{bucket}/")
    assert session.boto_session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_a_script_is_found_though_the_job_s_name_is_not_known_yet(
    session: sagemaker.Session, sent: Sent, script: Path, bucket: str
) -> None:
    step = TrainingStep("Train", sklearn(session, script), ExecutionInput()["JobName"], "s3://b/train")
    sklearn(session, script).fit("s3://b/train", job_name="tonight", wait=False)
    emitted = parameters(step, {"JobName": "tonight"})
    assert without_code_location(emitted) == without_code_location(sent.of("CreateTrainingJob"))
    assert emitted["HyperParameters"]["sagemaker_job_name"] == '"tonight"'
    address = json.loads(emitted["HyperParameters"]["sagemaker_submit_directory"])
    key = address.removeprefix(f"s3://{bucket}/")
    assert session.boto_session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_hyperparameters_of_a_script_are_written_as_the_estimator_writes_its_own(
    session: sagemaker.Session, sent: Sent, script: Path, bucket: str
) -> None:
    more = {"depth": 5, "name": "forest", "fast": True}
    step = TrainingStep("Train", sklearn(session, script), "job", hyperparameters=more)
    sklearn(session, script, hyperparameters={**more, "flags": ["a", "b"]}).fit(job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")


def test_record_sets_tell_amazon_s_algorithms_their_dimensions(session: sagemaker.Session, sent: Sent) -> None:
    def kmeans() -> Any:
        return sagemaker.KMeans(ROLE, 1, "ml.m5.large", k=3, output_path=OUTPUT, sagemaker_session=session)

    records = RecordSet("s3://b/records", num_records=10, feature_dim=8)
    test = RecordSet("s3://b/test", num_records=10, feature_dim=8, channel="test")
    step = TrainingStep("Train", kmeans(), "job", [records, test], mini_batch_size=50)
    kmeans().fit([records, test], mini_batch_size=50, job_name="job", wait=False)
    assert parameters(step) == sent.of("CreateTrainingJob")
    assert parameters(step)["HyperParameters"]["feature_dim"] == "8"

    shared = FileSystemRecordSet("fs-12345678", "EFS", "/data", num_records=10, feature_dim=8)
    assert parameters(TrainingStep("Train", kmeans(), "job", shared))["InputDataConfig"][0]["ChannelName"] == "train"


def test_placeholders_stand_wherever_a_value_may(session: sagemaker.Session, sent: Sent) -> None:
    given = {
        "Job": "tonight",
        "Train": "s3://b/tonight/train",
        "Validation": "s3://b/tonight/validation",
        "Eta": "0.5",
        "Output": "s3://b/tonight/models",
        "Role": "arn:aws:iam::000000000000:role/Tonight",
        "Level": "9",
        "Count": 2,
    }
    names = ExecutionInput(schema={name: type(value) for name, value in given.items()})
    made = estimator(
        session,
        role=names["Role"],
        hyperparameters={"num_round": 5, "eta": names["Eta"]},
        environment={"LEVEL": names["Level"]},
    )
    made.output_path = names["Output"]
    data = {"train": names["Train"], "validation": TrainingInput(names["Validation"], content_type="text/csv")}
    step = TrainingStep(
        "Train", made, names["Job"], data, parameters={"ResourceConfig": {"InstanceCount": names["Count"]}}
    )

    estimator(
        session,
        role=given["Role"],
        output_path=given["Output"],
        hyperparameters={"num_round": 5, "eta": 0.5},
        environment={"LEVEL": "9"},
        instance_count=2,
    ).fit(
        {"train": given["Train"], "validation": TrainingInput(given["Validation"], content_type="text/csv")},
        job_name="tonight",
        wait=False,
    )
    assert parameters(step, given) == sent.of("CreateTrainingJob")


def test_the_step_s_own_arguments_come_last(session: sagemaker.Session) -> None:
    step = TrainingStep(
        "Train",
        estimator(session, tags=[{"Key": "a", "Value": "b"}]),
        "job",
        hyperparameters={"eta": 0.9, "num_round": ExecutionInput()["Rounds"]},
        experiment_config={"TrialName": "t"},
        tags={"team": "x"},
        output_data_config_path=ExecutionInput()["Output"],
    )
    emitted = parameters(step, {"Rounds": "7", "Output": "s3://b/o"})
    assert emitted["HyperParameters"] == {"num_round": "7", "eta": "0.9", "objective": "reg:squarederror"}
    assert emitted["ExperimentConfig"] == {"TrialName": "t"}
    assert emitted["Tags"] == [{"Key": "team", "Value": "x"}]
    assert emitted["OutputDataConfig"]["S3OutputPath"] == "s3://b/o"


def test_a_placeholder_replaces_all_hyperparameters(session: sagemaker.Session) -> None:
    step = TrainingStep("Train", estimator(session), "job", hyperparameters=ExecutionInput()["H"])
    assert parameters(step, {"H": {"eta": "1"}})["HyperParameters"] == {"eta": "1"}


MODELS: dict[str, dict[str, Any]] = {
    "plain": {},
    "environment": {"env": {"LEVEL": "7"}},
    "vpc": {"vpc_config": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
    "isolated": {"enable_network_isolation": True},
    "uncompressed": {
        "model_data": {
            "S3DataSource": {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"},
        }
    },
}


def model(session: sagemaker.Session, **changes: Any) -> Model:
    settings = {"image_uri": image(session), "model_data": "s3://b/model.tar.gz", "role": ROLE, "name": "m"}
    return Model(**{**settings, "sagemaker_session": session, **changes})


@pytest.mark.parametrize("name", MODELS)
def test_a_model_step_sends_what_create_sends(name: str, session: sagemaker.Session, sent: Sent) -> None:
    step = ModelStep("Save", model(session, **MODELS[name]))
    model(session, **MODELS[name]).create()
    assert parameters(step) == sent.of("CreateModel")


def sklearn_model(session: sagemaker.Session, script: Path, **changes: Any) -> SKLearnModel:
    settings: dict[str, Any] = {
        "model_data": f"s3://{BUCKET}/model.tar.gz",
        "role": ROLE,
        "entry_point": "train.py",
        "source_dir": str(script),
        "framework_version": "1.2-1",
        "sagemaker_session": session,
    }
    return SKLearnModel(**{**settings, **changes})


def test_a_framework_s_model_brings_its_script(session: sagemaker.Session, sent: Sent, script: Path) -> None:
    step = ModelStep("Save", sklearn_model(session, script), model_name="m", instance_type="ml.m5.large")
    sklearn_model(session, script, name="m").create("ml.m5.large")
    assert parameters(step) == sent.of("CreateModel")
    assert parameters(step)["PrimaryContainer"]["Environment"]["SAGEMAKER_PROGRAM"] == "train.py"


def test_a_model_s_script_is_found_though_its_name_is_not_known_yet(session: sagemaker.Session, script: Path) -> None:
    step = ModelStep("Save", sklearn_model(session, script), model_name=ExecutionInput()["Name"])
    emitted = parameters(step, {"Name": "tonight"})
    assert emitted["ModelName"] == "tonight"
    address = emitted["PrimaryContainer"]["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"]
    bucket, _, key = address.removeprefix("s3://").partition("/")
    assert session.boto_session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_the_model_of_a_package_is_sent_as_create_sends_it(session: sagemaker.Session, sent: Sent) -> None:
    arn = "arn:aws:sagemaker:us-east-1:000000000000:model-package/group/1"

    def package() -> ModelPackage:
        return ModelPackage(ROLE, model_package_arn=arn, name="m", sagemaker_session=session)

    step = ModelStep("Save", package())
    assert {name for name, _ in sent} == {"DescribeModelPackage"}, "the step has approved the package"
    package().create()
    assert parameters(step) == sent.of("CreateModel")


def test_a_model_without_a_session_takes_the_default_one(session: sagemaker.Session) -> None:
    sessionless = model(session, sagemaker_session=None)
    assert parameters(ModelStep("Save", sessionless)) == parameters(ModelStep("Save", model(session)))
    assert sessionless.sagemaker_session is None


def test_a_pipeline_model_is_refused(session: sagemaker.Session) -> None:
    with pytest.raises(NotTaken, match=r"ModelStep takes a model .* not sagemaker\.pipeline\.PipelineModel"):
        ModelStep("Save", PipelineModel([model(session)], ROLE, sagemaker_session=session))


def expected(session: sagemaker.Session, trained: Any) -> dict[str, Any]:
    training = TrainingStep("Train", trained, ExecutionInput()["Job"], "s3://b/train")
    save = ModelStep("Save", training.get_expected_model())
    rendered: dict[str, Any] = Graph(Chain([training, save])).to_dict()["States"]["Save"]["Parameters"]
    return rendered


def test_the_expected_model_takes_its_artefact_from_the_job(session: sagemaker.Session) -> None:
    emitted = expected(session, estimator(session, environment={"LEVEL": "7"}))
    assert emitted == {
        "ModelName.$": "$$.Execution.Input['Job']",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {
            "Image": image(session),
            "ModelDataUrl.$": "$['ModelArtifacts']['S3ModelArtifacts']",
            "Environment": {"LEVEL": "7"},
        },
    }


@pytest.mark.parametrize("make", [sklearn, xgboost])
def test_the_expected_model_of_a_script_serves_with_it(
    make: Callable[..., Any], session: sagemaker.Session, script: Path, bucket: str
) -> None:
    container = expected(session, make(session, script))["PrimaryContainer"]
    assert container["ModelDataUrl.$"] == "$['ModelArtifacts']['S3ModelArtifacts']"
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "train.py"
    address = container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"].removeprefix(f"s3://{bucket}/")
    assert session.boto_session.client("s3").head_object(Bucket=bucket, Key=address)["ContentLength"] > 0


def test_a_script_is_not_packed_into_an_artefact_that_is_not_there_yet(
    session: sagemaker.Session, script: Path, bucket: str
) -> None:
    settings = {"framework_version": "2.0.1", "py_version": "py310", "instance_count": 1, "role": ROLE}
    torch = PyTorch(
        entry_point="train.py", source_dir=str(script), instance_type="ml.m5.large", output_path=OUTPUT,
        sagemaker_session=session, **settings,
    )  # fmt: skip
    training = TrainingStep("Train", torch, "job")
    container = ModelStep("Save", training.get_expected_model(), instance_type="ml.m5.large").parameters[
        "PrimaryContainer"
    ]
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"].startswith(f"s3://{bucket}/")

    isolated = sklearn(session, script, enable_network_isolation=True)
    training = TrainingStep("Train", isolated, "job")
    with pytest.raises(ValueError, match=r"needs its script inside its artefact"):
        ModelStep("Save", training.get_expected_model())


def transformer(session: sagemaker.Session, **changes: Any) -> Transformer:
    settings = {"model_name": "m", "instance_count": 1, "instance_type": "ml.m5.large", "sagemaker_session": session}
    return Transformer(**{**settings, "output_path": "s3://b/out", **changes})


TRANSFORMERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "assembled": {"assemble_with": "Line", "accept": "text/csv", "strategy": "MultiRecord"},
    "limits": {"max_concurrent_transforms": 2, "max_payload": 6, "env": {"LEVEL": "7"}},
    "keys": {"output_kms_key": "k1", "volume_kms_key": "k2", "tags": [{"Key": "a", "Value": "b"}]},
    "default output": {"output_path": None},
}

OPTIONS: dict[str, Any] = {
    "content_type": "text/csv",
    "compression_type": "Gzip",
    "split_type": "Line",
    "input_filter": "$[1:]",
    "output_filter": "$[0]",
    "join_source": "Input",
}


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_transform_step_sends_what_transform_sends(name: str, session: sagemaker.Session, sent: Sent) -> None:
    settings = TRANSFORMERS[name]
    step = TransformStep("T", transformer(session, **settings), "job", "m", "s3://b/in", **OPTIONS)
    transformer(session, **settings).transform("s3://b/in", job_name="job", wait=False, **OPTIONS)
    assert parameters(step) == sent.of("CreateTransformJob")


def test_every_argument_of_a_transform_step_may_be_a_placeholder(session: sagemaker.Session, sent: Sent) -> None:
    given = {**OPTIONS, "data_type": "ManifestFile", "data": "s3://b/tonight", "job": "tonight", "model": "m7"}
    names = ExecutionInput(schema=dict.fromkeys(given, str))
    options = {name: names[name] for name in (*OPTIONS, "data_type")}
    step = TransformStep(
        "T", transformer(session, output_path=None), names["job"], names["model"], names["data"], **options
    )
    transformer(session, output_path=None, model_name="m7").transform(
        "s3://b/tonight", data_type="ManifestFile", job_name="tonight", wait=False, **OPTIONS
    )
    assert parameters(step, given) == sent.of("CreateTransformJob")


def test_a_transform_step_takes_tags_and_an_experiment(session: sagemaker.Session) -> None:
    step = TransformStep(
        "T", transformer(session), "j", "m", "s3://b/in", experiment_config={"TrialName": "t"}, tags={"team": "x"}
    )
    assert parameters(step)["ExperimentConfig"] == {"TrialName": "t"}
    assert parameters(step)["Tags"] == [{"Key": "team", "Value": "x"}]


def test_an_endpoint_configuration_captures_data_as_the_sdk_describes_it(session: sagemaker.Session) -> None:
    capture = DataCaptureConfig(True, 50, destination_s3_uri="s3://b/capture", sagemaker_session=session)
    step = EndpointConfigStep("C", "c", "m", 1, "ml.m5.large", data_capture_config=capture)
    assert parameters(step)["DataCaptureConfig"] == capture._to_request_dict()


def snapshot(value: Any, depth: int = 4) -> Any:
    """What an object of the SDK holds, as plain values that can be compared later."""
    if isinstance(value, dict):
        return {str(key): snapshot(each, depth) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [snapshot(each, depth) for each in value]
    if type(value).__module__.startswith("sagemaker") and hasattr(value, "__dict__") and depth:
        return {name: snapshot(each, depth - 1) for name, each in vars(value).items()}
    return value.tolist() if isinstance(value, np.ndarray) else repr(value)


def test_building_steps_changes_nothing_on_the_user_s_objects(
    session: sagemaker.Session, script: Path, bucket: str
) -> None:
    objects = [
        estimator(session, output_path=None, **copy.deepcopy(ESTIMATORS["debugger"])),
        sklearn(session, script),
        model(session, name=None),
        sklearn_model(session, script),
        transformer(session, output_path=None),
    ]
    before = [snapshot(each) for each in objects]
    for number, each in enumerate(objects[:2]):
        step = TrainingStep(f"Train {number}", each, ExecutionInput()["Job"], INPUTS["inputs"])
        ModelStep("Save", step.get_expected_model())
    for each in objects[2:4]:
        ModelStep("Save", each)
    TransformStep("Transform", objects[4], ExecutionInput()["Job"], "m", "s3://b/in")
    assert [snapshot(each) for each in objects] == before


def test_a_fitted_estimator_is_not_asked_about_its_last_job(session: sagemaker.Session, sent: Sent) -> None:
    fitted = estimator(session)
    fitted.fit(job_name="yesterday", wait=False)
    model_of_tonight = TrainingStep("Train", fitted, "tonight").get_expected_model("m")
    assert fitted.latest_training_job.name == "yesterday"
    assert parameters(ModelStep("Save", model_of_tonight, parameters={"PrimaryContainer": {"ModelDataUrl": "s3://x"}}))
    assert [name for name, _ in sent] == ["CreateTrainingJob"]
