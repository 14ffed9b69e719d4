from subscriptions.models.catalogue import Plan, PlanVersion
from subscriptions.models.contracts import Contract, ContractVersion
from subscriptions.models.declarations import Declaration, DeclarationAnswer

__all__ = ["Contract", "ContractVersion", "Declaration", "DeclarationAnswer", "Plan", "PlanVersion"]
