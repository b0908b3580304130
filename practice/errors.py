from typing import Any


class DomainError(Exception):
    """A rule said no. `code` is stable and public, the message says what to do next, `status` is for HTTP."""

    code = "refused"
    status = 409
    # Seconds to wait before asking again; None where waiting does not help.
    retry_after: int | None = None

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        faults: list[dict[str, str]] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        self.code = code or self.code
        self.faults = faults or []
        # What a program needs to go on, such as the choices it has; public.
        self.members = members


class InvalidInput(DomainError):
    """What was given does not fit; `faults` name each field, code and detail."""

    code = "invalid"
    status = 422


def fault(field: str, code: str, detail: str) -> dict[str, str]:
    """One entry of `faults`."""
    return {"field": field, "code": code, "detail": detail}
