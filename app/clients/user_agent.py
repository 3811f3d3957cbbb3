"""How we introduce ourselves where the form of it is looked at."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"(?P<name>\S+/\S+)\s+\+(?P<contact>\S.*)", re.ASCII)


def with_contact_in_brackets(user_agent: str) -> str:
    """ "Gatefold/1.0 +https://…" as "Gatefold/1.0 ( https://… )"; others as they are.

    MusicBrainz asks for this form, Wikimedia for one much like it.
    https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
    https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
    """
    told = _PLAIN.fullmatch(user_agent.strip())
    return f"{told['name']} ( {told['contact'].strip()} )" if told else user_agent
