"""How the API reads bodies."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class WholeTextParser(JSONParser):
    """JSON in UTF-8. Half of a surrogate pair may be written in it as an escape (RFC 8259, section
    8.2), but is no text: it can neither be stored nor said back, and is refused with 400. So is
    what is nested deeper than it can be read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The content. Raises ParseError."""
        try:
            content = super().parse(stream, media_type, parser_context)
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError("The body holds half of a character: a lone surrogate.") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deep.") from error
        return content
