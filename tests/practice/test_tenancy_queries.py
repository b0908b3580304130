"""Random expressions of the ORM, asked in one practice while another holds the same kinds of rows."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db.models import Count, Exists, F, Model, OuterRef, Prefetch, Q, QuerySet, Subquery
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import AnswerSheet, Assignment, SafetyFlag, Wave
from clients.models import Couple, Invitation, Partner
from tests.attacks import as_maintenance
from tests.factories import as_staff
from tests.worlds import World, make_world

pytestmark = pytest.mark.database

MODELS: list[type[Any]] = [Couple, Partner, Invitation, Assignment, Wave, AnswerSheet, SafetyFlag]
SELECTED = {Partner: "couple", Invitation: "partner", Assignment: "couple", Wave: "assignment", AnswerSheet: "wave"}
PREFETCHED = {Couple: "partners", Partner: "sheets", Assignment: "waves", Wave: "sheets", AnswerSheet: "flags"}
REVERSED = {**PREFETCHED, Couple: "sheets"}

Step = Callable[[QuerySet[Any]], QuerySet[Any]]


def reverse_of(queryset: QuerySet[Any]) -> str | None:
    return REVERSED.get(queryset.model)


def select_related(queryset: QuerySet[Any]) -> QuerySet[Any]:
    name = SELECTED.get(queryset.model)
    return queryset.select_related(name) if name else queryset.select_related()


def prefetch(queryset: QuerySet[Any]) -> QuerySet[Any]:
    name = PREFETCHED.get(queryset.model)
    return queryset.prefetch_related(None).prefetch_related(name) if name else queryset


def prefetch_everything(queryset: QuerySet[Any]) -> QuerySet[Any]:
    name = PREFETCHED.get(queryset.model)
    related = queryset.model._meta.get_field(name).related_model if name else None
    # Django takes one lookup once: what `prefetch` may have asked for gives way to this.
    plain = queryset.prefetch_related(None)
    return plain.prefetch_related(Prefetch(name, related._base_manager.all())) if name and related else plain


def exclude_nothing(queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.exclude(pk=None)


def any_practice(queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(Q(practice_id=F("practice_id")) | Q(pk__isnull=False))


def counted(queryset: QuerySet[Any]) -> QuerySet[Any]:
    name = reverse_of(queryset)
    return queryset.annotate(how_many=Count(name, distinct=True)) if name else queryset


def across(queryset: QuerySet[Any]) -> QuerySet[Any]:
    name = reverse_of(queryset)
    return queryset.filter(**{f"{name}__isnull": False}).distinct() if name else queryset


def exists(queryset: QuerySet[Any]) -> QuerySet[Any]:
    same = queryset.model._base_manager.filter(pk=OuterRef("pk"))
    return queryset.filter(Exists(same))


def subquery(queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.annotate(other=Subquery(Couple.objects.exclude(pk=OuterRef("pk")).values("label")[:1]))


def ordered(queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.order_by("-pk")


def united(rows: QuerySet[Any]) -> list[Any]:
    every = rows.model._base_manager
    return list(every.filter(pk__in=rows.values("pk")).union(every.all()))


STEPS: list[Step] = [
    select_related, prefetch, prefetch_everything, exclude_nothing, any_practice, counted, across, exists, ordered,
    subquery,
]  # fmt: skip
ENDS: list[Callable[[QuerySet[Any]], Iterable[Any]]] = [
    list,
    united,
    lambda rows: list(rows[:50]),
    lambda rows: rows.in_bulk().values(),
    lambda rows: list(rows.iterator(chunk_size=10)),
    lambda rows: [rows.first()],
    lambda rows: list(rows.values_list("practice_id", flat=True)),
]


def practices_in(rows: Iterable[Any]) -> set[Any]:
    """The practice of each row and of everything that was loaded with it."""
    found, left, seen = set(), list(rows), set()
    while left:
        row = left.pop()
        if not isinstance(row, Model):
            found.add(row)
        elif id(row) not in seen and hasattr(row, "practice_id"):
            seen.add(id(row))
            found.add(row.practice_id)
            left += row._state.fields_cache.values()
            left += [one for some in getattr(row, "_prefetched_objects_cache", {}).values() for one in some]
    return found - {None}


@pytest.fixture
def north() -> World:
    make_world("south", ("Trudy", "Walter"))
    return make_world("north", ("Dana", "Erin"))


def test_no_expression_reaches_another_practice(north: World) -> None:
    @given(st.sampled_from(MODELS), st.lists(st.sampled_from(STEPS), max_size=4, unique=True), st.sampled_from(ENDS))
    def only_own(model: type[Model], steps: list[Step], end: Callable[[QuerySet[Any]], Iterable[Any]]) -> None:
        with as_staff(north.therapist):
            queryset: QuerySet[Any] = model._default_manager.all()
            for step in steps:
                queryset = step(queryset)
            assert practices_in(end(queryset)) == {north.practice.id}

    only_own()


def test_row_of_another_practice_is_not_found(north: World, subtests: pytest.Subtests) -> None:
    for model in MODELS:
        sql = f'SELECT id FROM "{model._meta.db_table}" WHERE practice_id <> %s LIMIT 1'
        [(foreign,)] = as_maintenance(sql, north.practice.id)
        with subtests.test(model.__name__), as_staff(north.therapist):
            assert not model.objects.filter(pk=foreign).exists()
            with pytest.raises(model.DoesNotExist):
                model.objects.get(pk=foreign)


def test_count_and_aggregate_are_of_the_own_practice(north: World) -> None:
    with as_staff(north.therapist):
        assert Couple.objects.count() == 1
        assert Partner.objects.aggregate(number=Count("id"))["number"] == 2


def test_update_and_delete_reach_own_rows_only(north: World) -> None:
    with as_staff(north.therapist):
        Couple.objects.update(label="mine")
    assert as_maintenance("SELECT label FROM clients_couple ORDER BY 1") == [("Trudy & Walter",), ("mine",)]
