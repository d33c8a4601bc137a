"""The one exception for an environment that cannot serve: a missing tool, font, file or right."""


class ZcfError(Exception):
    """Carries a Chinese message and, where there is one, the act that mends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def why(error: OSError) -> str:
    """In Chinese why a file could not be opened; of rare reasons the system's own words."""
    if isinstance(error, FileNotFoundError):
        return "文件不存在"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹，请写其中的文件"
    if isinstance(error, PermissionError):
        return "没有权限"
    return str(error.strerror or type(error).__name__)
