"""How people, apps and partner services sign in: allauth's settings; base takes them all."""

import os

from portal.openid import outside_providers, private_keys

ALLAUTH_TRUSTED_PROXY_COUNT = 0  # the proxy's word is taken once, in portal/wsgi.py
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupFields"
ACCOUNT_FORMS = {
    "login": "accounts.signin_forms.LoginForm",
    "signup": "accounts.signin_forms.SignupForm",
    "request_login_code": "accounts.signin_forms.RequestLoginCodeForm",
    "reset_password": "accounts.signin_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.signin_forms.ResetPasswordKeyForm",
    "change_password": "accounts.signin_forms.ChangePasswordForm",
    "set_password": "accounts.signin_forms.SetPasswordForm",
    "add_email": "accounts.signin_forms.AddEmailForm",
    "reauthenticate": "accounts.signin_forms.ReauthenticateForm",
}
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail for every change of a secret
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one replaces it once its code was typed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
# allauth's own limits (per address, account and key, counted in Valkey) stand, but for these:
# each failed sign-in is a guess, and nobody's mailbox is to be filled by others (key: the e-mail).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip,60/h/ip",
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,5/m/key,10/h/key",
    "confirm_email": "1/10s/key,10/h/key",
}
USERSESSIONS_TRACK_ACTIVITY = False  # accounts.middleware.LastSeenMiddleware writes less often
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones go wrong by some seconds
HEADLESS_ENABLED = True
HEADLESS_CLIENTS = ("app", "browser")
# Other houses whose accounts open ours: from the environment, or from the back office.
SOCIALACCOUNT_PROVIDERS = outside_providers(os.environ)
SOCIALACCOUNT_ADAPTER = "accounts.partners.outside_adapters.OutsideAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.signin_forms.OutsideSignupForm"}
# An address that is known already proves nothing: sign in first, then connect.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
# The brand account as an OpenID provider for partner services (accounts/partners/partners.py).
IDP_OIDC_ADAPTER = "accounts.partners.identity_adapters.IdentityAdapter"
IDP_OIDC_PRIVATE_KEYS = private_keys(os.environ)
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 600  # seconds
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 90 * 24 * 3600  # seconds since its last use
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60
IDP_OIDC_ROTATE_REFRESH_TOKEN = True
