import json
from io import BytesIO
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJson(JSONParser):
    """JSON that can be answered in JSON: no lone surrogates, no nesting deeper than Python reads."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # Read whole, as a form is: the limit on what is sent holds, and the request can be gone through again.
        if isinstance(stream, HttpRequest):
            stream = BytesIO(stream.body)
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError) as error:
            raise ParseError("This is not JSON that can be read.") from error
        return data
