from django.urls import path

from assessments.views import ending, instruments, results, sessions, therapist

urlpatterns = [
    path("", therapist.couples, name="couples"),
    path("couples/<uuid:couple_id>/", therapist.couple, name="couple"),
    path("couples/<uuid:couple_id>/close/", ending.couple_close, name="couple-close"),
    path("couples/<uuid:couple_id>/ask-again/", ending.couple_ask_again, name="couple-ask-again"),
    path("couples/<uuid:couple_id>/assign/", therapist.couple_assign, name="couple-assign"),
    path("couples/<uuid:couple_id>/results/", results.couple_results, name="couple-results"),
    path("couples/<uuid:couple_id>/results/lines/", results.couple_lines, name="couple-lines"),
    path("couples/<uuid:couple_id>/sessions/", sessions.couple_sessions, name="couple-sessions"),
    path("couples/<uuid:couple_id>/sessions/new/", sessions.session_new, name="session-new"),
    path("couples/<uuid:couple_id>/sessions/talks/", sessions.talks_plan, name="talks-plan"),
    path("sessions/<uuid:session_id>/", sessions.session_edit, name="session-edit"),
    path("sheets/<uuid:sheet_id>/invite/", therapist.sheet_invite, name="sheet-invite"),
    path("assignments/<uuid:assignment_id>/end/", therapist.assignment_end, name="assignment-end"),
    path("flags/", therapist.flags, name="flags"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("instruments/import/", instruments.instrument_import, name="instrument-import"),
    path("instruments/<str:ref>/", instruments.instrument, name="instrument"),
]
