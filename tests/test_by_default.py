"""What is left to the slow tests: of every kind something stays, and nothing is lost."""

from __future__ import annotations

import pytest
from by_default import drawn, rest_slow
from hypothesis import strategies as st


def split(values) -> tuple[list, list]:
    """What runs by default, and what is slow."""
    fast = [value for value in values if not hasattr(value, "marks")]
    slow = [value for value in values if hasattr(value, "marks")]
    assert all([mark.name for mark in value.marks] == ["slow"] for value in slow)
    return fast, [value.values[0] for value in slow]


def test_the_first_of_every_kind_stay():
    words = ["ab", "cd", "abc", "x", "y", "bcd"]
    assert split(rest_slow(words)) == (["ab"], ["cd", "abc", "x", "y", "bcd"])
    assert split(rest_slow(words, keep=4)) == (words[:4], words[4:])
    assert split(rest_slow(words, kinds=lambda word: [len(word)])) == (["ab", "abc", "x"], ["cd", "y", "bcd"])
    assert split(rest_slow(words, keep=2, kinds=lambda word: [len(word)])) == (words, [])


def test_a_tuple_is_several_arguments():
    (fast, slow) = rest_slow([("a", 1), ("b", 2)])
    assert (fast, slow.values) == (("a", 1), ("b", 2))


def test_of_several_kinds_one_that_is_new_is_enough():
    assert split(rest_slow(["ab", "ba", "bc", "ac"], kinds=str)) == (["ab", "bc"], ["ba", "ac"])


@pytest.mark.parametrize(("few", "many"), [(3, 20), (20, 200)])
def test_few_are_drawn_by_default_and_many_in_the_slow_test(few, many):
    seen = []

    @drawn(st.integers(), few=few, many=many)
    def test_numbers(number):
        """Of integers."""
        seen.append(number)

    (mark,) = test_numbers.pytestmark
    assert mark.name == "parametrize"
    assert split(mark.args[1]) == ([few], [many])
    assert (test_numbers.__name__, test_numbers.__doc__) == ("test_numbers", "Of integers.")
    for count in (few, many):
        seen.clear()
        test_numbers(count)
        assert len(seen) == count


def test_what_fails_on_a_drawn_example_fails():
    @drawn(st.integers(), few=20, many=30)
    def test_small(number):
        assert number < 5

    with pytest.raises(AssertionError):
        test_small(20)
