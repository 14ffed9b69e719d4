"""Where partners' programs knock. The names are allauth's, which asks for some of them."""

from allauth.idp.oidc.views import jwks
from django.urls import include, path

from accounts.partners import identity_token_views as token_views
from accounts.partners import identity_views as views
from accounts.partners.identity_logout_views import SignOut

oidc = (
    [
        path(".well-known/openid-configuration", views.Discovery.as_view(), name="configuration"),
        path(".well-known/jwks.json", jwks, name="jwks"),
        path("identity/o/authorize", views.Authorize.as_view(), name="authorization"),
        path("identity/o/token", token_views.TokenEndpoint.as_view(), name="token"),
        path("identity/o/userinfo", views.UserInfo.as_view(), name="userinfo"),
        path("identity/o/revoke", token_views.Revoke.as_view(), name="revoke"),
        path("identity/o/logout", SignOut.as_view(), name="logout"),
    ],
    "oidc",
)

app_name = "idp"
urlpatterns = [path("", include(oidc))]
