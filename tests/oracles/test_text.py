"""Free text compared with two others: SQLite's FTS5, and a plain matcher in Python over unicodedata.

The program under test is cairn_text_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import itertools
import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import time
import unicodedata

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_text_tool"
SAMPLE = ROOT / "tests" / "data" / "corpus-sample.ndjson"
SEPARATOR = "¬"
WORD_BYTES = 256

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")


def run(documents, queries):
    """The words of the documents, and an answer for each query."""
    lines = [json.dumps(line) for line in [documents, *queries]]
    done = subprocess.run([TOOL], input="\n".join(lines).encode(), capture_output=True, check=True)
    words, *answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(words) == len(documents) and len(answers) == len(queries)
    return words, answers


# ---- the same in Python


def cut(word):
    return word.encode()[:WORD_BYTES].decode(errors="ignore")


def words_of(text):
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M")
    apart = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain)
    return [cut(word) for word in apart.casefold().split()]


def fields_of(document):
    keywords = document.get("keywords")
    texts = [document.get(key) for key in ("id", "title", "description")]
    texts += keywords if isinstance(keywords, list) else [keywords]
    fields = [words_of(text) for text in texts if isinstance(text, str)]
    return [words for words in fields if words]


def has(fields, phrase):
    starts = ((words, i) for words in fields for i in range(len(words) - len(phrase) + 1))
    return any(words[i : i + len(phrase)] == phrase for words, i in starts)


class Texts:
    """Documents, as fields of words."""

    def __init__(self, documents):
        self.fields = [fields_of(document) for document in documents]
        self.all = frozenset(range(len(documents)))
        self.known = {}

    def printed(self):
        return [f" {SEPARATOR} ".join(" ".join(words) for words in fields) for fields in self.fields]

    def with_phrase(self, text):
        if text not in self.known:
            phrase = words_of(text)
            self.known[text] = frozenset(i for i, fields in enumerate(self.fields) if has(fields, phrase))
        return self.known[text]

    def hits(self, node):
        """Those that the query matches: a tree as below."""
        kind, inside = node
        if kind == "phrase":
            return self.with_phrase(inside)
        found = {sign: [self.hits(part) for s, part in inside if s == sign] for sign in ("", "+", "-")}
        if kind == "and" or found["+"] or not found[""]:
            wanted = self.all.intersection(*found["+"], *(found[""] if kind == "and" else []))
        else:
            wanted = frozenset().union(*found[""])
        return wanted.difference(*found["-"])


# A query is made as a tree, and written down from it: ("list", [(sign, operand), ...]), ("and", [(sign, part), ...])
# or ("phrase", text).


def spell(node, dice):
    kind, inside = node
    if kind == "phrase":
        bare = re.fullmatch(r"[^\s,()+-][^\s,()]*", inside) and inside not in ("AND", "OR")
        return inside if bare and dice.random() < 0.7 else f'"{inside}"'
    if kind == "and":
        return " AND ".join(sign + spell_part(part, dice) for sign, part in inside)
    pieces = [sign + (spell(part, dice) if part[0] == "and" else spell_part(part, dice)) for sign, part in inside]
    text = pieces[0]
    for piece in pieces[1:]:
        text += dice.choice([" ", " OR ", ",", ", ", " & ", "\t"]) + piece
    return text


def spell_part(node, dice):
    return spell(node, dice) if node[0] == "phrase" else f"({spell(node, dice)})"


SIGNS = ["", "", "", "+", "-"]


def draw_part(dice, vocabulary, depth):
    if depth == 0 or dice.random() < 0.75:
        return ("phrase", " ".join(dice.choice(vocabulary) for _ in range(dice.choice([1, 1, 1, 2, 2, 3]))))
    return draw_list(dice, vocabulary, depth - 1)


def draw_and(dice, vocabulary, depth):
    n = dice.choice([2, 2, 3])
    return ("and", [(dice.choice(SIGNS), draw_part(dice, vocabulary, depth)) for _ in range(n)])


def draw_list(dice, vocabulary, depth):
    operands = []
    for _ in range(dice.choice([1, 2, 2, 3, 4])):
        if dice.random() < 0.3:
            operands.append(("", draw_and(dice, vocabulary, depth)))
        else:
            operands.append((dice.choice(SIGNS), draw_part(dice, vocabulary, depth)))
    return ("list", operands)


# ---- FTS5


class Index:
    """As schema/002_properties.sql has it."""

    def __init__(self, words):
        self.db = sqlite3.connect(":memory:")
        try:
            self.db.execute("CREATE VIRTUAL TABLE t USING fts5(words, content='', columnsize=0, tokenize='ascii')")
        except sqlite3.OperationalError as error:
            pytest.skip(f"this Python's SQLite has no FTS5: {error}")
        self.db.executemany("INSERT INTO t(rowid, words) VALUES(?, ?)", enumerate(words))
        self.n = len(words)

    def matches(self, answer):
        rows = self.db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", [answer["fts5"]])
        hits = [row[0] for row in rows]
        return sorted(set(range(self.n)) - set(hits)) if answer["all_but"] else hits


# ---- many queries

# Few words, so that phrases meet; odd ones: folded, several words in one, operators, cut where others might not.
VOCABULARY = ["a", "b", "c", "d", "ab", "Ärger", "STRASSE", "straße", "sentinel-2", "x_1", "AND", "OR", "NOT", "NEAR"]
VOCABULARY += ["衛星画像", "Ⅷ", "ﬁre", "e\u0301t\u00e9", "b*", "^a", "words:a", "İ", "a\u200db", "9", "²", "¬"]


def draw_text(dice, n):
    glue = [" ", " ", " ", "-", ". ", "/", "\n", "\u3000", " ¬ ", "'", '"', "\0"]
    return "".join(dice.choice(VOCABULARY) + dice.choice(glue) for _ in range(n))


def draw_document(dice):
    document = {"id": draw_text(dice, dice.choice([0, 1, 2]))}
    for key in ("title", "description"):
        if dice.random() < 0.7:
            document[key] = draw_text(dice, dice.randrange(6))
    if dice.random() < 0.7:
        document["keywords"] = [draw_text(dice, dice.randrange(3)) for _ in range(dice.randrange(4))]
    return document


def test_random_queries_against_fts5_and_python():
    dice = random.Random(1)
    documents = [draw_document(dice) for _ in range(150)] + [{"id": ""}]
    trees = [draw_list(dice, VOCABULARY, dice.choice([0, 1, 2, 3])) for _ in range(8000)]
    trees = [tree for tree in trees if worded(tree)]
    queries = [spell(tree, dice) for tree in trees]
    words, answers = run(documents, queries)
    texts = Texts(documents)
    assert words == texts.printed()
    index = Index(words)
    some = all_but = 0
    for tree, query, answer in zip(trees, queries, answers):
        assert "matches" in answer, (query, answer)
        want = sorted(texts.hits(tree))
        assert answer["matches"] == want, (query, answer["fts5"])
        assert index.matches(answer) == want, (query, answer["fts5"])
        some += 0 < len(want) < len(documents)
        all_but += answer["all_but"]
    assert len(trees) > 5000 and some > 3000 and all_but > 200, (len(trees), some, all_but)


def worded(node):
    """Whether every phrase has a word: others are passed over."""
    return bool(words_of(node[1])) if node[0] == "phrase" else all(worded(part) for _, part in node[1])


def test_arrays_of_phrases():
    dice = random.Random(2)
    documents = [draw_document(dice) for _ in range(100)]
    texts = Texts(documents)
    queries = [[draw_text(dice, dice.choice([1, 1, 2])) for _ in range(dice.choice([1, 2, 3]))] for _ in range(500)]
    queries = [query for query in queries if any(words_of(phrase) for phrase in query)]
    words, answers = run(documents, queries)
    index = Index(words)
    for query, answer in zip(queries, answers):
        want = sorted(texts.hits(("list", [("", ("phrase", phrase)) for phrase in query if words_of(phrase)])))
        assert answer["matches"] == want == index.matches(answer), query


def old_characters():
    """All that Unicode 3.2 had: later versions of the tables, which ones is not known here, agree on these."""
    old = unicodedata.ucd_3_2_0
    return [chr(i) for i in range(0x110000) if old.category(chr(i)) not in ("Cn", "Cs")]


def test_every_character_is_folded_as_python_does():
    documents = [{"id": f"x{c}y {c}"} for c in old_characters()]
    words, _ = run(documents, [])
    wrong = {
        hex(ord(document["id"][1])): (got, want)
        for document, got in zip(documents, words)
        if got != (want := " ".join(words_of(document["id"])))
    }
    assert len(documents) > 90000 and wrong == {}


def test_words_of_real_items():
    documents = []
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        documents.append({**item.get("properties", {}), "id": item["id"]})
    words, _ = run(documents, [])
    assert words == Texts(documents).printed()


def test_values_of_other_kinds_have_no_words():
    documents = [
        {"id": "a", "title": None, "description": 1, "keywords": ["b", 2, None, ["c"], {"d": "e"}]},
        {"id": "a", "title": {"de": "b"}, "keywords": "b, c"},
        {"id": "", "title": "..."},
    ]
    assert run(documents, [])[0] == [f"a {SEPARATOR} b", f"a {SEPARATOR} b c", ""]


# ---- examples

EXAMPLES = [
    ("sentinel", [0, 1, 4]),
    ('"climate model"', [2]),
    ("climate model", [1, 2, 3]),
    ("climate OR model", [1, 2, 3]),
    ("climate AND model", [1, 2]),
    ("(quick OR brown) AND fox", [5, 6]),
    ("quick OR brown AND fox", [5, 6, 7]),
    ("quick +brown -fox", []),
    ("+brown quick", [5]),
    ("-fox brown", []),
    ("-fox -sentinel", [2, 3, 7]),
    ("EO,Earth Observation", [0, 4]),
    (["EO", "Earth Observation"], [0]),
    ("sentinel-2", [0]),
    ("2-sentinel", []),
    ("sentinel AND -(climate, earth)", []),
    ("-(sentinel -climate)", [1, 2, 3, 5, 6, 7]),
    ("and", [1]),
    ('"AND"', [1]),
    ("CLIMATE, & - +", [1, 2, 3]),
    ("observation sentinel", [0, 1, 4]),
    ('"observation sentinel"', []),
]
TEXTS = [
    {"id": "Sentinel-2", "title": "Earth Observation (EO)"},
    {"id": "s", "description": "Sentinel and climate", "keywords": ["the model"]},
    {"id": "m", "title": "Climate Model"},
    {"id": "t", "title": "climate"},
    {"id": "sentinel", "keywords": ["earth", "observation"]},
    {"id": "q", "title": "the brown fox"},
    {"id": "f", "title": "quick fox"},
    {"id": "d", "title": "quick dog"},
]


def test_examples():
    words, answers = run(TEXTS, [query for query, _ in EXAMPLES])
    index = Index(words)
    for (query, want), answer in zip(EXAMPLES, answers):
        assert answer.get("matches") == want == index.matches(answer), (query, answer)


FAULTS = [
    ("", "invalid", 0, "no word"),
    (" , & \t", "invalid", 6, "no word"),
    ('a "b c', "invalid", 2, "not closed"),
    ('"', "invalid", 0, "not closed"),
    ("(a b", "invalid", 0, "not closed"),
    ("a (b (c)", "invalid", 2, "not closed"),
    ("a)", "invalid", 1, "no '('"),
    ("()", "invalid", 1, "expected"),
    ("a AND", "invalid", 5, "found the end"),
    ("AND a", "invalid", 0, "found AND"),
    ("a OR OR b", "invalid", 5, "found OR"),
    ("a OR", "invalid", 4, "found the end"),
    ("(a AND ) b", "invalid", 7, "found ')'"),
    ('a AND "..."', "invalid", 11, "found the end"),
    (" ".join(["a"] * 101), "too large", 200, "more than 100"),
    ("(" * 17 + "a" + ")" * 17, "too large", 16, "nested"),
    ("a" * 4097, "too large", -1, "4096"),
    (["a" * 2048, "b" * 2049], "too large", -1, "4096"),
    (["a"] * 101, "too large", -1, "more than 100"),
    ([], "invalid", -1, "no word"),
    (["", "-"], "invalid", -1, "no word"),
    ([1], "invalid", -1, "expected a string or an array"),
    (1, "invalid", -1, "expected a string or an array"),
    ({"a": 1}, "invalid", -1, "expected a string or an array"),
    (None, "invalid", -1, "expected a string or an array"),
]


def test_faults():
    _, answers = run([], [query for query, *_ in FAULTS])
    for (query, code, byte, message), answer in zip(FAULTS, answers):
        assert answer.get("code") == code and answer["parameter"] == "q", (query, answer)
        assert answer["byte"] == byte and message in answer["message"], (query, answer)


def test_just_within_the_limits():
    queries = [" ".join(["a"] * 100), "(" * 16 + "a" + ")" * 16, "a" * 4096, ["a" * 2048, "b" * 2048]]
    words, answers = run([{"id": "a"}, {"id": "A" * 4096}, {"id": "画" * 1000}], [*queries, "画" * 1000])
    assert [answer["matches"] for answer in answers] == [[0], [0], [1], [1], [2]]
    assert words == ["a", "a" * WORD_BYTES, "画" * (WORD_BYTES // 3)]
    index = Index(words)
    assert [index.matches(answer) for answer in answers] == [answer["matches"] for answer in answers]


def test_deep_queries_are_taken_by_fts5():
    """Its parser has a small stack; a level may be spelled in ways that need more or less of it."""
    inside = ["{}({{}})", "a AND {}({{}})", "-a AND {}({{}})", "a AND -b AND {}({{}})"]
    beside = ["", " b -c", " (-b)", " (-b) c -d", " -b AND -c d", " +b -c", " b AND c, -d AND e -f"]
    levels = [part.format(sign) + rest for part in inside for sign in ("", "-", "+") for rest in beside]
    queries = []
    for odd, even in itertools.product(levels, levels):
        query = "a"
        for i in range(16):
            query = (odd if i % 2 else even).format(query)
        queries.append(query)
    words, answers = run([{"id": text} for text in ("a", "b c", "a b e", "d", "")], queries)
    index = Index(words)
    taken = [(query, answer) for query, answer in zip(queries, answers) if answer.get("code") != "too large"]
    assert len(taken) > 6000
    for query, answer in taken:
        assert index.matches(answer) == answer["matches"], query


def test_hostile_texts_take_no_time():
    texts = [{"id": "x", "description": text} for text in ("a " * 500000 + "b", "a" * 1000000, "\u0301" * 500000)]
    queries = [" ".join(['"' + "a " * 18 + f'c{i}"' for i in range(90)]), '"' + "a " * 2040 + 'c"']
    start = time.monotonic()
    _, answers = run(texts, queries)
    assert [answer["matches"] for answer in answers] == [[], []]
    assert time.monotonic() - start < 20
