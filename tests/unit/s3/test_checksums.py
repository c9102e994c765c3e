"""Checksums against published check values, and pieces against the whole."""

from __future__ import annotations

import zlib
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.s3.checksums import ALGORITHMS, Hasher
from stepfunctions.s3.crc import CRC32, CRC32C, CRC64NVME, Polynomial

CHECK = b"123456789"
"""What the catalogue of CRC algorithms takes its check values over."""


@pytest.mark.parametrize(
    ("polynomial", "value"), [(CRC32, 0xCBF43926), (CRC32C, 0xE3069283), (CRC64NVME, 0xAE8B14860A799888)]
)
def test_the_check_values_are_right(polynomial: Polynomial, value: int) -> None:
    assert polynomial.update(0, CHECK) == value


@settings(deadline=None)  # the first example imports numpy
@given(st.integers(0, 20_000), st.integers(0, 255))
def test_lanes_and_the_plain_table_agree(size: int, seed: int) -> None:
    data = bytes((seed + at * at) & 0xFF for at in range(size))
    assert CRC32.update(0, data) == zlib.crc32(data)


@pytest.mark.parametrize("polynomial", [CRC32, CRC32C, CRC64NVME])
@settings(deadline=None)
@given(cut=st.integers(0, 9000))
def test_two_stretches_join(polynomial: Polynomial, cut: int) -> None:
    data = bytes(at * 7 & 0xFF for at in range(9000))
    whole = polynomial.update(0, data)
    assert polynomial.update(polynomial.update(0, data[:cut]), data[cut:]) == whole
    first, second = polynomial.update(0, data[:cut]), polynomial.update(0, data[cut:])
    assert polynomial.combine(first, second, len(data) - cut) == whole


def test_a_hasher_computes_what_it_is_asked_for() -> None:
    hasher = Hasher(ALGORITHMS)
    for byte in CHECK:
        hasher.update(bytes([byte]))
    digests = hasher.digests()
    assert (digests.size_bytes, digests.md5) == (9, "25f9e794323b453885f5181f1b624d0b")
    assert set(digests.checksums) == set(ALGORITHMS)
    assert digests.checksums["CRC64NVME"] == b64encode(0xAE8B14860A799888.to_bytes(8, "big")).decode()
