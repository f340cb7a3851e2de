"""What is wrong with a thing, as the dashboards of tenants and provider say it of its name."""

from networking.models import Change, Host, Site


def of_change(row: Change) -> str:
    """Of a change that is held up."""
    what = "is blocked" if row.state == Change.State.BLOCKED else "waits"
    return f"{what}: {row.reason or 'no reason known'}"


def of_site(row: Site) -> str:
    """Of a site whose session is down."""
    why = f": {row.session_reason}" if row.session_reason else ""
    return f"is down ({row.session_state}){why}"


def of_host(row: Host) -> str:
    """Of a silent host."""
    return f"is silent since {row.silent_since:%H:%M} UTC"
