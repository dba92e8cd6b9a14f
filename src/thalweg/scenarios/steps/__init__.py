"""The equations, one pure function a step.

Each docstring begins with the equation's number and holds its formula, units and source; the equation list of the documentation is made of
them.
"""
