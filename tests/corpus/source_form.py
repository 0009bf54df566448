"""Whether `profile=source` gives back what was ingested: an independent reading with Python's json and urllib.

Members are compared by spelling: numbers stay text, keys keep their order and may repeat. Apart from `links`, only hrefs
of assets may differ, and only relative ones, which become absolute.
"""

import json
import re
from urllib.parse import unquote, urljoin


class Number(str):
    """A number as it is spelled: 1.0 is not 1."""


class Members(list):
    """An object: pairs of key and value."""


def exact(text):
    return json.loads(text, object_pairs_hook=Members, parse_float=Number, parse_int=Number, parse_constant=Number)


def last(members, name):
    """The value of a member, the last one when the key repeats."""
    found = [value for key, value in members if key == name]
    return found[-1] if found else None


def is_absolute(href):
    """C:\\x has no scheme: those have two letters at least."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", href) is not None


def base_of(source, file_uri):
    """What relative hrefs resolve against: an absolute self link, else the file."""
    links = last(source, "links") or []
    if isinstance(links, Members):  # before 0.6
        links = [value for _, value in links]
    for link in links:
        if isinstance(link, Members) and last(link, "rel") == "self" and is_absolute(last(link, "href") or ""):
            return last(link, "href")
    return file_uri


def resolve(base, href):
    """urljoin() knows only the schemes that it knows, so it gets http's."""
    href = href.replace("\\", "/")
    if re.match(r"[A-Za-z]:/", href):
        return "file:///" + href
    scheme, rest = base.split(":", 1)
    joined = urljoin("http:" + rest, href)
    return scheme + joined.removeprefix("http")


def same_href(base, before, after):
    if before == after or is_absolute(before) or not before:
        return before == after
    before = before.strip()
    if is_absolute(before):
        return before == after
    return is_absolute(after) and unquote(after) == unquote(resolve(base, before))


def same_asset(base, before, after):
    """An asset or an alternate of one."""
    if not isinstance(before, Members) or not isinstance(after, Members):
        return same(before, after)
    if [key for key, _ in before] != [key for key, _ in after]:
        return False
    for (key, old), (_, new) in zip(before, after):
        if key == "href" and isinstance(old, str) and isinstance(new, str):
            if not same_href(base, old, new):
                return False
        elif key == "alternate" and isinstance(old, Members):
            if not same_assets(base, old, new):
                return False
        elif not same(old, new):
            return False
    return True


def same_assets(base, before, after):
    if not isinstance(before, Members) or not isinstance(after, Members):
        return same(before, after)
    return [key for key, _ in before] == [key for key, _ in after] and all(
        same_asset(base, old, new) for (_, old), (_, new) in zip(before, after)
    )


def same(before, after):
    """Equal, and of the same types: Number("1") is not "1"."""
    if type(before) is not type(after):
        return False
    if isinstance(before, Members):
        return len(before) == len(after) and all(
            k == l and same(v, w) for (k, v), (l, w) in zip(before, after)
        )
    if isinstance(before, list):
        return len(before) == len(after) and all(map(same, before, after))
    return before == after


def difference(source_text, served_text, file_uri):
    """What is not as it was, in words; None when all is well."""
    source, served = exact(source_text), exact(served_text)
    base = base_of(source, file_uri)
    before = [member for member in source if member[0] != "links"]
    after = [member for member in served if member[0] != "links"]
    if [key for key, _ in before] != [key for key, _ in after]:
        return f"members {[key for key, _ in before]} became {[key for key, _ in after]}"
    for (key, old), (_, new) in zip(before, after):
        equal = same_assets(base, old, new) if key in ("assets", "item_assets") else same(old, new)
        if not equal:
            return f"/{key}: {json.dumps(old)[:300]} became {json.dumps(new)[:300]}"
    return None
