"""What the workshop has, what is booked, and what happens at a visit."""

from services.models.allocations import Absence, Allocation, Displacement, Hold, WaitlistEntry
from services.models.catalogue import BayType, ServiceType, Skill, SymptomQuestion
from services.models.centres import Centre, Closure, ExtraOpening, OpeningHours, Weekday
from services.models.checks import CheckItem, CheckResult, Finding
from services.models.estimates import CostEntry, Estimate, EstimateLine
from services.models.orders import DamageMark, LoanHandover, RepairOrder, TyreSet
from services.models.progress import CalendarFeed, PromiseChange, StatusChange, Thanks, VisitMessage
from services.models.resources import Qualification, Resource, Shift
from services.models.upkeep import Campaign, CampaignCar, Upkeep
from services.models.visits import Appointment, Job, JobTime, Way

__all__ = [
    "Absence",
    "Allocation",
    "Appointment",
    "BayType",
    "CalendarFeed",
    "Campaign",
    "CampaignCar",
    "Centre",
    "CheckItem",
    "CheckResult",
    "Closure",
    "CostEntry",
    "DamageMark",
    "Displacement",
    "Estimate",
    "EstimateLine",
    "ExtraOpening",
    "Finding",
    "Hold",
    "Job",
    "JobTime",
    "LoanHandover",
    "OpeningHours",
    "PromiseChange",
    "Qualification",
    "RepairOrder",
    "Resource",
    "ServiceType",
    "Shift",
    "Skill",
    "StatusChange",
    "SymptomQuestion",
    "Thanks",
    "TyreSet",
    "Upkeep",
    "VisitMessage",
    "WaitlistEntry",
    "Way",
    "Weekday",
]
