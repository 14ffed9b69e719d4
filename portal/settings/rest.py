"""The API and the document that describes it."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First in line: who sends a partner's token is nothing more, and a call without a sign-in is
        # told how to sign in (401, not 403).
        "accounts.partners.partners_api.PartnerAuthentication",
        "common.rest.authentication.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["common.rest.permissions.HasNamedPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.rest.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "common.rest.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "common.rest.schema.HouseSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "common.rest.throttling.GuestThrottle",
        "common.rest.throttling.PersonThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "1200/min"},
    "NUM_PROXIES": 0,  # the proxy's word is taken once, in portal/wsgi.py
    "EXCEPTION_HANDLER": "common.rest.problems.problem_response",
    "PAGE_SIZE": 25,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "CaseStateEnum": "accounts.models.Case.State",
        "CaseMessageKindEnum": "accounts.models.CaseMessage.Kind",
        "MembershipRoleEnum": "accounts.models.Membership.Role",
        "ReportReasonEnum": "community.models.Report.Reason",
        "CampaignKindEnum": "services.models.Campaign.Kind",
        "CampaignCarStateEnum": "services.models.CampaignCar.State",
        "AppointmentStatusEnum": "services.models.Appointment.Status",
        "EstimateStateEnum": "services.models.Estimate.State",
        "HoldPurposeEnum": "services.models.Hold.Purpose",
        "WayEnum": "services.models.Way",
        "WaitlistStateEnum": "services.models.WaitlistEntry.State",
        "JobStateEnum": "services.models.Job.State",
        "AbsenceReasonEnum": "services.models.Absence.Reason",
        "ClosureReasonEnum": "services.models.Closure.Reason",
        "ResourceKindEnum": "services.models.Resource.Kind",
        "CostEntryKindEnum": "services.models.CostEntry.Kind",
        "ShareOutcomeEnum": "vehicles.models.Share.Outcome",
        "GarageRoleEnum": "vehicles.garage_sharing.CHOICES",
        "SubscriptionStatusEnum": "subscriptions.models.Contract.Status",
        "VatCodeEnum": "subscriptions.models.VatRate.Code",
    },
    "DESCRIPTION": "Garage, plans, workshop and community of the customer portal. Errors are problems by "
    "RFC 9457 with a stable `code`; lists answer `{results, next, previous}`; times carry their offset.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": -1},
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
}
