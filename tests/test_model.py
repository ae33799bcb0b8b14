"""What an item's parents have to have become, through sets of sources."""

from __future__ import annotations

from runner.model import Item, Ref, Wants, both, either, read_wants, ref_of

A: Wants = ((("a", ("done",)),),)
B: Wants = ((("b", ("done", "failed")),),)


def test_found_in_two_ways_either_will_do() -> None:
    assert either(A, B) == ((("a", ("done",)),), (("b", ("done", "failed")),))
    assert either(A, A) == A


def test_found_without_any_condition_none_is_left() -> None:
    assert either(A, ()) == either((), A) == ()


def test_what_had_to_be_found_in_both_ways_wants_both() -> None:
    assert both(A, B) == ((("a", ("done",)), ("b", ("done", "failed"))),)
    assert both(A, A) == A
    assert both(A, ()) == both((), A) == A
    assert both(either(A, B), B) == ((("a", ("done",)), ("b", ("done", "failed"))), (("b", ("done", "failed")),))


def test_wants_are_read_back_from_json() -> None:
    assert read_wants([[["a", ["done"]]], [["b", ["done", "failed"]]]]) == either(A, B)


def test_a_derived_ref_has_the_parents_of_its_origin() -> None:
    origin = Ref(title="A", parents=(("a", "page:1"),), wants=A)
    assert Ref(title="B", pageid=2).derived(origin) == Ref(title="B", pageid=2, parents=origin.parents, wants=A)
    assert Ref(title="B").derived(None) == Ref(title="B")


def test_a_hidden_name_has_a_number_and_nothing_else() -> None:
    for ref in (Ref(kind="users", number=17), Ref(number=17)):
        item = Item(step="a", key=ref.key)
        assert ref_of(item) == ref
    assert ref_of(Item(step="a", key="title:A:#17", title="A:#17")).number is None
