"""The resources of the Discogs stand-in: what each address answers to whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from tests.standin import discogs_shown as shown
from tests.standin.discogs_listing import Problem, in_order, page_asked, paged
from tests.standin.discogs_shown import Caller, Gallery
from tests.standin.discogs_world import Collector, Json, in_full
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn

MUST_AUTHENTICATE = "You must authenticate to access this resource."
OWNER_ONLY = (
    "You are not allowed to view this resource. Please authenticate as the owner to view this "
    "content."
)
NOT_FOUND = "The requested resource was not found."


class DiscogsApi(StandIn):
    """The world and its addresses.

    `users`, `releases`, `masters`, `artists`, `labels` are the world; a release not in `releases`
    is made from a listed copy, unless its id is in `gone`. `gallery` has the pictures.
    """

    def __init__(self, *users: Collector, port: int = 0) -> None:
        super().__init__(port)
        self.users: list[Collector] = list(users)
        self.releases: dict[int, Json] = {}
        self.masters: dict[int, Json] = {}
        self.artists: dict[int, Json] = {}
        self.labels: dict[int, Json] = {}
        self.gone: set[int] = set()
        self.gallery = Gallery(self.url)
        self._hooks: dict[int, list[Callable[[], object]]] = defaultdict(list)

    def before_page(self, number: int, change: Callable[[], object]) -> None:
        """Call `change` once, just before page `number` of a listing is answered."""
        self._hooks[number].append(change)

    def user(self, name: str) -> Collector:
        """The collector of that name, in any case; Problem 404 if there is none."""
        for user in self.users:
            if user.username.casefold() == name.casefold():
                return user
        raise Problem(404, "User does not exist or may have been deleted.")

    def resource(self, request: Request, caller: Caller) -> Reply:
        """The answer of an address, as `caller` may see it."""
        for pattern, handle in _ROUTES:
            if match := re.fullmatch(pattern, request.path):
                if request.method != "GET":
                    return json_reply({"message": "Method not allowed."}, 405)
                try:
                    return handle(self, request, caller, *match.groups())
                except Problem as problem:
                    return json_reply({"message": str(problem)}, problem.status)
        return json_reply({"message": NOT_FOUND}, 404)

    def _identity(self, request: Request, caller: Caller) -> Reply:
        if caller.user is None:
            raise Problem(401, MUST_AUTHENTICATE)
        user = caller.user
        link = f"{self.url}/users/{user.username}"
        identity = {"id": user.user_id, "username": user.username, "resource_url": link}
        return json_reply(identity | {"consumer_name": "Gatefold"})

    def _profile(self, request: Request, caller: Caller, name: str) -> Reply:
        user = self.user(name)
        link = f"{self.url}/users/{user.username}"
        profile: Json = {
            "id": user.user_id,
            "username": user.username,
            "resource_url": link,
            "collection_folders_url": f"{link}/collection/folders",
            "collection_fields_url": f"{link}/collection/fields",
        }
        if caller.owns(user):
            profile["email"] = f"{user.username}@example.org"
        if caller.owns(user) or not user.private:
            profile["num_collection"] = len(user.items)
        return json_reply(profile)

    def _folders(self, request: Request, caller: Caller, name: str) -> Reply:
        user = self._collection_of(name, caller)
        # "All" first, the rest by name: "Uncategorized" is not second.
        by_name = sorted(user.folders, key=lambda key: user.folders[key].casefold())
        visible = [0, *by_name] if caller.owns(user) else [0]
        return json_reply({"folders": [self._folder_of(user, folder) for folder in visible]})

    def _folder(self, request: Request, caller: Caller, name: str, folder: str) -> Reply:
        user = self._collection_of(name, caller)
        _check_folder(user, caller, int(folder))
        return json_reply(self._folder_of(user, int(folder)))

    def _folder_of(self, user: Collector, folder: int) -> Json:
        return {
            "id": folder,
            "name": user.folders[folder] if folder else "All",
            "count": len(_in_folder(user, folder)),
            "resource_url": f"{self.url}/users/{user.username}/collection/folders/{folder}",
        }

    def _items(self, request: Request, caller: Caller, name: str, folder: str) -> Reply:
        for change in self._hooks.pop(page_asked(request), []):
            change()
        user = self._collection_of(name, caller)
        _check_folder(user, caller, int(folder))
        entries = in_order(_in_folder(user, int(folder)), request)
        return self._listing(request, caller, user, entries)

    def _items_of_release(self, request: Request, caller: Caller, name: str, number: str) -> Reply:
        user = self._collection_of(name, caller)
        entries = [entry for entry in user.items if entry["id"] == int(number)]
        return self._listing(request, caller, user, entries)

    def _listing(
        self, request: Request, caller: Caller, user: Collector, entries: list[Json]
    ) -> Reply:
        def show(entry: Json) -> Json:
            return shown.entry(entry, user, self.gallery, caller)

        return paged(self.url, request, entries, show)

    def _fields(self, request: Request, caller: Caller, name: str) -> Reply:
        user = self._collection_of(name, caller)
        visible = [each for each in user.fields if each["public"] or caller.owns(user)]
        return json_reply({"fields": visible})

    def _value(self, request: Request, caller: Caller, name: str) -> Reply:
        if not caller.owns(self.user(name)):
            raise Problem(403, OWNER_ONLY)
        return json_reply({"minimum": "$75.50", "median": "$100.25", "maximum": "$1,250.00"})

    def _release(self, request: Request, caller: Caller, number: str) -> Reply:
        found = self._find_release(int(number))
        if found is None:
            raise Problem(404, "Release not found.")
        return json_reply(shown.full_release(found, self.gallery, caller))

    def _find_release(self, number: int) -> Json | None:
        if number in self.gone:
            return None
        if number in self.releases:
            return self.releases[number]
        listed = (entry["basic_information"] for user in self.users for entry in user.items)
        return next((in_full(basic) for basic in listed if basic["id"] == number), None)

    def _other(self, request: Request, caller: Caller, kind: str, number: str) -> Reply:
        known: dict[int, Json] = getattr(self, kind)
        if int(number) not in known:
            what = {"masters": "Master Release", "artists": "Artist", "labels": "Label"}[kind]
            raise Problem(404, f"{what} not found.")
        return json_reply(shown.resource(known[int(number)], self.url, kind))

    def _collection_of(self, name: str, caller: Caller) -> Collector:
        user = self.user(name)
        if user.private and not caller.owns(user):
            raise Problem(403, OWNER_ONLY)
        return user


_ROUTES: list[tuple[str, Callable[..., Reply]]] = [
    (r"/oauth/identity", DiscogsApi._identity),
    (r"/users/([^/]+)", DiscogsApi._profile),
    (r"/users/([^/]+)/collection/folders", DiscogsApi._folders),
    (r"/users/([^/]+)/collection/folders/(\d+)", DiscogsApi._folder),
    (r"/users/([^/]+)/collection/folders/(\d+)/releases", DiscogsApi._items),
    (r"/users/([^/]+)/collection/releases/(\d+)", DiscogsApi._items_of_release),
    (r"/users/([^/]+)/collection/fields", DiscogsApi._fields),
    (r"/users/([^/]+)/collection/value", DiscogsApi._value),
    (r"/releases/(\d+)", DiscogsApi._release),
    (r"/(masters|artists|labels)/(\d+)", DiscogsApi._other),
]


def _check_folder(user: Collector, caller: Caller, folder: int) -> None:
    if folder and not caller.owns(user):
        raise Problem(403, OWNER_ONLY)
    if folder and folder not in user.folders:
        raise Problem(404, "The requested folder does not exist.")


def _in_folder(user: Collector, folder: int) -> list[Json]:
    return [entry for entry in user.items if folder in (0, entry["folder_id"])]
