from functools import partial
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, http, member
from api.idempotency import HEADER, answer_once
from api.pagination import PAGE, page_of, page_shape
from practice import tokens
from practice.access import SIGN_IN, ByMethod, StaffApi, enter_as
from practice.models import Membership


class Credentials(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=1000)
    otp = serializers.CharField(required=False, max_length=40)
    practice = serializers.SlugField(required=False)
    name = serializers.CharField(max_length=120)


class PracticeShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()


class IssuedToken(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    token = serializers.CharField(required=False, help_text="Shown once; a repeat of the request leaves it out.")
    expires_at = serializers.DateTimeField()
    practice = PracticeShape()
    role = serializers.CharField()


class TokenShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry")


class Tokens(Endpoint):
    audience = ByMethod(StaffApi(), POST=SIGN_IN)

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "POST" else super().get_permissions()  # type: ignore[return-value]

    @extend_schema(operation_id="tokens_list", parameters=PAGE, responses=page_shape(TokenShape))
    def get(self, request: Request) -> Response:
        own = tokens.tokens_of(member(request))
        return page_of(request, own, lambda token: TokenShape(token).data, ordering=("-created", "id"))

    @extend_schema(request=Credentials, responses={201: IssuedToken}, parameters=[HEADER], auth=[])
    def post(self, request: Request) -> Response:
        given = checked(Credentials, request.data)
        name = given.pop("name")
        found = tokens.member_who_signs_in(http(request), **given)
        enter_as(http(request), found)
        # A repeat comes with another one-time code, and a password is kept in no form.
        same = {"email": given["email"], "practice": found.practice.slug, "name": name}
        return answer_once(request, partial(issued, request, found, name), body=same)


def issued(request: Request, membership: Membership, name: str) -> Response:
    token, secret = tokens.issue_token(http(request), membership, name=name)
    answer = {
        "id": token.id,
        "token": secret,
        "expires_at": token.expiry,
        "practice": membership.practice,
        "role": membership.role,
    }
    return Response(IssuedToken(answer).data, status=201)


class Token(Endpoint):
    audience = StaffApi()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        tokens.revoke_token(get_object_or_404(tokens.tokens_of(member(request)), id=token_id))
        return Response(status=204)
