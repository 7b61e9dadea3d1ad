"""What counts as the same result."""

from tests.endurance.same_result import differing_fields

RESULT = {"share": 0.125, "cpu_s": 3.0, "commit": "a", "seeds": [{"learning_cpu_s": 1.0, "km": [1.0, 2.0]}]}


def test_times_and_commits_may_differ() -> None:
    other = {"share": 0.125, "cpu_s": 4.0, "commit": "b", "seeds": [{"learning_cpu_s": 2.0, "km": [1.0, 2.0]}]}
    assert not list(differing_fields(RESULT, other))


def test_a_last_digit_a_length_and_a_missing_field_do() -> None:
    digit = RESULT | {"seeds": [{"km": [1.0, 2.0000000000000004]}]}
    assert list(differing_fields(RESULT, digit)) == [".seeds[0].km[1] is 2.0 and 2.0000000000000004"]
    assert len(list(differing_fields(RESULT, RESULT | {"seeds": []}))) == 1
    assert len(list(differing_fields(RESULT, {"seeds": RESULT["seeds"]}))) == 1
