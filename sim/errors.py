"""The one error a user of the package meets when the input is at fault."""


class InputError(ValueError):
    """A scenario, a line or a request that cannot be used.

    The message is one line. It names the file where there is one, the key, the value
    and what is allowed, so that it can be shown to a user as it stands.
    """
