from django.urls import include, path

from practice import views, views_archive, views_team

urlpatterns = [
    path("health/live/", views.live, name="live"),
    path("health/ready/", views.ready, name="ready"),
    path("choose/", views.choose_practice, name="choose-practice"),
    path("practice/", views.practice_settings, name="practice-settings"),
    path("practice/team/", views_team.team, name="team"),
    path("practice/team/cover/", views_team.team_cover, name="team-cover"),
    path("practice/team/leave/", views_team.team_leave, name="team-leave"),
    path("practice/team/leave/end/", views_team.team_leave_end, name="team-leave-end"),
    path("practice/archives/", views_archive.archives, name="practice-archives"),
    path("practice/archives/<uuid:archive_id>/", views_archive.archive, name="practice-archive"),
    path("practice/archives/<uuid:archive_id>/file/", views_archive.archive_offer, name="practice-archive-offer"),
    path("practice/archives/<uuid:archive_id>/again/", views_archive.archive_again, name="practice-archive-again"),
    path("practice/archives/<uuid:archive_id>/remove/", views_archive.archive_remove, name="practice-archive-remove"),
    path("downloads/<uuid:download_id>/", views.download, name="download"),
    path("accounts/", include("allauth.urls")),
    path("api/", include("api.urls")),
    path("", include("clients.urls")),
    path("", include("assessments.urls")),
    path("", include("clients.partner_urls")),
    path("", include("assessments.partner_urls")),
]
