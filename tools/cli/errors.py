"""How a verb ends early."""


class Failure(Exception):
    """Something went wrong that the user should read about; the message is for the user."""

    status = 1


class UsageError(Failure):
    """The command line asks for something that does not exist."""

    status = 2


class Interrupted(BaseException):
    """A signal asks for the end. Not an Exception, so that nothing takes it for an error of a step."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.status = 128 + signal_number
