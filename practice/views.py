from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from practice.access import PRACTICE_IN_SESSION, memberships_of, public, sign_in


@public
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM practice_practice LIMIT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@sign_in
def choose_practice(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("account_login")
    memberships = memberships_of(request.user)
    if request.method == "POST":
        chosen = request.POST.get("practice", "")
        if any(str(one.practice_id) == chosen for one in memberships):
            request.session[PRACTICE_IN_SESSION] = chosen
            return redirect("couples")
    return render(request, "practice/choose.html", {"memberships": memberships})
