"""What the pictures that move have in common: named artists, drawn once, that `move` gives other contents."""

from matplotlib.artist import Artist


class Picture:
    """A picture on an axes whose contents can change. An explorer draws it once and then only moves it.

    A subclass draws in `__init__` and keeps each artist that its `move` changes as an attribute, alone or in a list.
    What else it must remember has a name that begins with an underscore.
    """

    @property
    def artists(self) -> list[Artist]:
        """All artists that a move changes."""
        return artists_in([value for name, value in vars(self).items() if not name.startswith("_")])


def artists_in(parts: object) -> list[Artist]:
    """Return the artists of pictures, and of lists and tuples of pictures or artists, as one list."""
    if isinstance(parts, Artist):
        return [parts]
    if isinstance(parts, Picture):
        return parts.artists
    if not isinstance(parts, (list, tuple)):
        raise TypeError(f"only artists and pictures can move, alone or in lists and tuples, but here is {parts!r}.")
    return [artist for part in parts for artist in artists_in(part)]
