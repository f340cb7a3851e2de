"""How the API reads bodies."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class WholeTextParser(JSONParser):
    """JSON in UTF-8. Half of a surrogate pair may be written in it as an escape (RFC 8259, section
    8.2), but is no text: it can neither be stored nor said back, and is refused with 400."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The content. Raises ParseError."""
        content = super().parse(stream, media_type, parser_context)
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError("The body holds half of a character: a lone surrogate.") from error
        return content
