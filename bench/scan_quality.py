"""What candor scan finds on the labelled texts of the gate.

    scan_quality.py PROGRAM FOLDER

Every set is cut in two by the hash of a record's id (or sentence template): rules and words were fitted on
the first half, the second is only told. Each record is a file of its own below a folder that is scanned
once; numbers in national form are scanned with the region of their record.
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def records(path):
    read = gzip.open if path.endswith(".gz") else open
    with read(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def half(key):
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2


def scan(program, texts, *options):
    """texts: (name, text); the findings of each in turn: (rule, start, end) in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, text) in enumerate(texts):
            place = os.path.join(folder, "%07d" % number)
            os.mkdir(place)
            with open(os.path.join(place, name or "text"), "wb") as file:
                file.write(text.encode())
        run = subprocess.run([program, "scan", folder, "--json", *options], capture_output=True, check=False)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr.decode())
        report = json.loads(run.stdout)
        assert not report["more_than_kept"] and not report["unread"]
        found = [[] for _ in texts]
        for one in report["findings"]:
            number = int(os.path.relpath(one["file"], folder).split(os.sep)[0])
            start = one["byte_offset"]
            found[number].append((one["rule"], start, start + one["byte_length"]))
        return found


def secrets(program, folder):
    cases = records(folder + "/secrets-gitleaks-cases/data.jsonl.gz")
    found = scan(program, [(os.path.basename(c["path"]), c["text"]) for c in cases], "--only", "secrets")
    for part in (0, 1):
        here = [(c, f) for c, f in zip(cases, found) if half(c["id"]) == part]
        good = [bool(f) for c, f in here if c["positive"]]
        bad = [(c, f) for c, f in here if not c["positive"]]
        own = sum(any(rule.endswith("." + c["rule"]) for rule, _, _ in f) for c, f in bad)
        print("secrets %s: recall %d of %d (%.4f); not a secret of this rule: %d of %d told as one, %d as any"
              % (("fitted", "told")[part], sum(good), len(good), sum(good) / len(good), own, len(bad),
                 sum(bool(f) for _, f in bad)))


def personal(program, folder):
    kinds = {"CREDIT_CARD": "card", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban",
             "US_SSN": "us-ssn", "IP_ADDRESS": "ip-address"}
    texts = records(folder + "/pii-presidio-synth/data.jsonl")
    found = scan(program, [("", t["text"]) for t in texts], "--only", "pii")
    for part in (0, 1):
        right = wrong = missed = 0
        for text, findings in zip(texts, found):
            if half(text["group"]) != part:
                continue
            left = [(kinds[s["type"]], s["bstart"], s["bend"]) for s in text["spans"] if s["type"] in kinds]
            for rule, start, end in findings:
                kind = rule.split(".")[-1]
                if kind not in kinds.values():
                    continue
                fits = [s for s in left if s[0] == kind and s[1] < end and start < s[2]]
                right, wrong = right + bool(fits), wrong + (not fits)
                if fits:
                    left.remove(fits[0])
            missed += len(left)
        precision, recall = right / (right + wrong), right / (right + missed)
        print("structured personal data %s: precision %.4f recall %.4f F1 %.4f (%d spans)"
              % (("fitted", "told")[part], precision, recall, 2 * precision * recall / (precision + recall),
                 right + missed))


def phones(program, folder):
    numbers = records(folder + "/pii-phone-examples/data.jsonl")
    for form in ("e164", "international", "rfc3966", "national"):
        count = [[0, 0], [0, 0]]
        by_region = {}
        for number in numbers:
            by_region.setdefault(number["region"] if form == "national" else "", []).append(number)
        for region, group in by_region.items():
            option = ("--region", region) if len(region) == 2 else ()
            found = scan(program, [("", "Please call " + n[form] + " for details.") for n in group], *option)
            for number, findings in zip(group, found):
                end = len("Please call ") + len(number[form].encode())
                count[half(number["id"])][0] += any(f[0] == "cdr.pii.phone" and f[2] == end for f in findings)
                count[half(number["id"])][1] += 1
        print("telephones %s: %s" % (form, ", ".join("%s %d of %d (%.4f)" % (name, a, b, a / b)
                                                     for name, (a, b) in zip(("fitted", "told"), count))))


def third(key):
    """The part that gate_fit.py does not read."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 3 == 0


def manipulation(program, folder):
    cases = records(folder + "/injection/data.jsonl")
    found = scan(program, [("", c["text"]) for c in cases], "--only", "injection")
    for told in (False, True):
        here = [(c, bool(f)) for c, f in zip(cases, found) if third(c["id"]) == told]
        good = [f for c, f in here if c["label"]]
        bad = [f for c, f in here if not c["label"]]
        mails = [f for c, f in here if c["kind"] == "benign-email"]
        print("manipulation %s: recall %.4f (%d of %d), false alarms %.4f (%d of %d), clean mails %d of %d"
              % (("fitted", "told")[told], sum(good) / len(good), sum(good), len(good), sum(bad) / len(bad),
                 sum(bad), len(bad), sum(mails), len(mails)))


def dark(program, folder):
    cases = records(folder + "/copy-darkpatterns/data.jsonl")
    rules = {"cdr.copy." + name for name in ("dark-pattern", "scarcity", "social-proof", "urgency", "shaming",
                                             "forced-action")}
    found = scan(program, [("", c["text"]) for c in cases], "--only", "copy")
    for told in (False, True):
        here = [(c["label"], any(f[0] in rules for f in found)) for c, found in zip(cases, found)
                if third(c["group"]) == told]
        right = sum(label and flag for label, flag in here)
        flagged, good = sum(flag for _, flag in here), sum(label for label, _ in here)
        print("dark patterns %s: precision %.4f recall %.4f F1 %.4f (%d texts)"
              % (("fitted", "told")[told], right / flagged, right / good, 2 * right / (flagged + good), len(here)))


def words(program, folder):
    cases = records(folder + "/copy-inclusive-language/data.jsonl")
    found = scan(program, [("", c["text"]) for c in cases], "--only", "copy", "--least", "possible")
    names = ("cdr.copy.wording", "cdr.copy.gendered")
    count = [sum(f[0] in names for f in one) for one in found]
    print("wording: %d of %d sentences with the expected number of findings; %d of %d that have one found"
          % (sum(n == c["expected"] for n, c in zip(count, cases)), len(cases),
             sum(n > 0 and c["expected"] > 0 for n, c in zip(count, cases)),
             sum(c["expected"] > 0 for c in cases)))


def licences(program, folder):
    cases = [c for c in records(folder + "/licence-texts/data.jsonl.gz")
             if c["spdx"] and "exception" not in c["spdx"].lower() and c["src"].startswith("spdx/")]
    by_file = {}
    with tempfile.TemporaryDirectory() as scratch:
        for index, case in enumerate(cases):
            with open("%s/%d.txt" % (scratch, index), "w", encoding="utf-8") as file:
                file.write(case["text"])
        answer = json.loads(subprocess.run([program, "scan", scratch, "--only", "origin", "--json", "--least", "possible"],
                                           capture_output=True, check=False).stdout)
        if not answer["licence_index"]:
            print("licences: no index of licences; script/licences makes one")
            return
        for one in answer["findings"]:
            by_file.setdefault(int(os.path.basename(one["file"])[:-4]), []).append(one)
    first = same = 0
    for index, case in enumerate(cases):
        longest = max(by_file.get(index, []), key=lambda one: one["byte_length"], default={"about": ""})
        ids = longest["about"].split(";")[0].replace(" the same text as", "").split(", ")
        want = case["spdx"].replace("depreciate_", "")
        first, same = first + (ids[0] == want), same + (want in ids)
    print("licences: the identifier %d of %d (%.4f), or one of the same text %d (%.4f)"
          % (first, len(cases), first / len(cases), same, same / len(cases)))


if __name__ == "__main__":
    for measure in (secrets, personal, phones, manipulation, dark, words, licences):
        measure(sys.argv[1], sys.argv[2])
