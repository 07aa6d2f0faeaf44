"""The model for names, fitted; and what it says of texts that it was not fitted to.

    gate_names.py LOOKER PROGRAM DATA [--fit SRC] [--words SRC]

LOOKER is the build's bench/gate_names, PROGRAM is candor, DATA the folder of all sets (its gate/ and those of
sentences). Labelled are the texts of pii-presidio-synth; sentences of our own (gate_names.txt) are filled with names put
together from syllables, and sentences of banking customers and of reviews have none. Reported, for four parts by the
digest of the sentence template: the model fitted on the other three, alone and together with the rules of the
program. --fit writes SRC/names_model.def, --words SRC/names_ordinary.def: words that are nearly always written
small, from those sentences.
"""

import collections
import gzip
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile

PARTS = 4
NONE, PERSON, STREET, PLACE, COMPANY, TIME, AGE, NATION = range(8)
KINDS = {"PERSON": PERSON, "TITLE": PERSON, "PREFIX": PERSON, "STREET_ADDRESS": STREET, "ADDRESS": STREET,
         "ZIP_CODE": STREET, "LOCATION": PLACE, "GPE": PLACE, "ORGANIZATION": COMPANY, "DATE_TIME": TIME, "AGE": AGE,
         "NRP": NATION}
OF_MODEL = ["cdr.pii." + name for name in ("person", "address", "place", "organisation", "date", "age", "special-origin")]
OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gate_names.txt")


def digest(key):
    return int(hashlib.sha256(key.encode()).hexdigest(), 16)


# ---- names that nobody bears ---------------------------------------------------------------------

ONSET = ["b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pr", "r", "s", "sch",
         "sh", "st", "t", "th", "tr", "v", "w", "z", "", "", "kr", "sl", "zh", "ts"]
VOWEL = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ei", "ie", "ou", "ia", "y", "\u00e9", "\u00f6", "\u00fc", "\u00e1",
         "\u00e5", "\u00ed", "\u00f3"]
CODA = ["", "", "", "n", "r", "l", "s", "m", "t", "k", "nd", "rt", "ck", "nn", "rd", "lt", "ss", "x", "c", "nt"]
FIRST_END = ["a", "o", "e", "ie", "ia", "us", "an", "in", "el", "y", "ine", "ette", "ard", "is", "on", "ina", "ara", "iel"]
LAST_END = ["son", "sen", "er", "mann", "ski", "sky", "ez", "es", "ini", "etti", "ov", "ova", "eau", "ier", "berg", "stein", "ton",
            "ley", "ford", "wood", "feld", "dottir", "man", "ing", "ic", "aki", "ura", "ich", "ers", "ant", "ard", ""]
CITY_END = ["ton", "ville", "burg", "berg", "heim", "stadt", "dorf", "ford", "bury", "ham", "mouth", "ac", "y", "ino", "ona",
            "illa", "by", "holm", "ow", "ice", "grad", "sk", "field", "port", "hausen", "ingen", "ia", "o", "polis", ""]
LAND_END = ["ia", "land", "stan", "ica", "ania", "istan", "ea", "ay"]
REAL_LANDS = ("Germany France Spain Italy Portugal Austria Switzerland Netherlands Belgium Denmark Norway Sweden Finland "
              "Poland Hungary Greece Turkey Canada Mexico Brazil Japan China India Australia Ireland USA UK Deutschland "
              "Frankreich Allemagne Espagne Alemania Francia Kenya Nigeria Egypt Chile Peru Vietnam Thailand Croatia").split()
NATIONS = ("American British English German French Spanish Italian Dutch Swedish Polish Greek Turkish Russian Chinese Japanese "
           "Korean Indian Mexican Canadian Brazilian Irish").split()
COMPANY_END = ["Inc", "Inc.", "Ltd", "LLC", "Group", "GmbH", "AG", "Corp", "Holdings", "& Co", "Systems", "Partners", "S.A.",
               "Technologies", "Bank", "Media", "", "", "", "", "", "Solutions", "Industries", "Labs", "Foods", "Motors"]


class Maker:
    def __init__(self, seed):
        self.rnd = random.Random(seed)

    def one(self, of):
        return self.rnd.choice(of)

    def syllables(self, least, most):
        return "".join(self.one(ONSET) + self.one(VOWEL) + (self.one(CODA) if self.rnd.random() < 0.6 else "")
                       for _ in range(self.rnd.randint(least, most)))

    def made(self, ends, least=1, most=2):
        while True:
            word = self.syllables(least, most) + self.one(ends)
            if 3 <= len(word) <= 13:
                return word[0].upper() + word[1:]

    def first(self):
        word = self.made(FIRST_END)
        return word + "-" + self.made(FIRST_END) if self.rnd.random() < 0.05 else word

    def last(self):
        word = self.made(LAST_END)
        kind = self.rnd.random()
        if kind < 0.05:
            return self.one(["van ", "von ", "de ", "van der ", "di ", "del ", "la ", "al-", "O'", "Mc", "ten ", "D'"]) + word
        return word + "-" + self.made(LAST_END) if kind < 0.09 else word

    def person(self):
        kind = self.rnd.random()
        if kind < 0.62:
            return self.first() + " " + self.last()
        if kind < 0.74:
            return self.first() + " " + self.one("ABCDEFGHJKLMNPRSTVWZ") + self.one([".", "", "."]) + " " + self.last()
        if kind < 0.80:
            return self.one("ABCDEFGHJKLMNPRSTVWZ") + ". " + self.last()
        if kind < 0.86:
            return self.first()
        if kind < 0.92:
            return self.one(["Mr. ", "Mrs. ", "Dr. ", "Ms ", "Prof. "]) + self.first() + " " + self.last()
        if kind < 0.95:
            return self.first() + " " + self.last() + self.one([" Jr.", " MD", " PhD", " III"])
        return (self.first() + " " + self.last()).upper() if kind < 0.98 else self.last()

    def city(self):
        word = self.made(CITY_END)
        kind = self.rnd.random()
        if kind < 0.12:
            return self.one(["San ", "New ", "Bad ", "Saint ", "St. ", "Los ", "Port ", "North ", "Upper ", "Great ", "La "]) + word
        if kind < 0.2:
            return word + self.one([" City", " am " + self.made(CITY_END), "-" + self.made(CITY_END), " Falls", " Beach",
                                    " sur " + self.made(CITY_END), " de " + self.made(CITY_END)])
        return word.upper() if kind < 0.28 else word

    def land(self):
        return self.one(REAL_LANDS) if self.rnd.random() < 0.6 else self.made(LAND_END)

    def company(self):
        kind = self.rnd.random()
        if kind < 0.15:
            return self.made(LAST_END) + self.one([" and ", " & ", "-", ", "]) + self.made(LAST_END)
        if kind < 0.22:
            return "".join(self.one("ABCDEFGHKLMNPRST") for _ in range(self.rnd.randint(3, 4)))
        name = self.made(LAST_END)
        if kind < 0.45:
            name += " " + self.made(CITY_END)
        return (name + " " + self.one(COMPANY_END)).strip()

    def number(self):
        return str(self.rnd.randint(1, self.one([99, 300, 9999, 99999]))) + self.one(["", "", "", "a", " B", "-3"])

    def road(self):
        word = self.made(LAST_END)
        if self.rnd.random() < 0.3:
            word += " " + self.made(CITY_END)
        return word + " " + self.one(["Street", "St", "St.", "Avenue", "Ave", "Road", "Rd", "Lane", "Drive", "Dr", "Court",
                                      "Boulevard", "Blvd", "Way", "Place", "Terrace", "Crescent", "Square", "Close", "Hill"])

    def street_de(self, road=False):
        word = self.made(LAST_END)
        kind = self.rnd.random()
        word += self.one(["stra\u00dfe", "str.", "weg", "gasse", "allee", "platz", "ring", "damm"]) if kind < 0.7 else \
            self.one([" Stra\u00dfe", " Weg", " Allee", " Platz", "er Stra\u00dfe", "-" + self.made(LAST_END) + "-Str."])
        if 0.9 < kind:
            word = self.one(["Am ", "An der ", "Im ", "Zum "]) + self.made(LAST_END)
        return word if road else word + " " + self.number()

    def street_fr(self):
        return self.number() + self.one(["", ","]) + " " + self.one(["rue ", "avenue ", "boulevard ", "place ", "quai ", "Rue ",
                                        "chemin "]) + self.one(["de ", "du ", "de la ", "des ", "de l'", ""]) + self.made(LAST_END)

    def street_es(self):
        return self.one(["Calle ", "Calle de ", "Avenida ", "C/ ", "Avda. ", "Plaza ", "Paseo de la ", "calle ", "Camino "]) + \
            self.made(LAST_END) + self.one([" ", ", ", " n\u00ba "]) + self.number()

    def street_other(self):
        kind = self.rnd.random()
        if kind < 0.4:
            return self.made(LAST_END) + self.one(["gatan", "gata", "v\u00e4gen", "vej", "gade", "straat", "laan", "weg", "katu",
                                                   "tie", "kade", "plein", "veien", "s utca", " utca", " \u00fat"]) + " " + self.number()
        if kind < 0.7:
            return self.one(["Via ", "Viale ", "Corso ", "Piazza ", "Rua ", "ul. ", "Ulica ", "R. "]) + self.made(LAST_END) + \
                self.one([" ", ", "]) + self.number()
        if kind < 0.85:
            return "PO Box " + str(self.rnd.randint(1, 9999))
        return self.number() + " " + self.made(LAST_END) + " " + self.made(LAST_END)

    def street(self):
        kind = self.rnd.random()
        text = self.number() + " " + self.road() if kind < 0.5 else self.street_de() if kind < 0.6 else \
            self.street_fr() if kind < 0.7 else self.street_es() if kind < 0.8 else self.street_other()
        if self.rnd.random() < 0.2:
            text += self.one([", ", " ", "\n"]) + self.one(["Apt. ", "Apt ", "Suite ", "Unit ", "Flat ", "Floor ", "Apartment "]) + \
                str(self.rnd.randint(1, 999))
        return text

    def postal(self):
        kind = self.rnd.random()
        if kind < 0.6:
            return "%05d" % self.rnd.randint(1000, 99999)
        if kind < 0.75:
            return "%04d" % self.rnd.randint(1000, 9999)
        letter = lambda: self.one("ABCDEFGHJKLMNPRSTUWXY")
        if kind < 0.87:
            return "%s%s%d %d%s%s" % (letter(), letter(), self.rnd.randint(1, 20), self.rnd.randint(1, 9), letter(), letter())
        if kind < 0.93:
            return "%s%d%s %d%s%d" % (letter(), self.rnd.randint(1, 9), letter(), self.rnd.randint(1, 9), letter(),
                                      self.rnd.randint(1, 9))
        return "%02d-%03d" % (self.rnd.randint(10, 99), self.rnd.randint(1, 999))

    def state(self):
        return self.one("AL CA CO FL GA IL MA MI NY NC OH PA TX VA WA WI".split())

    def address(self):
        kind = self.rnd.random()
        gap = self.one([", ", ", ", "\n", "\n", " ", "\n "])
        if kind < 0.35:
            return self.street() + gap + self.city() + ", " + self.state() + " " + self.postal()
        if kind < 0.65:
            return self.street() + gap + self.postal() + " " + self.city() + (gap + self.land() if kind < 0.5 else "")
        if kind < 0.85:
            return self.street() + gap + self.city() + gap + self.land() + self.one([" ", "\n", ", "]) + self.postal()
        return self.street() + gap + self.city()

    def day(self):
        y, m, d = self.rnd.randint(1930, 2024), self.rnd.randint(1, 12), self.rnd.randint(1, 28)
        month = "January February March April May June July August September October November December".split()[m - 1]
        return self.one(["%d/%d/%d" % (m, d, y), "%04d-%02d-%02d" % (y, m, d), "%02d.%02d.%d" % (d, m, y),
                         "%d %s %d" % (d, month, y), "%s %d, %d" % (month, d, y),
                         "%04d-%02d-%02d %02d:%02d" % (y, m, d, d % 24, m * 4)])

    def slot(self, name):
        plain = {"e": lambda: self.syllables(2, 3) + "@" + self.syllables(2, 2) + ".com",
                 "t": lambda: "+%d %d %d" % (self.rnd.randint(1, 99), self.rnd.randint(10, 999), self.rnd.randint(10000, 9999999)),
                 "n": lambda: str(self.rnd.randint(1000, 99999999))}
        made = {"P": (PERSON, self.person), "F": (PERSON, self.first), "L": (PERSON, self.last),
                "H": (PERSON, lambda: self.one(["Mr.", "Mrs.", "Ms.", "Mr", "Dr.", "Mrs", "Miss", "Prof."])),
                "A": (STREET, self.address), "S": (STREET, self.street), "R": (STREET, self.road), "Z": (STREET, self.postal),
                "DS": (STREET, self.street_de), "DR": (STREET, lambda: self.street_de(True)), "FS": (STREET, self.street_fr),
                "ES": (STREET, self.street_es), "C": (PLACE, self.city), "N": (PLACE, self.land), "U": (PLACE, self.state),
                "O": (COMPANY, self.company), "D": (TIME, self.day), "Y": (TIME, lambda: str(self.rnd.randint(1900, 2025))),
                "G": (AGE, lambda: str(self.rnd.randint(3, 99))), "T": (NATION, lambda: self.one(NATIONS)),
                "p": (PERSON, lambda: self.person().lower()), "s": (STREET, lambda: self.street().lower()),
                "c": (PLACE, lambda: self.city().lower()), "UP": (PERSON, lambda: self.person().upper()),
                "US": (STREET, lambda: self.street().upper()), "UC": (PLACE, lambda: self.city().upper())}
        return (NONE, plain[name]()) if name in plain else (made[name][0], made[name][1]())

    def filled(self, template):
        text, spans = b"", []
        template = re.sub(r"\(([^()]*\|[^()]*)\)", lambda m: self.one(m.group(1).split("|")), template)
        for part in re.split(r"(\{\w+\})", template):
            if re.fullmatch(r"\{\w+\}", part):
                label, value = self.slot(part[1:-1])
                if label != NONE:
                    spans.append((label, len(text), len(text) + len(value.encode())))
                part = value
            text += part.encode()
        return text.decode(), spans


# ---- texts ---------------------------------------------------------------------------------------


def own_lines():
    with open(OWN, encoding="utf-8") as file:
        return [line.replace("\\n", "\n") for line in file.read().split("\n") if line and line[0] != "#"]


def sentences(data, most):
    """Sentences without names: of banking customers, and of buyers."""
    rnd = random.Random(3)
    with gzip.open(data + "/intents-banking77/train.tsv.gz", "rt", encoding="utf-8") as file:
        bank = [line.rstrip("\n").split("\t")[-1] for line in file][1:]
    with gzip.open(data + "/reviews-clothing/reviews.tsv.gz", "rt", encoding="utf-8") as file:
        shop = [line.rstrip("\n").split("\t")[-1] for line in file][1:]
    with gzip.open(data + "/sentiment-sentences/sentences.tsv.gz", "rt", encoding="utf-8") as file:
        sold = [line.rstrip("\n").split("\t")[-1] for line in file if line.startswith("amazon")]
    return [rnd.choice(bank) for _ in range(most)], [rnd.choice(shop)[:400] for _ in range(most)], sold


def capitals(rnd, text):
    """As headings are written."""
    return " ".join(w[:1].upper() + w[1:] for w in text.split(" ")) if rnd.random() < 0.7 else text.upper()


def written(cases, path):
    with open(path, "w", encoding="utf-8") as file:
        for name, text, spans in cases:
            file.write(json.dumps({"id": name, "text": text, "spans": ";".join("%d %d %d" % s for s in spans)}) + "\n")


def made_cases(data, seed, times):
    maker, rnd, cases = Maker(seed), random.Random(seed), []
    for line in own_lines():
        if line[0] == "+":
            continue
        has_slot = "{" in line
        for _ in range((4 * times if "|" in line else times) if has_slot else 3):
            text, spans = maker.filled(line)
            cases.append(("own", text, spans))
        if not has_slot:
            cases.append(("own", line.lower(), []))
            cases.append(("own", capitals(rnd, line), []))
    bank, shop, sold = sentences(data, 700)
    places = set(real_places())
    for text in bank + shop[:500] + sold:
        if places & {w.lower() for w in re.findall(r"\w+", text)}:
            continue
        cases.append(("none", text, []))
        if rnd.random() < 0.25:
            cases.append(("none", capitals(rnd, text[:90]), []))
    return cases


def real_places():
    """Of names_words.def: a sentence that has one is not without names."""
    with open(os.path.join(os.path.dirname(OWN), "../src/gate/names_words.def"), encoding="utf-8") as file:
        text = file.read()
    for name in ("COUNTRY", "REGION", "CITY", "NATION"):
        words = "".join(re.findall(r'"([^"]*)"', re.search(r"CLASS\(%s,(.*?)\)\n" % name, text, re.S).group(1)))
        yield from words.encode().decode("unicode_escape").encode("latin-1").decode().split()


def labelled(data):
    with open(data + "/gate/pii-presidio-synth/data.jsonl", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    for r in records:
        r["labels"] = [(KINDS[s["type"]], s["bstart"], s["bend"]) for s in r["spans"] if s["type"] in KINDS]
    return records


def ordinary(data, source):
    small, all_of = collections.Counter(), collections.Counter()
    files = ["intents-banking77/train", "reviews-clothing/reviews", "sentiment-sentences/sentences", "sentiment-vader/nyt",
             "sentiment-vader/amazon"]
    for name in files:
        with gzip.open("%s/%s.tsv.gz" % (data, name), "rt", encoding="utf-8") as file:
            for line in file:
                for word in re.findall(r"[^\W\d_]+", line.rstrip("\n").split("\t")[-1]):
                    all_of[word.lower()] += 1
                    small[word.lower()] += word.islower()
    words = {w for w in all_of if small[w] >= 5 and small[w] >= 0.8 * all_of[w] and len(w) > 1 and w.isascii()}
    for line in own_lines():
        words |= {w.lower() for w in re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", " ", line)) if len(w) > 1}
    with open(source + "/names_ordinary.def", "w", encoding="ascii") as file:
        file.write("/* names_ordinary.def - ordinary words of English, German, French and Spanish: nearly always written small where\n"
                   " * the language has small nouns. By bench/gate_names.py. */\n")
        row = ""
        for word in sorted(words):
            # A byte beyond ASCII ends a text, so that no letter behind it is read as one of its digits.
            told = "".join(chr(b) if b < 128 else "\\x%02x\" \"" % b for b in word.encode())
            if len(row) + len(told) > 90:
                file.write('ORDINARY("%s")\n' % row)
                row = ""
            row += (" " if row else "") + told
        file.write('ORDINARY("%s")\n' % row)
    print("%d ordinary words" % len(words))


# ---- measures ------------------------------------------------------------------------------------


def tokens(text):
    place, found = 0, []
    for part in re.finditer(r"\w+|[^\w\s]", text):
        found.append((len(text[:part.start()].encode()), len(text[:part.end()].encode())))
    return found


def covers(spans, start, end):
    return any(s < end and start < e for s, e in spans)


def joined(text, spans):
    """Neighbours of one label, and parts of an address, with only signs between them."""
    kept = []
    for label, start, end in spans:
        like = label if label != PLACE else STREET
        if kept and kept[-1][0] in (label, like, PLACE if like == STREET else label) and \
                re.fullmatch(rb"[ ,.\n\-/>:&']{0,4}", text[kept[-1][2]:start]):
            kept[-1] = (kept[-1][0], kept[-1][1], end)
        else:
            kept.append((label, start, end))
    return [(label, start, end + (text[end:end + 1] == b"." and end - start < 5)) for label, start, end in kept]


def any_type(records, found):
    right = wrong = missed = 0
    for r in records:
        truth = [(s["bstart"], s["bend"]) for s in r["spans"]]
        for start, end in tokens(r["text"]):
            is_one, is_found = covers(truth, start, end), covers(found.get(r["id"], []), start, end)
            right, wrong, missed = right + (is_one and is_found), wrong + (is_found and not is_one), missed + (is_one and not is_found)
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return "P %.4f R %.4f F1 %.4f F2 %.4f" % (precision, recall, 2 * precision * recall / (precision + recall),
                                            5 * precision * recall / (4 * precision + recall))


def by_label(records, found, label):
    right = wrong = missed = 0
    for r in records:
        truth = [(s, e) for one, s, e in r["labels"] if one in label]
        here = [(s, e) for one, s, e in found.get(r["id"], []) if one in label]
        for start, end in tokens(r["text"]):
            is_one, is_found = covers(truth, start, end), covers(here, start, end)
            right, wrong, missed = right + (is_one and is_found), wrong + (is_found and not is_one), missed + (is_one and not is_found)
    return 2 * right / max(2 * right + wrong + missed, 1)


def by_rules(program, records):
    """What the program finds without its model."""
    with tempfile.TemporaryDirectory() as folder:
        for i, r in enumerate(records):
            with open("%s/%06d.txt" % (folder, i), "w", encoding="utf-8") as file:
                file.write(r["text"])
        done = subprocess.run([program, "scan", folder, "--only", "pii", "--least", "possible", "--json"], capture_output=True,
                              text=True, check=False)
    found = collections.defaultdict(list)
    for one in json.loads(done.stdout)["findings"]:
        if one["rule"] not in OF_MODEL:
            found[records[int(os.path.basename(one["file"])[:6])]["id"]].append(
                (one["byte_offset"], one["byte_offset"] + one["byte_length"]))
    return found


def main():
    looker, program, data = sys.argv[1:4]
    if "--words" in sys.argv:
        ordinary(data, sys.argv[sys.argv.index("--words") + 1])
        return
    records = labelled(data)
    made = made_cases(data, 1, 12)
    with tempfile.TemporaryDirectory() as scratch:
        fit, rest = scratch + "/fit.jsonl", scratch + "/rest.jsonl"
        if "--fit" in sys.argv:
            written(made + [(r["id"], r["text"], r["labels"]) for r in records], fit)
            subprocess.run([looker, "fit", fit, sys.argv[sys.argv.index("--fit") + 1] + "/names_model.def"], check=True)
            return
        for bias in (0, 1, 2) if "--bias" not in sys.argv else (float(sys.argv[sys.argv.index("--bias") + 1]),):
            alone, whole = {}, {}
            for k in range(PARTS):
                written(made + [(r["id"], r["text"], r["labels"]) for r in records if digest(r["group"]) % PARTS != k], fit)
                held = [r for r in records if digest(r["group"]) % PARTS == k]
                written([(r["id"], r["text"], []) for r in held], rest)
                done = subprocess.run([looker, "try", fit, rest, str(bias)], capture_output=True, text=True, check=True)
                for line in done.stdout.splitlines():
                    one = json.loads(line)
                    alone[one["id"]] = [tuple(s[:3]) for s in one["spans"]]
                    text = [r for r in held if r["id"] == one["id"]][0]["text"].encode()
                    alone[one["id"]] = joined(text, alone[one["id"]])
            rules = by_rules(program, records)
            for name, spans in alone.items():
                whole[name] = [s[1:] for s in spans] + rules[name]
            print("templates held out, bias %g: any type %s; alone %s" %
                  (bias, any_type(records, whole), any_type(records, {n: [s[1:] for s in f] for n, f in alone.items()})))
            print("    F1 of tokens: person %.3f, address or place %.3f, company %.3f" %
                  (by_label(records, alone, (PERSON,)), by_label(records, alone, (STREET, PLACE)), by_label(records, alone, (COMPANY,))))
            if "--show" in sys.argv:
                shown = 0
                for r in records:
                    truth = [(s["bstart"], s["bend"]) for s in r["spans"]]
                    raw = r["text"].encode()
                    missed = [raw[s:e].decode() for s, e in tokens(r["text"]) if covers(truth, s, e) and not covers(whole[r["id"]], s, e)]
                    wrong = [raw[s:e].decode() for s, e in tokens(r["text"]) if not covers(truth, s, e) and covers(whole[r["id"]], s, e)]
                    if (missed or wrong) and digest(r["id"]) % 6 == 0:
                        print("MISSED", missed, "WRONG", wrong, "|", r["text"][:200].replace("\n", "/"))


if __name__ == "__main__":
    main()
