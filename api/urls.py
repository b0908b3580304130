from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from api.missing import Missing
from api.v1 import (
    assignments,
    couples,
    flags,
    goals,
    instruments,
    joint_reports,
    me,
    partner,
    partner_week,
    plans,
    progress,
    requests,
    results,
    sessions,
    tokens,
)
from practice.access import public

version_1 = [
    path("tokens/", tokens.Tokens.as_view(), name="api-tokens"),
    path("tokens/<uuid:token_id>/", tokens.Token.as_view(), name="api-token"),
    path("me/", me.Me.as_view(), name="api-me"),
    path("couples/", couples.Couples.as_view(), name="api-couples"),
    path("couples/<uuid:couple_id>/", couples.OneCouple.as_view(), name="api-couple"),
    path("couples/<uuid:couple_id>/results/", results.Results.as_view(), name="api-results"),
    path("couples/<uuid:couple_id>/progress/", progress.Progress.as_view(), name="api-progress"),
    path("couples/<uuid:couple_id>/joint-reports/", joint_reports.JointReports.as_view(), name="api-joint-reports"),
    path(
        "couples/<uuid:couple_id>/joint-reports/<uuid:report_id>/pdf/",
        joint_reports.JointReportPdf.as_view(),
        name="api-joint-report-pdf",
    ),
    path(
        "couples/<uuid:couple_id>/joint-reports/<uuid:report_id>/withdraw/",
        joint_reports.WithdrawJointReport.as_view(),
        name="api-joint-report-withdraw",
    ),
    path("couples/<uuid:couple_id>/plan/", plans.Plan.as_view(), name="api-plan"),
    path("couples/<uuid:couple_id>/plan/suggestions/", plans.Suggestions.as_view(), name="api-plan-suggestions"),
    path("couples/<uuid:couple_id>/plan/activities/", plans.Activities.as_view(), name="api-plan-activities"),
    path(
        "couples/<uuid:couple_id>/plan/activities/<uuid:activity_id>/",
        plans.OneActivity.as_view(),
        name="api-plan-activity",
    ),
    path("couples/<uuid:couple_id>/plan/goals/", goals.Goals.as_view(), name="api-plan-goals"),
    path("couples/<uuid:couple_id>/plan/goals/<uuid:goal_id>/", goals.OneGoal.as_view(), name="api-plan-goal"),
    path(
        "couples/<uuid:couple_id>/plan/goals/<uuid:goal_id>/ratings/",
        goals.GoalRatings.as_view(),
        name="api-plan-ratings",
    ),
    path("couples/<uuid:couple_id>/plan/requests/", requests.Requests.as_view(), name="api-plan-requests"),
    path(
        "couples/<uuid:couple_id>/plan/requests/<uuid:request_id>/",
        requests.OneRequest.as_view(),
        name="api-plan-request",
    ),
    path("couples/<uuid:couple_id>/sessions/", sessions.Sessions.as_view(), name="api-sessions"),
    path("couples/<uuid:couple_id>/sessions/<uuid:session_id>/", sessions.OneSession.as_view(), name="api-session"),
    path("couples/<uuid:couple_id>/proposals/", sessions.Proposals.as_view(), name="api-proposals"),
    path("instruments/", instruments.Instruments.as_view(), name="api-instruments"),
    re_path(r"^instruments/(?P<ref>[\w.@-]+)/$", instruments.OneInstrument.as_view(), name="api-instrument"),
    path("assignments/", assignments.Assignments.as_view(), name="api-assignments"),
    path("assignments/<uuid:assignment_id>/", assignments.OneAssignment.as_view(), name="api-assignment"),
    path("assignments/<uuid:assignment_id>/end/", assignments.EndAssignment.as_view(), name="api-assignment-end"),
    path("sheets/<uuid:sheet_id>/invitations/", assignments.Invitations.as_view(), name="api-invitations"),
    path("flags/", flags.Flags.as_view(), name="api-flags"),
    path("flags/<uuid:flag_id>/acknowledge/", flags.AcknowledgeFlag.as_view(), name="api-flag-acknowledge"),
    path("flags/<uuid:flag_id>/close/", flags.CloseFlag.as_view(), name="api-flag-close"),
    path("flags/<uuid:flag_id>/reopen/", flags.ReopenFlag.as_view(), name="api-flag-reopen"),
    path("partner/joint-reports/", joint_reports.OwnJointReports.as_view(), name="api-own-joint-reports"),
    path("partner/open/", partner.OpenLink.as_view(), name="api-open"),
    path("partner/sheets/", partner.Sheets.as_view(), name="api-own-sheets"),
    path("partner/sheets/<uuid:sheet_id>/", partner.Sheet.as_view(), name="api-own-sheet"),
    path("partner/sheets/<uuid:sheet_id>/answers/", partner.SheetAnswers.as_view(), name="api-answers"),
    path("partner/sheets/<uuid:sheet_id>/submit/", partner.SubmitSheet.as_view(), name="api-submit"),
    path("partner/sheets/<uuid:sheet_id>/decline/", partner.DeclineSheet.as_view(), name="api-decline"),
    path("partner/sheets/<uuid:sheet_id>/intention/", partner_week.SheetIntention.as_view(), name="api-intention"),
    path("partner/weeks/<str:monday>/", partner_week.OneWeek.as_view(), name="api-week"),
    path("partner/results/", partner_week.OwnResultsOfPartner.as_view(), name="api-own-results"),
]

urlpatterns = [
    path("v1/", include(version_1)),
    path("schema/", public(SpectacularAPIView.as_view()), name="api-schema"),
    path("docs/", public(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
    re_path("", Missing.as_view(), name="api-missing"),
]
