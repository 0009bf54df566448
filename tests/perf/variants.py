"""Requests whose answers can't be spliced from what is stored: hrefs that are signed or written in another way, the source's
own words. `fields` is a class in the shared benchmark."""

import measuring

MODES = {"signed": "asset-href-mode=signed", "hrefs_s3": "asset-href-mode=s3", "source": "profile=source"}
SIGN = """[bench]
allow = s3://sentinel-cogs/
region = us-west-2
access-key-id = AKIAIOSFODNN7EXAMPLE
secret-access-key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""


def flags(folder):
    """What cairnd needs for them."""
    path = folder / "sign.ini"
    path.write_text(SIGN)
    path.chmod(0o600)
    return ["--sign", path]


def make(classes):
    """{class: queries}: ten items of one collection in some year."""
    made = {name: [] for name in MODES}
    for q in classes["paging"]:
        path = f"/search?collections={q['body']['collections'][0]}&datetime={q['body']['datetime']}&limit=10"
        for name, parameter in MODES.items():
            made[name].append({"name": name, "method": "GET", "path": f"{path}&{parameter}", "body": None})
    return made


def check(url, classes, each=20):
    """Text of what is wrong: the items must be those of the plain search, their hrefs as asked."""
    client, wrong = measuring.Client(url), []
    signs = {"signed": "X-Amz-Signature=", "hrefs_s3": "s3://sentinel-cogs/", "source": "https://sentinel-cogs."}
    for name in (n for n in MODES if n in classes):
        seen = 0
        for q in classes[name][:each]:
            page = client.page("GET", q["path"])
            plain = client.page("GET", q["path"].rsplit("&", 1)[0])
            if [f["id"] for f in page["features"]] != [f["id"] for f in plain["features"]]:
                wrong.append(f"{name}: other items than without {MODES[name]}: {q['path']}")
            seen += sum(signs[name] in a["href"] for f in page["features"] for a in f["assets"].values())
        if not seen:
            wrong.append(f"{name}: no href has {signs[name]}")
    return wrong
