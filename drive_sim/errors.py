"""The one exception that means "the user's input is at fault"."""


class InputError(ValueError):
    """Bad input: the message is one line that says what is wrong, where, and what to do.

    `cli.py` prints it and exits with code 2; a traceback is shown with `--debug` only.
    """
