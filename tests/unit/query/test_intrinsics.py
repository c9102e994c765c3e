"""The 18 intrinsic functions and the syntax of their calls."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.intrinsics import IntrinsicSyntaxError, compile_intrinsic
from stepfunctions.query.intrinsics.functions import FUNCTIONS

DATA = {
    "text": "a,b",
    "numbers": [1, 2, 3],
    "mixed": [1, True, 1.0, "1", None, None, {"a": 1}, {"a": True}, {"a": 1.0}, [1], [1]],
    "object": {"Arg1": 1, "Arg2": [], "s": "x", "n": None, "b": True, "f": 1.5},
    "half": 2.5,
    "template": r"<{}> and \{\}",
    "name (odd)": "odd",
}


def run(text: str, scope: Any, data: Any = DATA) -> Any:
    return compile_intrinsic(text)(data, scope)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Array()", []),
        (
            "States.Array(1, -2.5, 1e3, 'x', true, false, null, $.text)",
            [1, -2.5, 1000.0, "x", True, False, None, "a,b"],
        ),
        ("States.ArrayPartition($.numbers, 2)", [[1, 2], [3]]),
        ("States.ArrayPartition($.numbers, 1.5)", [[1, 2], [3]]),
        ("States.ArrayContains($.numbers, 3)", True),
        ("States.ArrayContains($.numbers, 3.0)", True),
        ("States.ArrayContains($.numbers, '3')", False),
        ("States.ArrayContains(States.Array(true), 1)", False),
        ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("States.ArrayRange(0, 10, 3)", [0, 3, 6, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayRange(3, 1, 1)", []),
        ("States.ArrayGetItem($.numbers, 0)", 1),
        ("States.ArrayGetItem($.numbers, 1.5)", 3),
        ("States.ArrayLength($.numbers)", 3),
        ("States.ArrayUnique($.mixed)", [1, True, "1", None, {"a": 1}, {"a": True}, [1]]),
        ("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
        ("States.Base64Encode('é')", "w6k="),
        ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"),
        ("States.Base64Decode('/w==')", "\ufffd"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.Hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
        ("States.JsonMerge($.object, States.StringToJson('{\"Arg1\":2}'), false)", DATA["object"] | {"Arg1": 2}),
        ("States.StringToJson('[1, \"a\"]')", [1, "a"]),
        ("States.StringToJson('')", None),
        ("States.StringToJson(' ')", None),
        ("States.StringToJson('-0')", 0),
        ("States.JsonToString($.object)", '{"Arg1":1,"Arg2":[],"s":"x","n":null,"b":true,"f":1.5}'),
        ("States.MathAdd(1, -2)", -1),
        ("States.MathAdd(1.5, 1.51)", 4),
        ("States.MathAdd(-1.5, -1.51)", -3),
        ("States.MathAdd($.half, 0.49999999999999994)", 3),
        ("States.StringSplit('a,b;c', ',;')", ["a", "b", "c"]),
        ("States.StringSplit(',,,', ',')", []),
        ("States.StringSplit('abc', '')", ["abc"]),
        ("States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]),
        ("States.StringSplit('Hello\nWorld', '\n')", ["Hello", "World"]),
        ("States.UUID()", "11111111-2222-4333-8444-555555555555"),
        ("States.Format('no placeholder')", "no placeholder"),
        ("States.Format('{}{}', 1, 'a')", "1a"),
        ("States.Format('{}', $.object)", "{Arg1=1, Arg2=[], s=x, n=null, b=true, f=1.5}"),
        ("States.Format('{} {} {} {}', null, true, 1.1, 1.0)", "null true 1.1 1.0"),
        ("States.Format('{} {}', 12345678.9, 0.00001)", "1.23456789E7 1.0E-5"),
        (r"States.Format('\{\}{}\\{}\'', 1, 2)", r"{}1\2'"),
        ("States.Format($.template, 1)", "<1> and {}"),
    ],
)
def test_each_function_answers_as_documented(call: str, expected: Any, scope: Any) -> None:
    result = run(call, scope)
    assert repr(result) == repr(expected)


def test_there_are_eighteen_functions() -> None:
    assert len(FUNCTIONS) == 18


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("States.ArrayPartition($.numbers, 0)", "positive"),
        ("States.ArrayPartition($.text, 1)", "array"),
        ("States.ArrayContains($.object, 1)", "array"),
        ("States.ArrayRange(1, 2, 0)", "step"),
        ("States.ArrayRange(1, 1001.5, 1)", "1000"),
        ("States.ArrayRange('a', 2, 1)", "number"),
        ("States.ArrayGetItem($.numbers, 3)", "out of range"),
        ("States.ArrayGetItem($.numbers, -1)", "out of range"),
        ("States.ArrayLength('abc')", "array"),
        ("States.Base64Decode('***')", "Base64"),
        ("States.Hash('a', 'SHA-3')", "algorithm"),
        ("States.JsonMerge($.object, $.object, true)", "shallow"),
        ("States.JsonMerge($.object, $.numbers, false)", "object"),
        ("States.StringToJson('{')", "JSON"),
        ("States.StringToJson($.object)", "string"),
        ("States.MathAdd(1, '2')", "number"),
        ("States.MathAdd(1, true)", "number"),
        ("States.MathRandom(2, 2)", "less"),
        ("States.StringSplit(1, ',')", "string"),
        ("States.Format('{}')", "occurrences"),
        ("States.Format('{}', 1, 2)", "occurrences"),
        ("States.Format(1)", "string"),
    ],
)
def test_unfit_arguments_fail_and_name_the_call_and_the_function(call: str, reason: str, scope: Any) -> None:
    with pytest.raises(QueryFailed) as failed:
        run(call, scope)
    failure = failed.value.failure
    function = call.split("(")[0]
    assert failure.error == "States.Runtime"
    assert str(failure.cause).startswith(
        f"The function '{call}' had the following error: Invalid arguments in {function}: "
    )
    assert reason in str(failure.cause)


def test_a_nested_function_that_fails_is_named_with_the_whole_call(scope: Any) -> None:
    call = "States.ArrayGetItem(States.StringSplit(1, ','), 0)"
    with pytest.raises(QueryFailed) as failed:
        run(call, scope)
    cause = str(failed.value.failure.cause)
    assert cause.startswith(f"The function '{call}' had the following error: Invalid arguments in States.StringSplit: ")


@pytest.mark.parametrize("path", ["$.nope", "$$.Nope", "$nope"])
def test_a_path_without_target_fails_and_shows_the_input(path: str, make_scope: Any) -> None:
    call = f"States.Format('{{}}', {path})"
    with pytest.raises(QueryFailed) as failed:
        run(call, make_scope(context={}), {"other": 1})
    assert failed.value.failure.error == "States.Runtime"
    assert failed.value.failure.cause == (
        f"The function '{call}' had the following error: The JsonPath argument for the field '{path}' could not be "
        "found in the input '{\"other\":1}'"
    )


def test_arguments_come_from_the_input_the_context_object_and_variables(make_scope: Any) -> None:
    scope = make_scope(variables={"v": [1]}, context={"Execution": {"Id": "arn"}})
    call = compile_intrinsic(
        "States.Array($, $['name (odd)'], $.numbers[1:], $$.Execution.Id, $v[0], States.Array($v))"
    )
    assert call(DATA, scope) == [DATA, "odd", [2, 3], "arn", 1, [[1]]]
    assert call.variables == {"v"}


def test_an_argument_may_be_a_path_with_a_filter(scope: Any) -> None:
    data = {"items": [{"a": "x,(y)", "b": 1}, {"a": "z", "b": 2}]}
    assert run("States.ArrayLength($.items[?(@.a == 'x,(y)' && @.b in [1, 2])])", scope, data) == 1


def test_blanks_between_arguments_do_not_matter(scope: Any) -> None:
    assert run("  States.MathAdd ( 1 ,\n 2 )  ", scope) == 3


def test_a_random_number_comes_from_the_scope_and_reaches_the_start_but_not_the_end(make_scope: Any) -> None:
    assert run("States.MathRandom(5, 8)", make_scope(fraction=0.0)) == 5
    assert run("States.MathRandom(5, 8)", make_scope(fraction=0.999999)) == 7


def test_a_seed_alone_decides_the_random_number(make_scope: Any) -> None:
    calls = [f"States.MathRandom(0, 1000000, {seed})" for seed in range(20)]
    once = [run(call, make_scope(fraction=0.1)) for call in calls]
    again = [run(call, make_scope(fraction=0.9)) for call in calls]
    assert once == again
    assert len(set(once)) > 10


def nested(depth: int) -> str:
    return "States.Array(" * depth + ")" * depth


def test_ten_nested_calls_are_taken_and_eleven_are_not(scope: Any) -> None:
    assert run(nested(10), scope) == [[[[[[[[[[]]]]]]]]]]
    with pytest.raises(IntrinsicSyntaxError, match="10 nested"):
        compile_intrinsic(nested(11))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "States",
        "States.Array",
        "States.Array(",
        "States.Array(1",
        "States.Array(1,)",
        "States.Array(1) x",
        "States.Array(x)",
        'States.Array("double")',
        "States.Array('open)",
        "States.Array(01)",
        "States.Array($.)",
        "States.Array($.a[)",
        "States.MathAdd(1)",
        "States.UUID(1)",
        "Array(1)",
        "'text'",
    ],
)
def test_what_is_no_call_is_refused_when_compiled(text: str) -> None:
    with pytest.raises(IntrinsicSyntaxError):
        compile_intrinsic(text)


def test_an_unknown_function_is_refused_with_a_near_name() -> None:
    with pytest.raises(IntrinsicSyntaxError, match=r"did you mean States\.Format\?"):
        compile_intrinsic("States.Formt('a')")


def test_many_different_objects_are_told_apart_at_once(scope: Any) -> None:
    objects = [{"a": number % 10_000, "b": [number % 2 == 0]} for number in range(20_000)]

    assert len(run("States.ArrayUnique($)", scope, objects)) == 10_000


def test_a_range_that_goes_the_other_way_is_empty(scope: Any) -> None:
    assert run("States.ArrayRange(5000, 1, 1)", scope) == []


def test_a_text_that_would_fill_the_memory_is_refused(scope: Any) -> None:
    call = f"States.Format('{'{}' * 100}'{', $' * 100})"

    with pytest.raises(QueryFailed, match="longer than 5000000 characters"):
        run(call, scope, "x" * 100_000)
