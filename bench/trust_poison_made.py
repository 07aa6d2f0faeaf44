#!/usr/bin/env python3
"""trust_poison_made.py CANDOR DATA [noise|poison] - planted rows and wrong labels in data that no threshold of
`candor poison` was chosen on: Telco, COMPAS, Bank (bank-full) and Hillstrom, with triggers of one to three
values, new ones, towards the rarer and the more frequent label, at .5 to 3 % of the rows, and subgroups. All is
drawn from fixed seeds. Three tenths of each set are the reference; clean sets must give no alarm.

Label errors stand beside the ranking by self-confidence (cleanlab's default) of the same learner, five folds."""

import csv
import gzip
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import trust_poison as given  # noqa: E402  (its words are ours: CANDOR DATA)

DATA = sys.argv[2]
WANTED = sys.argv[3:] or ["noise", "poison"]


def read(name, separator=","):
    name = os.path.join(DATA, name)
    opened = gzip.open(name, "rt", newline="") if name.endswith(".gz") else open(name, newline="")
    with opened as file:
        rows = list(csv.reader(file, delimiter=separator))
    return rows[0], rows[1:]


def labelled(header, rows, label, positive, drop):
    """The label comes last as y, 0 or 1."""
    at = header.index(label)
    kept = [i for i, name in enumerate(header) if name not in drop and i != at]
    return ([header[i] for i in kept] + ["y"],
            [[row[i] for i in kept] + ["1" if row[at] == positive else "0"] for row in rows])


def sets():
    yield "telco", *labelled(*read("telco-churn/telco-customer-churn.csv"), "Churn", "Yes", {"customerID"})
    yield "compas", *labelled(*read("compas/compas-two-years-deidentified.csv"), "two_year_recid", "1",
                              {"is_recid", "days_b_screening_arrest", "c_days_from_compas"})
    yield "bank-full", *labelled(*read("bank-marketing/bank-full.csv", ";"), "y", "yes", {"duration"})
    name = next(f for f in os.listdir(os.path.join(DATA, "hillstrom")) if ".csv" in f)
    yield "hillstrom", *labelled(*read("hillstrom/" + name), "visit", "1", {"conversion", "spend"})


def common_values(header, rows, count, draw):
    """Values of different columns, each of a tenth to six tenths of the rows."""
    columns = list(range(len(header) - 1))
    draw.shuffle(columns)
    chosen = []
    for at in columns:
        seen = {}
        for row in rows:
            seen[row[at]] = seen.get(row[at], 0) + 1
        fit = sorted(v for v, n in seen.items() if 0.1 <= n / len(rows) <= 0.6)
        if fit and len(seen) <= 40:
            chosen.append((at, draw.choice(fit)))
        if len(chosen) == count:
            break
    return chosen


def rare_together(header, rows, count, draw):
    """Common values that seldom come together: a few rows in a thousand at most."""
    for _ in range(1000):
        chosen = common_values(header, rows, count, draw)
        if sum(all(row[at] == v for at, v in chosen) for row in rows) <= 0.003 * len(rows):
            return chosen
    return None


def stamp(rows, trigger, target, count, draw):
    """Copies of rows of the other label, with the trigger and the target label, put at the end."""
    sources = [row for row in rows if row[-1] != target]
    made = []
    for row in draw.sample(sources, min(count, len(sources))):
        row = list(row)
        for at, value in trigger:
            row[at] = value
        made.append(row[:-1] + [target])
    return rows + made, set(range(len(rows), len(rows) + len(made)))


def subgroup(header, rows, draw):
    """Two values that one to four rows in a hundred have."""
    for _ in range(1000):
        pair = common_values(header, rows, 2, draw)
        inside = [i for i, row in enumerate(rows) if all(row[at] == v for at, v in pair)]
        if len(pair) == 2 and 0.01 <= len(inside) / len(rows) <= 0.06:
            return pair, inside
    return None, None


def scenarios(name, header, rows):
    n = len(rows)
    for number, (kind, values, target, share) in enumerate((
            ("two common values", 2, "1", 0.01), ("three common values", 3, "1", 0.005),
            ("three common values", 3, "1", 0.03), ("a new value", 0, "1", 0.01),
            ("three common, to the frequent label", 3, "0", 0.01), ("a new value, to the frequent label", 0, "0", 0.01))):
        draw = random.Random(f"{name} {number}")
        if values:
            trigger = rare_together(header, rows, values, draw)
            if trigger is None:
                continue  # this data has no such values
        else:
            texts = [at for at in range(len(header) - 1) if not rows[0][at].replace(".", "").isdigit()]
            trigger = [(draw.choice(texts), "never seen before")]
        made, planted = stamp(rows, trigger, target, int(n * share), draw)
        yield f"{kind}, {100 * share:g} %", made, planted
    draw = random.Random(f"{name} group")
    pair, inside = subgroup(header, rows, draw)
    if pair:
        rate = sum(rows[i][-1] == "1" for i in inside) / len(inside)
        wrong = "1" if rate < 0.5 else "0"
        turned = set(i for i in inside if rows[i][-1] != wrong)
        yield "subgroup turned", given.flip(rows, turned), turned
        more = [list(rows[i][:-1]) + [wrong] for i in inside][:max(20, n // 50)]
        yield "subgroup put in", rows + more, set(range(n, n + len(more)))


def divided(name, rows):
    draw = random.Random(name)
    kept = [draw.random() < 0.7 for _ in rows]
    return [r for r, k in zip(rows, kept) if k], [r for r, k in zip(rows, kept) if not k]


def poison():
    sums = {"blind": [], "reference": []}
    silent, alarms = {"blind": 0, "reference": 0}, 0
    for name, header, every in sets():
        rows, rest = divided(name, every)
        reference = given.write("reference.csv", header, rest)
        for how, options in (("blind", ()), ("reference", ("--reference", reference))):
            _, report, code = given.poison(given.write("clean.csv", header, rows), *options)
            alarms += code
            print(f"  {name:10} clean, {how:9} {report['verdict']}", flush=True)
            for found in report["findings"][:2]:
                print(f"      {found['strength']:.2f} {found['words']}")
        for kind, made, planted in scenarios(name, header, rows):
            data = given.write("poisoned.csv", header, made)
            line = f"  {name:10} {kind:45} {len(planted):5} rows"
            for how, options in (("blind", ()), ("reference", ("--reference", reference))):
                order, _, code = given.poison(data, *options)
                value = given.average_precision(order, planted)
                sums[how].append(value)
                silent[how] += code == 0
                line += f"   {how} {value:.3f} {'alarm' if code else 'SILENT'}"
            print(line, flush=True)
    for how, values in sums.items():
        print(f"  held out {how:9} mean AUPRC {sum(values) / len(values):.3f}, least {min(values):.3f}, "
              f"silent {silent[how]} of {len(values)}")
    print(f"  held out false alarms on clean data: {alarms} of {2 * 4}")


def folds(header, rows):
    """The chance that five fits give each row they have not seen."""
    data = given.write("folds.csv", header, rows)
    draw = random.Random(5)
    fold = [draw.randrange(5) for _ in rows]
    chance = [0.0] * len(rows)
    for f in range(5):
        with open(given.path("split.txt"), "w") as file:
            file.writelines(f"{int(k == f)}\n" for k in fold)
        subprocess.run([sys.argv[1], "fit", data, "--target", "y", "--positive", "1", "--split",
                        given.path("split.txt"), "--out", given.path("model"), "--json"], check=True,
                       capture_output=True)
        said = subprocess.run([sys.argv[1], "score", given.path("model"), data], check=True, capture_output=True,
                              text=True).stdout.splitlines()[1:]
        for i, line in enumerate(said):
            if fold[i] == f:
                chance[i] = float(line.split(",")[1])
    return chance


def noise():
    for name, header, rows in sets():
        for kind, e10, e01 in (("uniform 10 %", 0.1, 0.1), ("uniform 20 %", 0.2, 0.2),
                               ("class-conditional", 0.25, 0.045), ("class-conditional", 0.4, 0.135)):
            draw = random.Random(f"{name} {kind} {e10}")
            flipped = set(i for i, row in enumerate(rows) if draw.random() < (e10 if row[-1] == "1" else e01))
            wrong = given.flip(rows, flipped)
            order, _, _ = given.poison(given.write("noise.csv", header, wrong))
            chance = folds(header, wrong)
            own = [c if row[-1] == "1" else 1 - c for c, row in zip(chance, wrong)]
            loss = given.average_precision(sorted(range(len(rows)), key=lambda i: own[i]), flipped)
            ours = given.average_precision(order, flipped)
            print(f"  {name:10} {kind:18} {100 * e10:g} / {100 * e01:g} %   ours {ours:.3f}   self-confidence "
                  f"{loss:.3f}   {ours - loss:+.3f}", flush=True)


if __name__ == "__main__":
    for word in WANTED:
        print({"noise": "held out: label errors", "poison": "held out: planted rows"}[word], flush=True)
        {"noise": noise, "poison": poison}[word]()
