#!/usr/bin/env python3
"""gate_assigned.py PROGRAM LOOKER DATA [--fit SRC] - passwords and keys that are assigned to a name, on CredData.

PROGRAM is candor, LOOKER the build's bench/gate_assigned, DATA the folder secrets-creddata. Repositories are put
into four parts by a digest of their names. Reported is what a model says of a part that was fitted on the other
three, letter pairs among them, together with what the program finds anyway; and the program as it is. With
--fit the weights of all four parts are written to SRC/assigned_model.def and assigned_pairs.def.

The score is by lines: credentials of the categories UUID, AWS S3 Bucket, Firebase Domain, Nonce and Salt are no
secrets; a line that is labelled X counts neither way; any other line with a finding is a false alarm.
"""

import collections
import gzip
import hashlib
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

NO_SECRET = {"UUID", "AWS S3 Bucket", "Firebase Domain", "Nonce", "Salt"}
PARTS = 4
LETTERS = 27


def lines_of(record):
    true, unknown = [], set()
    for label in record["labels"]:
        lines = set(range(label["line"], (label["line_end"] or label["line"]) + 1))
        if label["truth"] == "T" and not set(str(label["category"]).split(":")) <= NO_SECRET:
            true.append(lines)
        elif label["truth"] in "TX":
            unknown |= lines
    return true, unknown


def counts(found, records):
    hit = false = missed = 0
    for record in records:
        lines = found.get(record["id"], set())
        true, unknown = lines_of(record)
        hit += sum(bool(lines & one) for one in true)
        missed += sum(not lines & one for one in true)
        false += len(lines - unknown - set().union(*true))
    return hit, false, missed


def said(name, hit, false, missed):
    precision, recall = hit / max(hit + false, 1), hit / max(hit + missed, 1)
    print("%-34s F1 %.3f  precision %.3f  recall %.3f  (%d found, %d false alarms, %d missed)" %
          (name, 2 * precision * recall / max(precision + recall, 1e-9), precision, recall, hit, false, missed))


def scanned(program, records, folder, least, without):
    """Lines with findings, by record; those of one rule left out."""
    by_path = {}
    for record in records:
        path = os.path.join(folder, record["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(record["text"])
        by_path[path] = record["id"]
    done = subprocess.run([program, "scan", folder, "--only", "secrets", "--least", least, "--json"],
                          capture_output=True, text=True)
    found = collections.defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        if finding["rule"] != without:
            found[by_path[finding["file"]]].add(finding["line"])
    return found


def pairs_of(records):
    """Ten times log2 of how often a letter follows another, a list of 27 x 27; 26 is the beginning of a word."""
    pair = [[0] * LETTERS for _ in range(LETTERS)]
    for record in records:
        for word in set(re.findall(r"[A-Za-z]{3,}", record["text"])):
            last = LETTERS - 1
            for letter in word.lower():
                pair[last][ord(letter) - 97] += 1
                last = ord(letter) - 97
    table = []
    for row in pair:
        total = sum(row)
        table += [max(-127, round(10 * math.log2((count + 1) / (total + 28)))) for count in row]
    return table


def looked(looker, data, names_only=False):
    done = subprocess.run([looker, data], capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return rows[0][3:], [(row[0], row[1], int(row[2]), [float(x) for x in row[3:]]) for row in rows[1:]]


def fitted(rows, labels, width):
    """Logistic regression with a small ridge; steps scaled by what each weight has seen (AdaGrad)."""
    sparse = [[(i, x) for i, x in enumerate(row) if x] for row in rows]
    weight, seen = [0.0] * width, [1e-8] * width
    order, rnd = list(range(len(sparse))), random.Random(1)
    for epoch in range(40):
        rnd.shuffle(order)
        rate = 0.3 / (1 + 0.3 * epoch)
        for at in order:
            link = sum(weight[i] * x for i, x in sparse[at])
            error = 1 / (1 + math.exp(-max(-30, min(30, link)))) - labels[at]
            for i, x in sparse[at]:
                slope = error * x + 0.5 * weight[i] / len(sparse)
                seen[i] += slope * slope
                weight[i] -= rate * slope / math.sqrt(seen[i])
    return weight


def write_pairs(source, table):
    with open(os.path.join(source, "assigned_pairs.def"), "w", encoding="ascii") as file:
        file.write("/* assigned_pairs.def - ten times log2 of how often a letter follows another in words of programs,\n"
                   " * a row for each letter before, the last for the beginning of a word; by bench/gate_assigned.py. */\n")
        file.write("PAIRS(\n")
        for row in range(LETTERS):
            end = ")" if row == LETTERS - 1 else ","
            file.write("    " + ", ".join(str(x) for x in table[row * LETTERS:(row + 1) * LETTERS]) + end + "\n")


def write_model(source, names, weight):
    with open(os.path.join(source, "assigned_model.def"), "w", encoding="ascii") as file:
        file.write("/* assigned_model.def - what is seen of an assigned value, and what it weighs in the logarithm of the\n"
                   " * odds; by bench/gate_assigned.py. */\n")
        for name, value in zip(names, weight):
            file.write("FEATURE(%s, %.3f)\n" % (name, value))


def main():
    program, looker, data = sys.argv[1:4]
    source = sys.argv[5] if len(sys.argv) > 5 and sys.argv[4] == "--fit" else None
    scratch = tempfile.TemporaryDirectory()
    plain = os.path.join(scratch.name, "records.jsonl")
    with gzip.open(os.path.join(data, "data.jsonl.gz"), "rt", encoding="utf-8") as file, \
            open(plain, "w", encoding="utf-8") as copy:
        text = file.read()
        copy.write(text)
    records = [json.loads(line) for line in text.splitlines()]
    repos = sorted({r["repo"] for r in records}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    part = {repo: i % PARTS for i, repo in enumerate(repos)}
    folder = os.path.join(scratch.name, "files")
    if source and "--pairs" in sys.argv:
        write_pairs(source, pairs_of(records))
        return
    others = scanned(program, records, folder, "likely", "cdr.secret.assigned")
    said("without the model", *counts(others, records))
    said("the program as it is", *counts(scanned(program, records, folder, "likely", None), records))
    said("... and what is only possible", *counts(scanned(program, records, folder, "possible", None), records))
    names, rows = looked(looker, plain)
    truth = {}
    for record in records:
        true, unknown = lines_of(record)
        truth[record["id"]] = (set().union(*true), unknown)
    known = [row for row in rows if row[2] not in truth[row[1]][1] - truth[row[1]][0]]
    total = collections.defaultdict(lambda: [0, 0, 0])
    for k in range(PARTS):
        fit = [row for row in known if part[row[0]] != k]
        weight = fitted([row[3] for row in fit], [row[2] in truth[row[1]][0] for row in fit], len(names))
        held = [record for record in records if part[record["repo"]] == k]
        for cut in (-1, -0.5, 0, 0.35, 0.5, 0.7, 0.85):
            found = {key: set(value) for key, value in others.items()}
            for row in rows:
                if part[row[0]] == k and sum(w * x for w, x in zip(weight, row[3])) >= cut:
                    found.setdefault(row[1], set()).add(row[2])
            for i, count in enumerate(counts(found, held)):
                total[cut][i] += count
    for cut, three in total.items():
        said("held-out repositories, odds %+.2f" % cut, *three)
    if source:
        weight = fitted([row[3] for row in known], [row[2] in truth[row[1]][0] for row in known], len(names))
        write_model(source, names, weight)


if __name__ == "__main__":
    main()
