from django.urls import path

from assessments.views import flags, instruments, progress, results, therapist

urlpatterns = [
    path("", therapist.couples, name="couples"),
    path("couples/<uuid:couple_id>/", therapist.couple, name="couple"),
    path("couples/<uuid:couple_id>/assign/", therapist.couple_assign, name="couple-assign"),
    path("couples/<uuid:couple_id>/prepare/", progress.couple_prepare, name="couple-prepare"),
    path("couples/<uuid:couple_id>/progress/", progress.couple_progress, name="couple-progress"),
    path("couples/<uuid:couple_id>/room/", progress.couple_room, name="couple-room"),
    path("couples/<uuid:couple_id>/results/", results.couple_results, name="couple-results"),
    path("couples/<uuid:couple_id>/results/lines/", results.couple_lines, name="couple-lines"),
    path("sheets/<uuid:sheet_id>/invite/", therapist.sheet_invite, name="sheet-invite"),
    path("assignments/<uuid:assignment_id>/end/", therapist.assignment_end, name="assignment-end"),
    path("flags/", flags.flags, name="flags"),
    path("flags/<uuid:flag_id>/", flags.flag, name="flag"),
    path("flags/<uuid:flag_id>/acknowledge/", flags.flag_acknowledge, name="flag-acknowledge"),
    path("flags/<uuid:flag_id>/close/", flags.flag_close, name="flag-close"),
    path("flags/<uuid:flag_id>/reopen/", flags.flag_reopen, name="flag-reopen"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("instruments/import/", instruments.instrument_import, name="instrument-import"),
    path("instruments/<str:ref>/", instruments.instrument, name="instrument"),
]
