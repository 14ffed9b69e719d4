from subscriptions.models.catalogue import UNITS, Plan, PlanVersion
from subscriptions.models.contracts import Contract, ContractVersion
from subscriptions.models.declarations import Declaration, DeclarationAnswer

__all__ = ["UNITS", "Contract", "ContractVersion", "Declaration", "DeclarationAnswer", "Plan", "PlanVersion"]
