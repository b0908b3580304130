from django.urls import path

from clients import views, views_consents, views_hand_over, views_holds, views_import

urlpatterns = [
    path("couples/new/", views.couple_new, name="couple-new"),
    path("couples/hand-over/", views_hand_over.couple_hand_over, name="couple-hand-over"),
    path("couples/import/", views_import.couple_import, name="couple-import"),
    path("couples/import/template/", views_import.couple_import_template, name="couple-import-template"),
    path("couples/<uuid:couple_id>/edit/", views.couple_edit, name="couple-edit"),
    path("couples/<uuid:couple_id>/hold/", views_holds.couple_hold, name="couple-hold"),
    path("couples/<uuid:couple_id>/hold/lift/", views_holds.couple_hold_lift, name="couple-hold-lift"),
    path("couples/<uuid:couple_id>/own-results/", views_consents.own_results, name="own-results"),
    path("partners/<uuid:partner_id>/consents/", views_consents.consent_record, name="consent-record"),
    path("partners/<uuid:partner_id>/consents/withdraw/", views_consents.consent_withdraw, name="consent-withdraw"),
    path("partners/<uuid:partner_id>/leaves/", views.partner_leaves, name="partner-leaves"),
    path("partners/<uuid:partner_id>/returns/", views.partner_returns, name="partner-returns"),
]
