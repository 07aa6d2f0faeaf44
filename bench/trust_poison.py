#!/usr/bin/env python3
"""trust_poison.py CANDOR DATA [noise|poison|clean ...] - planted label errors and planted rows, ranked by
`candor poison`, beside the figures that other methods had on the same files (measured with cleanlab 2.7 on
out-of-fold chances of boosting and an additive model).

AUPRC is the average precision of the ranking against what was planted. With a reference the trusted rows are
those that the scenario's base leaves out: Adult's test part, the other three tenths of Bank. Standard library
only."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile

CANDOR, DATA = sys.argv[1], sys.argv[2]
WANTED = sys.argv[3:] or ["noise", "poison", "clean"]
SCRATCH = tempfile.TemporaryDirectory()

CLEANLAB = {"uniform5": (0.687, 0.455), "uniform10": (0.774, 0.571), "uniform20": (0.848, 0.667),
            "classcond10": (0.502, 0.646), "classcond20": (0.703, 0.729), "segment": (0.029, 0.043)}
LOSS = {"adult-backdoor-rarevalue-1pct": 0.0, "adult-backdoor-common-3pct": 0.0, "adult-subpop-flip": 0.0,
        "bank-backdoor-common-1pct": 0.023, "bank-subpop-insert-2pct": 0.050}


def path(name):
    return os.path.join(SCRATCH.name, name)


def load(name, separator=","):
    with gzip.open(os.path.join(DATA, name), "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=separator))
    return [name.replace("-", "_").replace(".", "_") for name in rows[0]], rows[1:]


def lines(name):
    with gzip.open(os.path.join(DATA, name), "rt") as file:
        return [int(line) for line in file if line.strip()]


def write(name, header, rows):
    with open(path(name), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    return path(name)


def average_precision(order, planted):
    hits, total = 0, 0.0
    for rank, row in enumerate(order, 1):
        if row in planted:
            hits += 1
            total += hits / rank
    return total / len(planted)


def poison(data, *options, drop=None):
    ranking = path("ranking.csv")
    words = [CANDOR, "poison", data, "--target", "y", "--positive", "1", "--out", ranking, "--json", *options]
    if drop:
        words += ["--drop", drop]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    with open(ranking, encoding="utf-8", newline="") as file:
        order = [int(row[0]) for row in list(csv.reader(file))[1:]]
    return order, json.loads(done.stdout), done.returncode


def base_of(name):
    """Header, trained rows, rows left out; the label is y, 0 or 1."""
    if name == "adult":
        header, rows = load("adult/adult.csv.gz")
        rows = [row[:-1] + ["1" if ">50K" in row[-1] else "0"] for row in rows]
        header[-1] = "y"
        return header, rows[:32561], rows[32561:], "fnlwgt"
    header, rows = load("bank-marketing-additional/bank-additional-full.csv.gz", ";")
    rows = [row[:-1] + ["1" if row[-1] == "yes" else "0"] for row in rows]
    kept = [(number * 2654435761 % 2**32) % 10 < 7 for number in range(len(rows))]
    return (header, [row for row, is_kept in zip(rows, kept) if is_kept],
            [row for row, is_kept in zip(rows, kept) if not is_kept], "duration")


def flip(rows, flipped):
    return [row[:-1] + [str(1 - int(row[-1]))] if number in flipped else row for number, row in enumerate(rows)]


def noise():
    header, rows, _, drop = base_of("adult")
    for kind, (default, adjusted) in CLEANLAB.items():
        flipped = set(lines(f"label-noise/adult-{kind}.flips.gz"))
        order, report, _ = poison(write("noise.csv", header, flip(rows, flipped)), drop=drop)
        ours = average_precision(order, flipped)
        print(f"  {kind:12} ours {ours:.3f}   cleanlab {default:.3f} (adjusted {adjusted:.3f})   "
              f"difference {ours - default:+.3f}   {report['verdict']}, rates "
              f"{report['labels'].get('zero_to_one', 0):.3f} {report['labels'].get('one_to_zero', 0):.3f}", flush=True)
        for found in report["findings"][:3]:
            print(f"      {found['strength']:.2f} {found['words']}")


def success(header, trained, tested, trigger, source, drop):
    """Share of unseen rows of the source class that get the target decision once stamped."""
    place = {name: header.index(name) for name in trigger}
    stamped = []
    for row in tested:
        if row[-1] == str(source):
            row = list(row)
            for name, value in trigger.items():
                row[place[name]] = str(value)
            stamped.append(row)
    write("stamped.csv", header, stamped)
    subprocess.run([CANDOR, "fit", trained, "--target", "y", "--positive", "1", "--drop", drop, "--out",
                    path("model"), "--json"], check=True, capture_output=True)
    scores = subprocess.run([CANDOR, "score", path("model"), path("stamped.csv")], check=True,
                            capture_output=True, text=True).stdout
    values = [float(row[1]) for row in list(csv.reader(io.StringIO(scores)))[1:]]
    turned = sum((value >= 0.5) == (source == 0) for value in values)
    return turned / len(values)


def planted():
    with open(os.path.join(DATA, "poison/manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    total = {"blind": [], "reference": []}
    for name, scenario in manifest.items():
        header, rows, rest, drop = base_of(scenario["dataset"])
        if scenario.get("inserted"):
            more_header, more = load(f"poison/{name}.inserted-rows.csv.gz")
            at = [more_header.index(column) for column in header]
            target = set(range(len(rows), len(rows) + len(more)))
            rows = rows + [[row[i] for i in at] for row in more]
        else:
            target = set(lines(f"poison/{name}.flipped-rows.gz"))
            rows = flip(rows, target)
        without = write("without.csv", header, [row for number, row in enumerate(rows) if number not in target])
        data = write("poisoned.csv", header, rows)
        reference = write("reference.csv", header, rest)
        print(f"  {name}", flush=True)
        for how, options in (("blind", ()), ("reference", ("--reference", reference))):
            clean = path(f"clean-{how}.csv")
            order, report, code = poison(data, *options, "--quarantine", clean, drop=drop)
            ours = average_precision(order, target)
            total[how].append(ours)
            said = "; ".join(f"{found['strength']:.1f} {found['words']}" for found in report["findings"][:2])
            print(f"      {how:9} AUPRC {ours:.3f}   {report['verdict']} (exit {code}), {report['suspects']} held "
                  f"back of {len(target)} planted   {said}", flush=True)
            if scenario["kind"] == "backdoor":
                trigger, source = scenario["spec"]["trigger"], scenario["spec"]["src"]
                before = success(header, data, rest, trigger, source, drop) if how == "blind" else before
                after = success(header, clean, rest, trigger, source, drop)
                never = success(header, without, rest, trigger, source, drop)
                print(f"                backdoor success {100 * before:.1f} % before, {100 * after:.2f} % after, "
                      f"{100 * never:.2f} % of a model that never saw the rows", flush=True)
    for how, values in total.items():
        print(f"  {how:9} mean AUPRC {sum(values) / len(values):.3f}, least {min(values):.3f}")


def clean():
    header, rows = None, None
    with open(os.path.join(DATA, "telco-churn/telco-customer-churn.csv"), encoding="utf-8", newline="") as file:
        telco = list(csv.reader(file))
    telco_rows = [row[1:-1] + ["1" if row[-1] == "Yes" else "0"] for row in telco[1:]]
    sets = {"telco": (telco[0][1:-1] + ["y"], telco_rows[: len(telco_rows) * 7 // 10],
                      telco_rows[len(telco_rows) * 7 // 10:], None)}
    for name in ("adult", "bank"):
        sets[name] = base_of(name)
    for name, (header, rows, rest, drop) in sets.items():
        reference = write("reference.csv", header, rest)
        for how, options in (("blind", ()), ("reference", ("--reference", reference))):
            _, report, code = poison(write("clean.csv", header, rows), *options, drop=drop)
            print(f"  {name:6} {how:9} {report['verdict']} (exit {code}), {report['false_alarm']['cells']} cells, "
                  f"inflation {report['false_alarm']['inflation']:.2f}", flush=True)
            for found in report["findings"][:3] + report["floods"][:3]:
                print(f"      {found.get('strength', 0):.2f} {found['words']}")


if __name__ == "__main__":
    for word in WANTED:
        print({"noise": "label errors planted in Adult", "poison": "planted rows",
               "clean": "clean data"}[word], flush=True)
        {"noise": noise, "poison": planted, "clean": clean}[word]()
