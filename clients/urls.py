from django.urls import path

from clients import views

urlpatterns = [
    path("couples/new/", views.couple_new, name="couple-new"),
    path("couples/<uuid:couple_id>/edit/", views.couple_edit, name="couple-edit"),
    path("partners/<uuid:partner_id>/leaves/", views.partner_leaves, name="partner-leaves"),
    path("partners/<uuid:partner_id>/returns/", views.partner_returns, name="partner-returns"),
]
