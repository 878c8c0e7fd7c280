from __future__ import annotations

import pytest

from grader.records.byte_counts import in_units


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1 << 30, "1 GiB"),
        (3 << 29, "1.5 GiB"),
        (512 << 20, "512 MiB"),
        (1023 << 20, "1023 MiB"),
        (64 << 10, "64 KiB"),
        (1280, "1.25 KiB"),
        (1000, "1,000 bytes"),
        (0, "0 bytes"),
    ],
)
def test_bytes_in_words(count, text):
    assert in_units(count) == in_units(float(count)) == text
