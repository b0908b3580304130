"""Calls about a plan, for tests."""

from datetime import timedelta

from django.utils import timezone


def post(program, where, given, **headers):
    return program.post(where, given, format="json", headers=headers)


def add(program, plan, *partners, template="P33", **more):
    given = {"template": template, "partners": [str(one.id) for one in partners], **more}
    return post(program, f"{plan}activities/", given)


def goal(**changed):
    written = {
        "domain": "PR", "behaviour": "Evenings without screens", "how_counted": "Days a week",
        "levels": ["0", "1", "2", "3", "4"], "review_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return {**written, **changed}
