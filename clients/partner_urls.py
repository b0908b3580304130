from django.urls import path

from clients import views_own_page
from clients import views_partner as views

urlpatterns = [
    path("f/", views.link_open, name="link-open"),
    path("f/<str:key>/", views.link, name="link"),
    path("p/help/", views.help_lines, name="partner-help"),
    path("p/me/", views_own_page.me, name="partner-me"),
    path("p/leave/", views.leave, name="partner-leave"),
]
