"""Arrays as bytes and back."""

from __future__ import annotations

import io
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.archive import archive, unarchive
from grader.records.errors import ProtocolError
from grader.records.values import DTYPES

arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)).map(np.dtype), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
)
names = st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=5).filter(
    lambda name: not name.endswith(".npy")
)
WHOLE = archive({"index": np.arange(9, dtype=np.uint8), "float64": np.array([[1.5, np.nan], [-0.0, np.inf]])})


@given(st.dictionaries(names, arrays, max_size=4))
@settings(deadline=None)
def test_what_comes_back_is_what_was_put_in(given_arrays):
    back = unarchive(archive(given_arrays))
    assert list(back) == list(given_arrays)
    for name, array in given_arrays.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert back[name].tobytes() == array.tobytes()  # NaN and -0 as well


def test_equal_arrays_are_equal_bytes_however_they_lie_in_memory():
    rows = np.arange(6.0).reshape(2, 3)
    for other in (np.asfortranarray(rows), rows.T.copy().T, np.repeat(rows, 2, axis=1)[:, ::2]):
        assert archive({"a": other}) == archive({"a": rows})
    assert archive({"a": rows, "b": rows}) != archive({"b": rows, "a": rows})  # the order is an author's own
    assert archive({"a": np.array(2.0)}) != archive({"a": np.array([2.0])})


def test_nothing_tells_when_or_where_it_was_made():
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as file:
        entries = file.infolist()
    assert [entry.filename for entry in entries] == ["index.npy", "float64.npy"]
    assert {(entry.date_time, entry.create_system) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 3)}


def test_numpy_reads_it():
    with np.load(io.BytesIO(WHOLE), allow_pickle=False) as file:
        assert file["index"].tolist() == list(range(9))


def test_an_empty_archive():
    assert unarchive(archive({})) == {}


def test_objects_are_never_written():
    with pytest.raises(ValueError, match="pickle"):
        archive({"a": np.array([None])})


def npz(**entries):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in entries.items():
            file.writestr(f"{name}.npy", content)
    return target.getvalue()


def npy(header, data=b"", version=b"\x01\x00"):
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + data


PICKLED = io.BytesIO()
np.save(PICKLED, np.array([{"a": 1}]), allow_pickle=True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"no archive",
        WHOLE[:-1],
        WHOLE[: len(WHOLE) // 2],
        npz(a=b""),
        npz(a=b"text"),
        npz(a=PICKLED.getvalue()),
        npz(a=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}")),
        npz(a=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}")),
        npz(a=npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\x80\x04N.")),
        npz(a=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1 << 62, 1 << 62)}")),
        npz(a=npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({2**62}, {2**62})}}")),
        npz(a=npy("{'descr': ")),
        npz(a=npy("print('executed')")),
        npz(a=npy("{}", version=b"\x09\x00")),
    ],
)
def test_what_was_not_written_here_is_refused(data):
    with pytest.raises(ProtocolError, match="is no archive of arrays"):
        unarchive(data)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@example([(4, 99), (6, 0xFF)])
@settings(deadline=None, max_examples=400)
def test_any_change_of_the_bytes_is_refused_or_gives_arrays(changes):
    broken = bytearray(WHOLE)
    for place, byte in changes:
        broken[place] = byte
    with warnings.catch_warnings(action="ignore"):  # zipfile and NumPy warn of some of what they read
        try:
            back = unarchive(bytes(broken))
        except ProtocolError:
            return
    assert all(type(array) is np.ndarray and not array.dtype.hasobject for array in back.values())
