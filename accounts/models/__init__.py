"""The brand account: people, organisations, what they may do, what they were told, what they allowed."""

from accounts.models.cases import Case, CaseLink, CaseMessage
from accounts.models.consents import ConsentEntry, ConsentText
from accounts.models.customers import CustomerInvitation, CustomerMerge
from accounts.models.house import Brand, ImportRun, LegalText
from accounts.models.inbox import MailBlock, Notice, NoticePreference, NoticeTimes, PushSubscription
from accounts.models.organisations import MemberInvitation, Membership, Organisation
from accounts.models.partners import Connection, Partner, SpentToken
from accounts.models.people import Address, User, UserManager
from accounts.models.privacy import Erasure, Export, KeptRecord, RetentionRule, RetentionRun
from accounts.models.roles import RoleGrant, RoleGrantQuerySet, StaffInvitation

__all__ = [
    "Address",
    "Brand",
    "Case",
    "CaseLink",
    "CaseMessage",
    "Connection",
    "ConsentEntry",
    "ConsentText",
    "CustomerInvitation",
    "CustomerMerge",
    "Erasure",
    "Export",
    "ImportRun",
    "KeptRecord",
    "LegalText",
    "MailBlock",
    "MemberInvitation",
    "Membership",
    "Notice",
    "NoticePreference",
    "NoticeTimes",
    "Organisation",
    "Partner",
    "PushSubscription",
    "RetentionRule",
    "RetentionRun",
    "RoleGrant",
    "RoleGrantQuerySet",
    "SpentToken",
    "StaffInvitation",
    "User",
    "UserManager",
]
