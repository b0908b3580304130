class DomainError(Exception):
    """A rule said no. `code` is stable and public, the message says what to do next, `status` is for HTTP."""

    code = "refused"
    status = 409

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        faults: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        self.code = code or self.code
        self.faults = faults or []


class InvalidInput(DomainError):
    """What was given does not fit; `faults` name each field, code and detail."""

    code = "invalid"
    status = 422
