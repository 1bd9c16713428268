"""The day so far: a light look at what came since midnight, beside what is published; the nightly run replaces it.

``look`` is the way in. ``delivered`` reads and judges the files of the running day in a folder of its own, ``rows`` and
``marks`` lay them beside the same weekdays before, ``figures``, ``bells`` and ``asked`` ask, ``page`` shows, ``kept``
writes what pages and messages read.
"""
