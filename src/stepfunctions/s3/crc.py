"""Cyclic redundancy checks that the standard library lacks: CRC32C and CRC64NVME, and joining two of any kind.

A CRC is linear, so a long piece is cut into lanes that numpy runs side by side, and the lanes' results are joined by
shifting. Short pieces take the plain table. All three polynomials are reflected, start at all ones and end inverted.

Follows: RFC 3720 appendix B.4 (CRC32C); NVM Express NVM Command Set Specification 1.0, section 5.2.1.3.4 (CRC64NVME);
for joining, the ``crc32_combine`` of zlib.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

LANE_BYTES: Final = 256
"""Bytes that one lane takes; a piece shorter than 16 lanes goes through the plain table."""


class Polynomial:
    """One reflected CRC.

    Args:
        width: in bits.
        reflected: the polynomial without its highest term, bits reversed.
    """

    def __init__(self, width: int, reflected: int) -> None:
        self.width = width
        self._reflected = reflected
        self._ones = (1 << width) - 1
        self._one = 1 << (width - 1)
        self._table = [self._byte_entry(value) for value in range(256)]

    def update(self, crc: int, data: bytes) -> int:
        """Return the CRC of what *crc* was taken over followed by *data*; 0 is the CRC of nothing."""
        register = crc ^ self._ones
        long = len(data) // LANE_BYTES * LANE_BYTES
        if long >= 16 * LANE_BYTES:
            register = self._run_lanes(register, data[:long])
            data = data[long:]
        table = self._table
        for byte in data:
            register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
        return register ^ self._ones

    def combine(self, first: int, second: int, second_bytes: int) -> int:
        """Return the CRC of two stretches from theirs and the length of the second."""
        return self._multiply(self._power_of_x(8 * second_bytes), first) ^ second

    def _byte_entry(self, value: int) -> int:
        for _ in range(8):
            value = (value >> 1) ^ self._reflected if value & 1 else value >> 1
        return value

    def _multiply(self, first: int, second: int) -> int:
        """Return the product modulo the polynomial; in reflected form the highest bit is 1."""
        product, bit = 0, self._one
        while bit:
            if first & bit:
                product ^= second
            second = (second >> 1) ^ self._reflected if second & 1 else second >> 1
            bit >>= 1
        return product

    def _power_of_x(self, exponent: int) -> int:
        power, square = self._one, self._one >> 1
        while exponent:
            if exponent & 1:
                power = self._multiply(power, square)
            square = self._multiply(square, square)
            exponent >>= 1
        return power

    def _run_lanes(self, register: int, data: bytes) -> int:
        import numpy as np  # only the two checksums that need it pay for it

        rows = np.frombuffer(data, np.uint8).reshape(-1, LANE_BYTES)
        lanes = 1 << (len(rows) - 1).bit_length()
        bytes_ = np.zeros((LANE_BYTES, lanes), np.uint64)
        bytes_[:, lanes - len(rows) :] = rows.T  # empty lanes in front leave an empty register empty
        state = np.zeros(lanes, np.uint64)
        state[lanes - len(rows)] = register
        table, low, eight = np.array(self._table, np.uint64), np.uint64(0xFF), np.uint64(8)
        for column in bytes_:
            state = table[(state ^ column) & low] ^ (state >> eight)
        span = LANE_BYTES
        while len(state) > 1:
            state = _shift(_shift_tables(self, span), state[0::2]) ^ state[1::2]
            span *= 2
        return int(state[0])

    def shift_table(self, byte_index: int, span_bytes: int) -> list[int]:
        """Return what each value of one register byte becomes after *span_bytes* zero bytes."""
        power = self._power_of_x(8 * span_bytes)
        images = [self._multiply(power, 1 << (8 * byte_index + bit)) for bit in range(8)]
        table = [0]
        for image in images:
            table += [entry ^ image for entry in table]
        return table


@lru_cache(maxsize=64)
def _shift_tables(polynomial: Polynomial, span_bytes: int) -> Any:
    import numpy as np

    return np.array([polynomial.shift_table(index, span_bytes) for index in range(polynomial.width // 8)], np.uint64)


def _shift(tables: Any, state: Any) -> Any:
    import numpy as np

    result = tables[0][state & np.uint64(0xFF)]
    for index in range(1, len(tables)):
        result = result ^ tables[index][(state >> np.uint64(8 * index)) & np.uint64(0xFF)]
    return result


CRC32: Final = Polynomial(32, 0xEDB88320)
CRC32C: Final = Polynomial(32, 0x82F63B78)
CRC64NVME: Final = Polynomial(64, 0x9A6C9329AC4BC9B5)
