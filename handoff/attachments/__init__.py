"""Files of citizens and operators: stored at once, looked at before anybody opens them."""

from handoff.attachments.intake import put, safe_name, shown

__all__ = ["put", "safe_name", "shown"]
