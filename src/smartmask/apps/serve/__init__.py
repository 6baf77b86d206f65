"""The studio: one local page and its HTTP interface, over the functions that Python and the commands call.

Needs the extra `web`. `app.py` wires it: guards (`security.py`, `transfer.py`) stand before routes, routes
hold no drawing code, work is done by threads (`work.py`), and what was uploaded or drawn is kept in memory
alone (`store.py`). What goes in and out is in docs/HTTP.md.
"""
