"""Endpoints are served by real processes that are kept alive."""

from __future__ import annotations

import os
import signal

import pytest

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.errors import Existing, Missing
from stepfunctions.sagemaker.invocations import ModelFailed, invoke
from stepfunctions.sagemaker.place import Place

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/fake:1"
ROLE = "arn:aws:iam::000000000000:role/Worker"
PLACE = Place()


def container(**environment):
    return {"Image": IMAGE, "ModelDataUrl": "s3://data/model.tar.gz", "Environment": environment}


async def make_config(sagemaker, name="config", model="model", weights=(1.0,), **environment):
    variants = []
    for number, weight in enumerate(weights):
        model_name = f"{model}-{number}"
        await sagemaker.models.create(
            {"ModelName": model_name, "PrimaryContainer": container(**environment), "ExecutionRoleArn": ROLE}, PLACE
        )
        variants.append(
            {
                "VariantName": f"v{number}",
                "ModelName": model_name,
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": weight,
            }
        )
    await sagemaker.endpoint_configs.create({"EndpointConfigName": name, "ProductionVariants": variants}, PLACE)


async def make_endpoint(sagemaker, config="config"):
    await sagemaker.endpoints.create({"EndpointName": "live", "EndpointConfigName": config}, PLACE)
    await sagemaker.endpoints.settled("live")
    return sagemaker.endpoints.describe(sagemaker.endpoints.get("live", PLACE))


async def ask(sagemaker, body=b"x", variant=None, **headers):
    return await invoke(sagemaker.endpoints, "live", PLACE, {"Content-Type": "text/csv", **headers}, body, variant)


@pytest.fixture
def stocked(world, archive):
    world.objects.buckets["data"] = {"model.tar.gz": archive(weights="7")}
    return world


async def test_an_endpoint_answers_with_its_model(sagemaker, stocked):
    await make_config(sagemaker)
    endpoint = await make_endpoint(sagemaker)

    answer = await ask(sagemaker, b"1,2")

    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    assert (answer.variant, answer.response.body) == ("v0", b"7:1,2")


async def test_requests_are_drawn_by_weight_and_can_name_their_variant(sagemaker, stocked):
    await make_config(sagemaker, weights=(1.0, 0.0))
    await make_endpoint(sagemaker)

    assert {(await ask(sagemaker)).variant for _ in range(8)} == {"v0"}
    assert (await ask(sagemaker, variant="v1")).variant == "v1"
    with pytest.raises(InvalidRequest, match="Variant v9 not found"):
        await ask(sagemaker, variant="v9")


async def test_a_process_that_dies_is_started_again(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)

    with pytest.raises(ModelFailed, match=r"Received server error \(0\) from primary"):
        await ask(sagemaker, b"die")

    assert (await ask_until_restarted(sagemaker)).response.body == b"7:x"


async def test_an_error_of_the_model_is_told_with_its_status(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)

    with pytest.raises(
        ModelFailed, match=r'Received client error \(415\) from primary with message "bad type"'
    ) as caught:
        await ask(sagemaker, **{"Content-Type": "application/x-bad"})

    assert caught.value.status == 415


async def test_a_model_that_never_answers_fails_the_endpoint(sagemaker, stocked):
    await make_config(sagemaker, FAIL_TO_START="1")
    endpoint = await make_endpoint(sagemaker)

    assert endpoint["EndpointStatus"] == "Failed"
    assert endpoint["FailureReason"] == (
        "The primary container for production variant v0 did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )


async def test_a_deleted_endpoint_is_gone_with_its_process(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)
    await sagemaker.endpoints.delete("live", PLACE)
    await sagemaker.endpoints.settled("live")

    with pytest.raises(
        Missing, match='Could not find endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/live"'
    ):
        sagemaker.endpoints.get("live", PLACE)
    with pytest.raises(InvalidRequest, match="Endpoint live of account 000000000000 not found"):
        await ask(sagemaker)
    assert list((stocked.folder / "endpoints").iterdir()) == []


async def test_an_update_moves_the_endpoint_to_another_model(sagemaker, stocked, archive):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)
    stocked.objects.buckets["data"]["model.tar.gz"] = archive(weights="8")
    await make_config(sagemaker, "second", "newer")

    await sagemaker.endpoints.update({"EndpointName": "live", "EndpointConfigName": "second"}, PLACE)
    await sagemaker.endpoints.settled("live")

    assert (await ask(sagemaker)).response.body == b"8:x"
    assert sagemaker.endpoints.describe(sagemaker.endpoints.get("live", PLACE))["EndpointConfigName"] == "second"


async def test_an_update_that_fails_leaves_the_former_model_in_service(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)
    await make_config(sagemaker, "second", "broken", FAIL_TO_START="1")

    await sagemaker.endpoints.update({"EndpointName": "live", "EndpointConfigName": "second"}, PLACE)
    await sagemaker.endpoints.settled("live")

    endpoint = sagemaker.endpoints.describe(sagemaker.endpoints.get("live", PLACE))
    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "config")
    assert "did not pass the ping health check" in endpoint["FailureReason"]
    assert (await ask(sagemaker)).response.body == b"7:x"


async def test_an_endpoint_comes_back_after_a_restart(stocked):
    before = stocked.start()
    await make_config(before)
    await make_endpoint(before)
    await before.close()

    after = stocked.start()
    after.recover()
    answer = await ask(after)
    await after.close()

    assert answer.response.body == b"7:x"


async def test_a_living_process_is_found_again_after_a_crash(stocked):
    before = stocked.start()
    await make_config(before)
    await make_endpoint(before)
    launched = process_of(stocked)

    after = stocked.start()  # as if the first one had been killed
    after.recover()
    answer = await ask(after)
    found = process_of(stocked)
    await after.close()
    await before.close()

    assert answer.response.body == b"7:x"
    assert launched == found


async def test_a_killed_launcher_takes_its_program_along(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)

    os.kill(process_of(stocked), signal.SIGKILL)

    assert (await ask_until_restarted(sagemaker)).response.body == b"7:x"


async def test_names_are_unique(sagemaker, stocked):
    await make_config(sagemaker)
    await make_endpoint(sagemaker)
    arn = "arn:aws:sagemaker:us-east-1:000000000000"
    with pytest.raises(Existing, match=f'Cannot create already existing endpoint "{arn}:endpoint/live"'):
        await sagemaker.endpoints.create({"EndpointName": "live", "EndpointConfigName": "config"}, PLACE)
    with pytest.raises(
        Existing, match=f'Cannot create already existing endpoint configuration "{arn}:endpoint-config/'
    ):
        await sagemaker.endpoint_configs.create({"EndpointConfigName": "config", "ProductionVariants": []}, PLACE)
    with pytest.raises(Existing, match=f'Cannot create already existing model "{arn}:model/model-0"'):
        await sagemaker.models.create({"ModelName": "model-0", "PrimaryContainer": container()}, PLACE)


def process_of(world) -> int:
    (path,) = world.folder.glob("endpoints/*/*/*/process.json")
    return int(path.read_text().split('"pid": ')[1].split(",")[0])


async def ask_until_restarted(sagemaker):
    while True:
        try:
            return await ask(sagemaker)
        except ModelFailed:
            continue  # the old process died under the request
