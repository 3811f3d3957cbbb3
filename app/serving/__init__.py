"""How the web server meets its callers: a request gets a place at the app when all of it is there.

gunicorn's threads read the requests themselves, so eight callers that send one byte a second would
keep everybody else waiting. Here the main loop collects the head of a request, which costs no
thread; a thread out of many collects the body in a temporary file; and only then the request takes
one of the `threads` places at the app. Who is too slow is answered 408, by the rules of Apache's
mod_reqtimeout: so long in total, and longer the more has come. No thread waits for a caller to hang
up, either.
"""
