from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, member
from api.v1.tokens import PracticeShape
from practice.access import StaffApi


class UserShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()


class MeShape(serializers.Serializer[Any]):
    user = UserShape()
    membership = serializers.UUIDField(source="member.id")
    name = serializers.CharField(source="member.name")
    role = serializers.CharField(source="member.role")
    practice = PracticeShape(source="member.practice")


class Me(Endpoint):
    audience = StaffApi()

    @extend_schema(responses=MeShape)
    def get(self, request: Request) -> Response:
        return Response(MeShape({"member": member(request), "user": request.user}).data)
