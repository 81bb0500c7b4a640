"""`Ref` of a secret is its ARN, as in AWS; ministack gives the name, and every policy that names the ARN matches nothing."""

from ministack.services.cloudformation import provisioners


def install() -> None:
    """Wraps ministack's handler of AWS::SecretsManager::Secret."""
    handlers = provisioners._RESOURCE_HANDLERS
    original = dict(handlers["AWS::SecretsManager::Secret"])

    def by_arn(name: str, attributes: dict) -> tuple[str, dict]:
        return provisioners._sm._resolve(name)[1]["ARN"], attributes

    def name_of(physical_id: str) -> str:
        record = provisioners._sm._resolve(physical_id)[1] or {}
        return record.get("Name", physical_id)

    def update(physical_id, old, new, stack, logical_id=None):
        return by_arn(*original["update"](name_of(physical_id), old, new, stack, logical_id))

    handlers["AWS::SecretsManager::Secret"] = {
        "create": lambda logical_id, props, stack: by_arn(*original["create"](logical_id, props, stack)),
        "update": update,
        "update_with_logical_id": True,
        "delete": lambda physical_id, props: original["delete"](name_of(physical_id), props),
    }
