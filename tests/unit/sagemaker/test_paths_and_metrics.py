"""S3 addresses, the names of files, metrics, splitting: what needs no process."""

from __future__ import annotations

import gzip
import io

import pytest

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.images import Images, ImageUri
from stepfunctions.sagemaker.jobs.channels import download_channel, list_channel
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.sagemaker.jobs.listing import relative_path
from stepfunctions.sagemaker.jobs.metrics import MetricDefinition, Scraper
from stepfunctions.sagemaker.jobs.transform_data import Transformation, check_transform
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.s3_uri import S3Uri, parse_s3_uri


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/a/b",
        "https://s3.amazonaws.com/bucket/a/b",
        "https://s3-us-east-1.amazonaws.com/bucket/a/b",
        "https://s3.eu-west-1.amazonaws.com/bucket/a/b",
        "https://bucket.s3.amazonaws.com/a/b",
        "https://bucket.s3.eu-west-1.amazonaws.com/a/b",
        "https://bucket.s3-eu-west-1.amazonaws.com/a/b",
        "http://127.0.0.1:8083/bucket/a/b",
    ],
)
def test_every_form_of_an_address_names_the_same_object(text):
    assert parse_s3_uri(text) == S3Uri("bucket", "a/b")


def test_a_bucket_with_dots_is_known_by_its_virtual_host():
    assert parse_s3_uri("https://my.data.s3.eu-west-1.amazonaws.com/k") == S3Uri("my.data", "k")
    assert str(parse_s3_uri("s3://bucket")) == "s3://bucket"
    assert str(S3Uri("bucket", "out/") / "job") == "s3://bucket/out/job"


@pytest.mark.parametrize("text", ["bucket/key", "ftp://bucket/key", "https://s3.amazonaws.com/"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidRequest, match="S3 address"):
        parse_s3_uri(text)


@pytest.mark.parametrize(
    ("prefix", "key", "path"),
    [
        ("data/train/", "data/train/a.csv", "a.csv"),
        ("data/train", "data/train/deep/a.csv", "deep/a.csv"),
        ("data/train.csv", "data/train.csv", "train.csv"),
        ("data/train", "data/train_0", "train_0"),
        ("tr", "train/a", "train/a"),
        ("", "train/a", "train/a"),
    ],
)
def test_a_prefix_is_no_folder(prefix, key, path):
    assert relative_path(prefix, key) == path


def test_an_arn_has_its_partition_and_a_lower_case_name():
    assert (
        Place("cn-north-1", "1" * 12).arn("endpoint", "Live")
        == f"arn:aws-cn:sagemaker:cn-north-1:{'1' * 12}:endpoint/live"
    )
    assert Place.of("arn:aws:states:eu-west-1:123456789012:execution:m:e") == Place("eu-west-1", "123456789012")


def channel(uri="s3://data/in", **source):
    kind = source.pop("S3DataType", "S3Prefix")
    compression = {"CompressionType": source.pop("CompressionType")} if "CompressionType" in source else {}
    return {
        "ChannelName": "train",
        "DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": uri, **source}},
        **compression,
    }


async def test_hosts_share_the_keys_of_a_sharded_channel(world):
    world.objects.buckets["data"] = {f"in/{name}": b"" for name in "abcde"}
    sharded = channel(S3DataDistributionType="ShardedByS3Key")

    shares = [[each.path for each in await list_channel(world.objects, sharded, rank, 2)] for rank in (0, 1)]

    assert shares == [["a", "c", "e"], ["b", "d"]]


async def test_a_manifest_names_its_files(world):
    world.objects.buckets["data"] = {
        "m": b'[{"prefix": "s3://data/in/"}, "deep/a", "b"]',
        "in/deep/a": b"",
        "in/b": b"",
    }

    files = await list_channel(world.objects, channel("s3://data/m", S3DataType="ManifestFile"))

    assert [(str(each.uri), each.path) for each in files] == [
        ("s3://data/in/deep/a", "deep/a"),
        ("s3://data/in/b", "b"),
    ]


@pytest.mark.parametrize("text", [b"{}", b"[]", b"nonsense", b'[{"prefix": 5}]'])
async def test_a_bad_manifest_fails_the_job(world, text):
    world.objects.buckets["data"] = {"m": text}
    with pytest.raises(JobFailed, match="is not a manifest"):
        await list_channel(world.objects, channel("s3://data/m", S3DataType="ManifestFile"))


async def test_no_key_leaves_the_folder_of_its_channel(world):
    world.objects.buckets["data"] = {"in/../../etc/passwd": b""}
    with pytest.raises(JobFailed, match="cannot be the name of a file"):
        await list_channel(world.objects, channel("s3://data/in/"))


async def test_gzip_is_unpacked(world, tmp_path):
    world.objects.buckets["data"] = {"in/a.csv.gz": gzip.compress(b"1,2")}
    packed = channel(CompressionType="Gzip")

    await download_channel(world.objects, packed, await list_channel(world.objects, packed), tmp_path / "train")

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "train").iterdir()] == [("a.csv", b"1,2")]


def test_a_metric_is_found_in_a_line_with_tabs_as_they_are_and_as_aws_writes_them():
    scraper = Scraper(
        [
            MetricDefinition("train", r".*\[[0-9]+\].*#011train-rmse:(\S+)"),
            MetricDefinition("validation", r"validation-rmse:([0-9.]+)"),
        ]
    )

    scraper.feed(1000, "[0]\ttrain-rmse:2.5\tvalidation-rmse:3.5")
    scraper.feed(2000, "nothing here")
    scraper.feed(3000, "[1]\ttrain-rmse:1.5")

    assert scraper.final() == [
        {"MetricName": "train", "Value": 1.5, "Timestamp": 3000},
        {"MetricName": "validation", "Value": 3.5, "Timestamp": 1000},
    ]


def test_a_pattern_that_is_none_is_refused_by_name():
    with pytest.raises(InvalidRequest, match="metric definition 'loss' is not valid"):
        Scraper([MetricDefinition("loss", "(")])


def test_an_image_is_known_by_its_repository():
    assert Images().resolve("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1").kind == "xgboost"
    assert Images().resolve("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1").kind == "xgboost"
    assert ImageUri.parse("127.0.0.1:5000/team/tool").repository == "team/tool"
    with pytest.raises(NotAvailable, match=r"The image 'team/tool' .* is not available locally"):
        Images().resolve("127.0.0.1:5000/team/tool")


def transformation(*, multi_record=True, payload_max_bytes=None, split="Line", assemble="None", **processing):
    request = {
        "TransformInput": {"SplitType": split, "ContentType": processing.pop("content_type", "text/csv")},
        "TransformOutput": {"AssembleWith": assemble},
        **({"DataProcessing": processing} if processing else {}),
    }
    check_transform(request)
    return Transformation(request, multi_record=multi_record, payload_max_bytes=payload_max_bytes)


def bodies(work, data):
    return [batch.body for batch in work.batches(io.BytesIO(data))]


def test_lines_are_put_together_up_to_the_limit():
    assert bodies(transformation(payload_max_bytes=8), b"1,2\n3,4\n5,6") == [b"1,2\n3,4\n", b"5,6\n"]
    assert bodies(transformation(multi_record=False), b"1\n2\n") == [b"1\n", b"2\n"]
    assert bodies(transformation(split="None"), b"1\n2") == [b"1\n2"]


def test_a_record_that_is_too_long_fails_the_job():
    with pytest.raises(JobFailed, match="longer than MaxPayloadInMB"):
        bodies(transformation(payload_max_bytes=3), b"12345\n")


def test_json_records_are_joined_under_the_name_that_aws_gives():
    work = transformation(content_type="application/jsonlines", JoinSource="Input", OutputFilter="$.SageMakerOutput")
    (batch,) = work.batches(io.BytesIO(b'{"a":1}\n{"a":2}\n'))

    assert work.output(batch, b"5\n6") == b"5\n6\n"


def test_joining_needs_an_answer_for_each_record():
    work = transformation(JoinSource="Input")
    (batch,) = work.batches(io.BytesIO(b"1\n2\n"))
    with pytest.raises(JobFailed, match="answered 2 records with 1 lines"):
        work.output(batch, b"5,6")


def test_processing_of_what_has_no_records_is_refused():
    with pytest.raises(NotAvailable, match="DataProcessing of ContentType 'image/png'"):
        transformation(content_type="image/png", JoinSource="Input")
