from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bank.strata import DISTINCT, EQUAL, STRATA, clip
from grader.records.assignment import Interval

intervals = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda ends: Interval(low=min(ends), high=max(ends)))
some_dims = st.dictionaries(st.sampled_from("BDHTV"), intervals, min_size=1)


@settings(deadline=None)
@given(some_dims, st.data())
def test_arranged_sizes_stay_within_their_intervals_and_are_named_truly(dims, data):
    drawn = {name: data.draw(st.integers(each.low, each.high)) for name, each in dims.items()}
    chosen = data.draw(st.sampled_from(sorted(dims)))
    for stratum in STRATA:
        kind, sizes = stratum.sizes(drawn, dims, chosen)

        assert list(sizes) == list(dims)
        assert all(dims[name].low <= size <= dims[name].high for name, size in sizes.items())
        values = list(sizes.values())
        truth = {
            "distinct": len(set(values)) == len(values) > 1,
            "any": True,
            "one_is_1": values.count(1) == 1 and len(values) > 1,
            "equal": len(set(values)) == 1 and len(values) > 1,
            "all_2": set(values) == {2},
            "all_1": set(values) == {1},
        }
        assert kind in {stratum.kind, "any"}
        assert truth[kind]


WIDE = {name: Interval(low=1, high=6) for name in "DHTV"}
DRAWN = {"D": 3, "H": 3, "T": 6, "V": 6}


def test_wide_intervals_let_every_stratum_be_what_its_name_says():
    found = {stratum.kind: stratum.sizes(DRAWN, WIDE, "H") for stratum in STRATA}

    assert found == {
        "distinct": ("distinct", {"D": 3, "H": 4, "T": 6, "V": 1}),
        "any": ("any", DRAWN),
        "one_is_1": ("one_is_1", {"D": 3, "H": 1, "T": 6, "V": 6}),
        "equal": ("equal", {"D": 3, "H": 3, "T": 3, "V": 3}),
        "all_2": ("all_2", {"D": 2, "H": 2, "T": 2, "V": 2}),
        "all_1": ("all_1", {"D": 1, "H": 1, "T": 1, "V": 1}),
    }


def test_the_narrowest_interval_is_served_first():
    dims = {"D": Interval(low=1, high=9), "H": Interval(low=2, high=2)}

    assert DISTINCT.sizes({"D": 2, "H": 2}, dims, "D") == ("distinct", {"D": 3, "H": 2})


def test_equal_sizes_come_from_where_the_intervals_overlap():
    dims = {"D": Interval(low=1, high=4), "H": Interval(low=3, high=9)}
    assert EQUAL.sizes({"D": 1, "H": 9}, dims, "D") == ("equal", {"D": 3, "H": 3})
    assert EQUAL.sizes({"D": 1, "H": 9}, dims, "H") == ("equal", {"D": 4, "H": 4})


def test_what_clipping_made_of_a_stratum_is_not_called_by_its_name():
    dims = {"D": Interval(low=1, high=4), "H": Interval(low=3, high=9)}

    assert STRATA[-1].sizes({"D": 2, "H": 5}, dims, "D") == ("any", {"D": 1, "H": 3})


def test_weights_are_twentieths_of_the_measured_shares():
    assert [stratum.weight for stratum in STRATA] == [8, 4, 3, 2, 2, 1]


def test_without_dims_there_are_no_sizes():
    assert all(stratum.sizes({}, {}, "") == ("no_sizes", {}) for stratum in STRATA)


def test_clip():
    assert [clip(value, Interval(low=2, high=4)) for value in (1, 3, 9)] == [2, 3, 4]
