from django.urls import path

from assessments.views import instruments, plan, progress, results, therapist

urlpatterns = [
    path("", therapist.couples, name="couples"),
    path("couples/<uuid:couple_id>/", therapist.couple, name="couple"),
    path("couples/<uuid:couple_id>/assign/", therapist.couple_assign, name="couple-assign"),
    path("couples/<uuid:couple_id>/prepare/", progress.couple_prepare, name="couple-prepare"),
    path("couples/<uuid:couple_id>/progress/", progress.couple_progress, name="couple-progress"),
    path("couples/<uuid:couple_id>/room/", progress.couple_room, name="couple-room"),
    path("couples/<uuid:couple_id>/results/", results.couple_results, name="couple-results"),
    path("couples/<uuid:couple_id>/results/lines/", results.couple_lines, name="couple-lines"),
    path("couples/<uuid:couple_id>/plan/", plan.couple_plan, name="couple-plan"),
    path("couples/<uuid:couple_id>/plan/activities/", plan.activity_new, name="couple-plan-activity-new"),
    path("couples/<uuid:couple_id>/plan/requests/", plan.request_new, name="couple-plan-request-new"),
    path("couples/<uuid:couple_id>/plan/goals/new/", plan.goal_new, name="couple-plan-goal-new"),
    path("activities/<uuid:activity_id>/dose/", plan.activity_dose, name="couple-plan-activity-dose"),
    path("activities/<uuid:activity_id>/end/", plan.activity_end, name="couple-plan-activity-end"),
    path("requests/<uuid:request_id>/answer/", plan.request_answer, name="couple-plan-request-answer"),
    path("requests/<uuid:request_id>/end/", plan.request_end, name="couple-plan-request-end"),
    path("goals/<uuid:goal_id>/rate/", plan.goal_rate, name="couple-plan-goal-rate"),
    path("goals/<uuid:goal_id>/end/", plan.goal_end, name="couple-plan-goal-end"),
    path("sheets/<uuid:sheet_id>/invite/", therapist.sheet_invite, name="sheet-invite"),
    path("assignments/<uuid:assignment_id>/end/", therapist.assignment_end, name="assignment-end"),
    path("flags/", therapist.flags, name="flags"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("instruments/import/", instruments.instrument_import, name="instrument-import"),
    path("instruments/<str:ref>/", instruments.instrument, name="instrument"),
]
