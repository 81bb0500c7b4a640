"""AWS::Budgets::Budget, which ministack knows as an API but not as a resource of CloudFormation."""

import json

from ministack.services import budgets
from ministack.services.cloudformation import provisioners

from .identifiers import resource_id


def install() -> None:
    """Adds the handler to ministack's CloudFormation."""
    provisioners._RESOURCE_HANDLERS["AWS::Budgets::Budget"] = {"create": _create, "delete": _delete}


def _create(logical_id: str, props: dict, stack: str) -> tuple[str, dict]:
    budget = dict(props["Budget"])
    budget.setdefault("BudgetName", f"{stack}-{logical_id}-{resource_id('b')}"[:100])
    limit = budget.get("BudgetLimit")
    if limit:
        # A number in templates, a string in the API.
        budget["BudgetLimit"] = {**limit, "Amount": str(limit["Amount"])}
    _check(
        budgets._create_budget(
            {
                "Budget": budget,
                "NotificationsWithSubscribers": props.get("NotificationsWithSubscribers") or [],
                "ResourceTags": props.get("ResourceTags") or [],
            }
        )
    )
    return budget["BudgetName"], {}


def _delete(physical_id: str, _props: dict) -> None:
    # Gone already, by hand or by an earlier attempt: nothing is left to delete.
    if physical_id in budgets._budgets:
        _check(budgets._delete_budget({"BudgetName": physical_id}))


def _check(answer: tuple) -> None:
    status, _headers, body = answer
    if status >= 400:
        raise ValueError(json.loads(body).get("message") or body)
