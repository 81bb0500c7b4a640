"""Identifiers of the form that AWS gives its resources."""

from ministack.core.responses import new_uuid


def resource_id(prefix: str) -> str:
    """An id such as `i-0123456789abcdef0`: a prefix and 17 hexadecimal digits."""
    return f"{prefix}-{new_uuid().replace('-', '')[:17]}"
