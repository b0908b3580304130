from django.urls import include, path

from practice import views

urlpatterns = [
    path("health/live/", views.live, name="live"),
    path("health/ready/", views.ready, name="ready"),
    path("choose/", views.choose_practice, name="choose-practice"),
    path("accounts/", include("allauth.urls")),
]
