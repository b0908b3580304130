from collections.abc import Iterator
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked
from api.pagination import page_shape, whole_page
from assessments.statistics.releases import SEES_STATISTICS, Release, Table, read_release, stored_release
from practice.access import StaffApi


class Chosen(serializers.Serializer[Any]):
    cube = serializers.CharField(required=False, help_text="One table alone, by its id.")
    quarter = serializers.RegexField(
        r"^[0-9]{4}Q[1-4]$",
        required=False,
        help_text="Such as 2026Q1; the newest that was released where it is left out.",
    )


class DimensionShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    meaning = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class CellShape(serializers.Serializer[Any]):
    values = serializers.ListField(child=serializers.CharField(), help_text="The group in each dimension.")
    labels = serializers.ListField(child=serializers.CharField())
    couples = serializers.IntegerField(allow_null=True, help_text="null where it is suppressed.")
    percent = serializers.FloatField(allow_null=True, help_text="Of `couples_in_all`, one decimal.")
    suppressed = serializers.BooleanField()


class CubeShape(serializers.Serializer[Any]):
    cube = serializers.CharField()
    title = serializers.CharField()
    quarter = serializers.CharField()
    couples_in_all = serializers.IntegerField()
    floor = serializers.IntegerField(help_text="Nothing is told of fewer couples.")
    dimensions = DimensionShape(many=True)
    cells = CellShape(many=True)


def cubes_of(release: Release, wanted: str | None) -> Iterator[dict[str, Any]]:
    for table in release.tables:
        if wanted in (None, table.id):
            yield cube_of(release, table)


def cube_of(release: Release, table: Table) -> dict[str, Any]:
    described = zip(table.dimensions, table.meanings, table.units, strict=True)
    return {
        "cube": table.id,
        "title": table.title,
        "quarter": release.quarter,
        "couples_in_all": release.couples,
        "floor": release.floor,
        "dimensions": [{"label": label, "meaning": meaning, "unit": unit} for label, meaning, unit in described],
        "cells": [
            {
                "values": cell.values,
                "labels": cell.labels,
                "couples": cell.couples,
                "percent": cell.percent(of=release.couples),
                "suppressed": cell.couples is None,
            }
            for cell in table.cells
        ],
    }


class Statistics(Endpoint):
    audience = StaffApi(*SEES_STATISTICS)

    @extend_schema(
        operation_id="statistics_list",
        parameters=[Chosen],
        responses=page_shape(CubeShape),
        description=(
            "The tables of a release, as it was made: counts of couples of this practice, suppression applied. They "
            "are practice statistics, no anonymous data. Before the first release there are no results; 404 for a "
            "quarter or a cube that was not released."
        ),
    )
    def get(self, request: Request) -> Response:
        chosen = checked(Chosen, request.query_params)
        stored = stored_release(chosen.get("quarter", ""))
        if stored is None and not chosen:
            return whole_page([])
        cubes = list(cubes_of(read_release(stored), chosen.get("cube"))) if stored else []
        if not cubes:
            raise Http404
        return whole_page(cubes)
