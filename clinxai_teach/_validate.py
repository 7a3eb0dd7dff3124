"""Checks of arguments, shared by all helpers: each names the argument, what came, and what to do."""

import numbers

import numpy as np


def positive_int(name, value, *, minimum=1):
    """Return `value` as an int of at least `minimum`.

    Raises TypeError for anything that is not a whole number (True and 3.0 included), ValueError below `minimum`.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{name} must be a whole number, but got {value!r}. Pass an int such as {name}={max(minimum, 1)}."
        )
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, but got {value}.")
    return int(value)


def one_of(name, value, allowed):
    """Return `value` if it is one of `allowed`; otherwise raise a ValueError that lists them."""
    if value not in allowed:
        names = ", ".join(repr(option) for option in allowed)
        raise ValueError(f"{name} must be one of {names}, but got {value!r}.")
    return value


def finite_array(name, values, *, ndim=None):
    """Return `values` as a float64 array without NaN or infinity.

    `ndim` is the number of dimensions asked for, or a tuple of those allowed. Raises TypeError where the values
    are not numbers and ValueError for an empty array, NaN, infinity, or another number of dimensions.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must hold numbers only, but got {type(values).__name__}: {error}.") from None
    allowed = (ndim,) if isinstance(ndim, int) else ndim
    if allowed is not None and array.ndim not in allowed:
        wanted = " or ".join(str(number) for number in allowed)
        raise ValueError(f"{name} must have {wanted} dimension(s), but its shape is {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{name} is empty. Pass at least one value.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values. Remove or impute them first.")
    return array
