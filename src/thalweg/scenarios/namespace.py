"""The few array functions that the equations need, over any array library and over plain numbers.

A value of the model is an array over runs or a plain ``float`` that all runs share (a lever, a fixed parameter). Plain floats never reach
the array library: ``numpy.log(3.0)`` is a 64-bit scalar and would turn 32-bit arrays into 64-bit ones. The same dispatch lets one run of
floats alone go through the same equations, which is the scalar version that other tools drive.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any
"""An array over runs, or a float that all runs share."""


class Ops:
    """Elementary functions of one array library."""

    __slots__ = ("_exp", "_log", "_maximum", "_minimum", "_tanh", "_where", "library")

    def __init__(self, library: Any) -> None:
        self.library = library
        self._exp, self._log, self._tanh = library.exp, library.log, library.tanh
        self._minimum, self._maximum, self._where = library.minimum, library.maximum, library.where

    def exp(self, x: Array) -> Array:
        """Return e to the power of x."""
        return math.exp(x) if type(x) is float else self._exp(x)

    def log(self, x: Array) -> Array:
        """Return the natural logarithm."""
        return math.log(x) if type(x) is float else self._log(x)

    def tanh(self, x: Array) -> Array:
        """Return the hyperbolic tangent."""
        return math.tanh(x) if type(x) is float else self._tanh(x)

    def minimum(self, x: Array, y: Array) -> Array:
        """Return the smaller of two values."""
        return min(x, y) if type(x) is float and type(y) is float else self._minimum(x, y)

    def maximum(self, x: Array, y: Array) -> Array:
        """Return the larger of two values."""
        return max(x, y) if type(x) is float and type(y) is float else self._maximum(x, y)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        """Return x where the condition holds, else y; a condition on floats alone is a plain truth value."""
        if type(condition) is bool:
            return x if condition else y
        return self._where(condition, x, y)


class ScalarOps:
    """The same functions over floats alone: one run at a time, no array library."""

    __slots__ = ()
    library = None
    exp, log, tanh = staticmethod(math.exp), staticmethod(math.log), staticmethod(math.tanh)

    @staticmethod
    def minimum(x: float, y: float) -> float:
        """Return the smaller of two numbers."""
        return min(y, x)

    @staticmethod
    def maximum(x: float, y: float) -> float:
        """Return the larger of two numbers."""
        return max(y, x)

    @staticmethod
    def where(condition: bool, x: float, y: float) -> float:
        """Return x where the condition holds, else y."""
        return x if condition else y


Xp = Ops | ScalarOps


def ops_of(sample: Array) -> Xp:
    """Return the functions for values like ``sample``: NumPy, a float, or any library of the array API standard (JAX, CuPy, Torch)."""
    return ScalarOps() if isinstance(sample, float) else Ops(library_of(sample))


def library_of(sample: Array) -> Any:
    """Return the functions of the array library that a value belongs to, under the names of the array API standard."""
    if isinstance(sample, np.ndarray):
        return np
    if hasattr(sample, "__array_namespace__"):
        return sample.__array_namespace__()
    from array_api_compat import array_namespace

    return array_namespace(sample)


def on_host(values: Array) -> np.ndarray:
    """Return values of any array library as a NumPy array, copied from the accelerator if they lie on one."""
    try:
        return np.asarray(values)
    except TypeError:  # CuPy and Torch copy from an accelerator only when asked
        from array_api_compat import to_device

        return np.asarray(to_device(values, "cpu"))


def is_off(lever: Array) -> bool:
    """Whether a lever is zero in every run, so that what it does can be left out."""
    return type(lever) is float and lever == 0.0
