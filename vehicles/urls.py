from django.urls import path

from vehicles import claim_views, people_views, sharing_views, staff_views, transfer_views, views

app_name = "vehicles"
urlpatterns = [
    path("garage/", views.Home.as_view(), name="home"),
    path("garage/add/", views.VehicleAdd.as_view(), name="vehicle-add"),
    path("garage/incoming/", views.Incoming.as_view(), name="incoming"),
    path("garage/people/", people_views.People.as_view(), name="people"),
    path("garage/people/invite/", people_views.GarageShare.as_view(), name="garage-share"),
    path("garage/shares/<int:pk>/change/", people_views.ShareChange.as_view(), name="share-change"),
    path("garage/<int:pk>/", views.VehicleDetail.as_view(), name="vehicle-detail"),
    path("garage/<int:pk>/edit/", views.VehicleEdit.as_view(), name="vehicle-edit"),
    path("garage/<int:pk>/photo/", views.VehiclePhoto.as_view(), name="vehicle-photo"),
    path("garage/<int:pk>/photo/remove/", views.PhotoRemove.as_view(), name="photo-remove"),
    path("garage/<int:pk>/release/", transfer_views.VehicleRelease.as_view(), name="vehicle-release"),
    path("garage/<int:pk>/transfer/", transfer_views.TransferOffer.as_view(), name="transfer-offer"),
    path("garage/<int:pk>/access/", sharing_views.VehicleAccess.as_view(), name="vehicle-access"),
    path("garage/transfers/<int:pk>/", transfer_views.TransferDetail.as_view(), name="transfer-detail"),
    path("garage/transfers/<int:pk>/accept/", transfer_views.Accept.as_view(), name="transfer-accept"),
    path("garage/transfers/<int:pk>/refuse/", transfer_views.Refuse.as_view(), name="transfer-refuse"),
    path("garage/transfers/<int:pk>/withdraw/", transfer_views.Withdraw.as_view(), name="transfer-withdraw"),
    path("garage/shares/<int:pk>/accept/", sharing_views.ShareAccept.as_view(), name="share-accept"),
    path("garage/shares/<int:pk>/refuse/", sharing_views.ShareRefuse.as_view(), name="share-refuse"),
    path("garage/shares/<int:pk>/end/", sharing_views.ShareEnd.as_view(), name="share-end"),
    path("garage/claim/", claim_views.ClaimCreate.as_view(), name="claim-create"),
    path("garage/claims/<int:pk>/", claim_views.ClaimDetail.as_view(), name="claim-detail"),
    path("garage/claims/<int:pk>/object/", claim_views.ClaimObject.as_view(), name="claim-object"),
    path("garage/claims/<int:pk>/agree/", claim_views.ClaimAgree.as_view(), name="claim-agree"),
    path("garage/claims/<int:pk>/withdraw/", claim_views.ClaimWithdraw.as_view(), name="claim-withdraw"),
    path("staff/claims/", claim_views.StaffClaims.as_view(), name="staff-claims"),
    path("staff/claims/<int:pk>/", claim_views.StaffClaim.as_view(), name="staff-claim"),
    path("staff/vehicles/", staff_views.Vehicles.as_view(), name="staff-home"),
    path("staff/vehicles/hand-over/", staff_views.HandOver.as_view(), name="staff-hand-over"),
    path("staff/vehicles/<int:pk>/", staff_views.StaffVehicle.as_view(), name="staff-vehicle"),
    path("staff/vehicles/<int:pk>/code/", staff_views.NewCode.as_view(), name="staff-code"),
]
