from django.urls import path

from assessments.views import last, summary, week
from assessments.views import partner as views

urlpatterns = [
    path("p/", views.start, name="partner-start"),
    path("p/<int:number>/", views.page, name="partner-page"),
    path("p/<int:number>/save/", views.save, name="partner-save"),
    path("p/week/<int:number>/", week.week_page, name="partner-week"),
    path("p/week/save/", week.week_save, name="partner-week-save"),
    path("p/last/", last.intention, name="partner-intention"),
    path("p/last/save/", last.intention_save, name="partner-intention-save"),
    path("p/check/", views.check, name="partner-check"),
    path("p/submit/", views.submit, name="partner-submit"),
    path("p/decline/", views.decline, name="partner-decline"),
    path("p/results/", last.results, name="partner-results"),
    path("p/summary/", summary.summary, name="partner-summary"),
    path("p/done/", views.receipt, name="receipt"),
]
