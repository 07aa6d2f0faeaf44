"""What `candor scan --only code` finds on the labelled programs, and how fast it reads.

    code_quality.py PROGRAM FOLDER [SET]

Each set is cut in two by the hash of a record's id: rules were tuned on the first half only, the second is told. A line
counts as flagged when a finding begins on it, or lies on it with one of the places of its way. With SET, the lines of the
first half that are wrong are listed.
"""

import collections
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

END = {"javascript": ".js", "typescript": ".ts", "python": ".py", "php": ".php", "html": ".html", "vue": ".vue"}


def half(key):
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2


def scan(program, cases):
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            end = os.path.splitext(case.get("path") or "")[1] or END[case["lang"]]
            with open(os.path.join(folder, "%06d%s" % (number, end)), "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(case["text"])
        started = time.time()
        run = subprocess.run([program, "scan", folder, "--only", "code", "--json"], capture_output=True, check=False)
        seconds = time.time() - started
        if run.returncode not in (0, 1):
            sys.exit(run.stderr.decode())
        report = json.loads(run.stdout)
        found = [[] for _ in cases]
        for one in report["findings"]:
            found[int(os.path.basename(one["file"])[:6])].append(one)
        print("%d texts, %d bytes, %.2f s" % (len(cases), report["bytes"], seconds))
        return found


def lines_of(findings):
    lines = collections.defaultdict(set)
    for one in findings:
        if one["open"]:
            continue
        for line in {one["line"], *(step["line"] for step in one.get("way", [])[-1:])}:
            lines[line].add(one["rule"].rsplit(".", 1)[-1])
    return lines


def main():
    program, folder = sys.argv[1:3]
    wanted = sys.argv[3] if len(sys.argv) > 3 else None
    for name in ("code-codeql-js", "code-codeql-py", "code-semgrep-rules", "code-cyberseceval", "code-juiceshop-fixes"):
        path = os.path.join(folder, name, "data.jsonl")
        if (wanted is not None and wanted != name) or not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            cases = [json.loads(line) for line in file]
        cases = [c for c in cases if c.get("lang") in END or os.path.splitext(c.get("path") or "")[1]]
        count = collections.Counter()
        wrong = collections.Counter()
        for case, findings in zip(cases, scan(program, cases)):
            told = half(case["id"])
            lines = lines_of(findings)
            if "labels" not in case:
                count[(told, case["label"], bool(lines))] += 1
                continue
            text = case["text"].split("\n")
            for label in case["labels"]:
                near = range(label["line"], label["line"] + 1)
                is_hit = any(line in lines for line in near)
                count[(told, label["label"], is_hit)] += 1
                count[(told, case["lang"], is_hit)] += 1
                if wanted and not told and is_hit != (label["label"] == "bad"):
                    wrong[case.get("cwe") or case.get("rule")] += 1
                    line = text[label["line"] - 1] if label["line"] <= len(text) else ""
                    print("  %s %s:%d %s  %s" % ("MISSED" if label["label"] == "bad" else "FALSE ", case.get("path") or case["rule"],
                                              label["line"], ",".join(sorted(lines.get(label["line"], ()))), line.strip()[:110]))
        for told in (0, 1):
            hit, miss = count[(told, "bad", True)], count[(told, "bad", False)]
            false, fine = count[(told, "ok", True)], count[(told, "ok", False)]
            precision = hit / max(1, hit + false)
            recall = hit / max(1, hit + miss)
            print("%s %s: recall %.3f (%d of %d), false alarms %.3f (%d of %d), F1 %.3f" % (
                name, ("tuned", "told")[told], recall, hit, hit + miss, false / max(1, false + fine), false, false + fine,
                2 * precision * recall / max(1e-9, precision + recall)))
            for lang in ("javascript", "python", "php"):
                seen = count[(told, lang, True)] + count[(told, lang, False)]
                if name == "code-cyberseceval" and seen:
                    print("    %s %.3f (of %d)" % (lang, count[(told, lang, True)] / seen, seen))
        if wrong:
            print(wrong.most_common())


main()
