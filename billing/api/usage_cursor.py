"""Where a list of usage rows goes on, as text that a program hands back."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from uuid import UUID

from billing.exports.usage import Place
from billing.rating.meters import Meter
from portal.lib.errors import Refusal

LONGEST = 2000  # characters; the attributes of a row are few and short


def written(place: Place) -> str:
    """The place as opaque text."""
    content = [
        place.tenant_id.hex,
        place.resource_id.hex,
        place.meter.value,
        place.day.isoformat(),
        [list(pair) for pair in place.attributes],
        place.generated,
    ]
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def read(text: str) -> Place:
    """The place that `written` wrote. Raises Refusal for anything else."""
    try:
        content = json.loads(urlsafe_b64decode(text[:LONGEST].encode("ascii")))
        tenant_id, resource_id, meter, day, attributes, generated = content
        return Place(
            UUID(tenant_id),
            UUID(resource_id),
            Meter(meter),
            date.fromisoformat(day),
            tuple((str(name), str(value)) for name, value in attributes),
            bool(generated),
        )
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refusal(
            "cursor-invalid",
            "The cursor is not one that was given out here. Leave it out to begin anew.",
            field="cursor",
        ) from error
