"""The models of the gate, fitted on the labelled texts: words and pairs of words, each with its weight.

    gate_fit.py GATE_WORDS FOLDER INTO

Only records of the fitting part are read: SHA-256 of the record's id (injection) or group (copy) modulo 3 is
not 0; the rest is for scan_quality.py, which tells what is found there. Sentences of our own (gate_own.txt)
and of our manuals come on top. Logistic regression with a ridge, by AdaGrad in a fixed order. A text is as manipulative as its
worst sentence: which sentence of an attack that is, the model of the round before says. GATE_WORDS cuts the
texts, so that fitting and scanning see the same words. Python's own library is enough.
"""

import hashlib
import json
import math
import os
import random
import subprocess
import sys

ROUNDS, EPOCHS, CLASS_LEAST = 5, 25, 6


def is_told(key):
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 3 == 0


def sentences(program, texts, *words):
    run = subprocess.run([program, *words], input=b"".join(t.replace("\0", " ").encode() + b"\0" for t in texts),
                         capture_output=True, check=True)
    found = [[]]
    for line in run.stdout.decode().split("\n"):
        if line:
            found[-1].append(line.split(" "))
        else:
            found.append([])
    return found[:len(texts)]


def features(words):
    said = [w for w in words if w[0] != "@"]
    classes = [w for w in words if w[0] == "@"]
    both = [a + " " + b for i, a in enumerate(classes) for b in classes[i + 1:]]
    return said + [a + " " + b for a, b in zip(["^"] + said, said)] + classes + both


def score(weights, bias, words):
    return bias + sum(weights.get(f, 0.0) for f in features(words))


def fit(cases, ridge, least):
    """cases: (words, label, importance); features in fewer than `least` cases are left out."""
    seen = {}
    for words, _, _ in cases:
        for f in set(features(words)):
            seen[f] = seen.get(f, 0) + 1
    names = sorted(f for f, n in seen.items() if n >= (CLASS_LEAST if f[0] == "@" else least))
    index = {f: i for i, f in enumerate(names)}
    is_class = [f[0] == "@" for f in names]
    rows = [([index[f] for f in features(w) if f in index], y, k) for w, y, k in cases]
    weight, square, bias, bias_square = [0.0] * len(names), [1e-8] * len(names), 0.0, 1e-8
    order = random.Random(7)
    for epoch in range(EPOCHS):
        order.shuffle(rows)
        for row, y, k in rows:
            p = 1 / (1 + math.exp(-max(-30, min(30, bias + sum(weight[i] for i in row)))))
            g = (p - y) * k
            bias_square += g * g
            bias -= 0.3 * g / math.sqrt(bias_square)
            for i in row:
                gi = g + (ridge / 4 if is_class[i] else ridge) * weight[i]
                square[i] += gi * gi
                weight[i] -= 0.3 * gi / math.sqrt(square[i])
    return {f: w for f, w in zip(names, weight) if abs(w) >= 1 / 16}, bias


def fit_worst(texts, labels, importance, ridge, least):
    """Of an attack the sentence that the model thinks worst counts, and what is nearly as bad."""
    weights, bias = None, 0.0
    harmless = {tuple(s) for said, label in zip(texts, labels) if label == 0 for s in said}
    texts = [[s for s in said if tuple(s) not in harmless] or said if label else said
             for said, label in zip(texts, labels)]
    for _ in range(ROUNDS):
        cases = []
        for said, label, k in zip(texts, labels, importance):
            if not said:
                continue
            if label == 0 or weights is None:
                cases += [(s, label, k / (len(said) ** 0.5 if label else 1)) for s in said]
            else:
                cases.append((max(said, key=lambda s: score(weights, bias, s)), 1, k))
        weights, bias = fit(cases, ridge, least)
    return weights, bias


def worst(weights, bias, said):
    return max((score(weights, bias, s) for s in said), default=-99.0)


def threshold(pairs, share):
    """The least score that no more than this share of the harmless ones reach."""
    harmless = sorted((s for s, label in pairs if label == 0), reverse=True)
    return harmless[int(share * len(harmless))] + 1e-6


def folds(texts, labels, importance, keys, ridge, least):
    """Scores from models that did not see the record: what the threshold is set on."""
    fold = [int(hashlib.sha256(("fold" + k).encode()).hexdigest(), 16) % 5 for k in keys]
    out = [0.0] * len(texts)
    for f in range(5):
        pick = [i for i in range(len(texts)) if fold[i] != f]
        w, b = fit_worst([texts[i] for i in pick], [labels[i] for i in pick], [importance[i] for i in pick],
                         ridge, least)
        for i in range(len(texts)):
            if fold[i] == f:
                out[i] = worst(w, b, texts[i])
    return out


def write(path, name, about, weights, bias, thresholds):
    with open(path, "w", encoding="utf-8") as file:
        file.write("/*\n * %s - %s\n *\n * Made by bench/gate_fit.py; do not edit. In 1/256 of a logit.\n */\n"
                   % (os.path.basename(path), about))
        file.write("%s_BIAS(%d)\n" % (name, round(bias * 256)))
        for word, value in thresholds:
            file.write("%s_LEAST(%s, %d)\n" % (name, word, round(value * 256)))
        for f in sorted(weights):
            file.write('%s_WEIGHT("%s", %d)\n' % (name, f.replace("\\", "\\\\").replace('"', '\\"'),
                                                  max(-32767, min(32767, round(weights[f] * 256)))))


def read_own(folder):
    with open(os.path.join(folder, "gate_own.txt"), encoding="utf-8") as file:
        return [(line[2:].rstrip("\n"), int(line[0] == "+")) for line in file if line[:2] in ("+ ", "- ")]


def prose(program, *words):
    """Every fourth sentence of our own manuals, by hash: text that neither steers nor sells."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs")
    texts = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".md") and name != "gate.md":
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                texts.append(file.read())
    said = [s for text in sentences(program, texts, *words) for s in text]
    return [s for s in said if int(hashlib.sha256(" ".join(s).encode()).hexdigest(), 16) % 4 == 0]


def injection(program, folder, into):
    with open(folder + "/injection/data.jsonl", encoding="utf-8") as file:
        records = [r for r in map(json.loads, file) if not is_told(r["id"])]
    own = read_own(os.path.dirname(os.path.abspath(__file__)))
    keys = [r["id"] for r in records] + [text for text, _ in own]
    labels = [r["label"] for r in records] + [label for _, label in own]
    said = sentences(program, [r["text"] for r in records] + [text for text, _ in own])
    plain = prose(program)
    keys, labels, said = keys + [str(p) for p in plain], labels + [0] * len(plain), said + [[p] for p in plain]
    even = [1.0] * (len(keys) - len(plain)) + [0.5] * len(plain)
    ridge, least = 0.01, 5
    out = folds(said, labels, even, keys, ridge, least)
    pairs = list(zip(out[:len(records)], labels))
    weights, bias = fit_worst(said, labels, even, ridge, least)
    limits = [("LIKELY", threshold(pairs, 0.015)), ("POSSIBLE", threshold(pairs, 0.04))]
    write(into + "/injection_model.def", "INJECTION", "words that tell an instruction for a model.", weights,
          bias, limits)
    print("injection: %d weights" % len(weights), limits)


def best_f1(pairs):
    """The score above which F1 is highest; in the middle of the gap."""
    order = sorted(pairs, reverse=True)
    right, best, at = 0, -1.0, 0.0
    all_right = sum(label for _, label in order)
    for i, (value, label) in enumerate(order):
        right += label
        f1 = 2 * right / (i + 1 + all_right)
        if f1 > best:
            best, at = f1, (value + (order[i + 1][0] if i + 1 < len(order) else value)) / 2
    return at, best


def copy(program, folder, into):
    with open(folder + "/copy-darkpatterns/data.jsonl", encoding="utf-8") as file:
        records = [r for r in map(json.loads, file) if not is_told(r["group"])]
    keys, labels = [r["group"] for r in records], [r["label"] for r in records]
    said = sentences(program, [r["text"] for r in records], "copy")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gate_own.txt"), encoding="utf-8") as file:
        own = sentences(program, [line[2:] for line in file if line.startswith("= ")], "copy")
    plain = prose(program, "copy") + [s for text in own for s in text]
    keys, labels, said = keys + [str(p) for p in plain], labels + [0] * len(plain), said + [[p] for p in plain]
    even, ridge, least = [1.0] * len(records) + [0.5] * len(plain), 0.003, 2
    out = folds(said, labels, even, keys, ridge, least)
    limit, f1 = best_f1(list(zip(out[:len(records)], labels)))
    weights, bias = fit_worst(said, labels, even, ridge, least)
    write(into + "/copy_model.def", "COPY", "words of dark patterns in shops.", weights, bias,
          [("LIKELY", limit)])
    print("copy: %d weights, F1 %.4f on the folds at %.2f" % (len(weights), f1, limit))


if __name__ == "__main__":
    injection(*sys.argv[1:])
    copy(*sys.argv[1:])
