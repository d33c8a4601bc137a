"""The one exception for an environment that cannot serve: a missing tool, font, file or right."""


class ZcfError(Exception):
    """Carries a Chinese message and, where there is one, the act that mends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
