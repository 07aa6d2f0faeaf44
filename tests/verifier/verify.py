#!/usr/bin/env python3
"""verify.py - an independent check of what Candor signs, in one file of plain Python.

It shares no code and no library with Candor: an auditor, a court or a customer can read it in half an
hour. It follows RFC 8032 (Ed25519), RFC 9162 section 2.1 (trees and proofs) and the C2SP texts
signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-tiles.

  verify.py checkpoint FILE   --key KEY [--witness KEY]...
  verify.py proof FILE LEAF   --key KEY [--witness KEY]...     LEAF: base64 of the entry
  verify.py consistency OLD NEW REQUEST --key KEY              REQUEST: its lines hold the proof
  verify.py tiles DIR         --key KEY                        a whole exported ledger
  verify.py certificate FILE  --key KEY                        of an erasure, as JSON
  verify.py receipt FILE      --key KEY                        of a decision, as JSON
  verify.py consent FILE      --key KEY                        a consent receipt (docs/receipts.md)

KEY is a verifier key or a file that holds one (ledger.pub, witness.pub). Exit 0: it holds; 1: it does
not, with the reason.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import sys

# ---- Ed25519, RFC 8032 section 5.1.7 -----------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """What does not hold, as a sentence."""


def require(holds, sentence):
    if not holds:
        raise Wrong(sentence)


def x_of(y, sign):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - xx) % P != 0 or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point_of(data):
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    x = x_of(y, number >> 255) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    q = (0, 1, 1, 0)
    while n > 0:
        if n & 1:
            q = add(q, p)
        p = add(p, p)
        n >>= 1
    return q


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def signature_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or same(times(8, a), (0, 1, 1, 0)):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(h, a)))


# ---- trees, RFC 9162 section 2.1 ---------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def tree_root(hashes):
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"")
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def inclusion_holds(leaf, index, size, proof, root):  # 2.1.3.2
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_holds(first, first_root, second, second_root, proof):  # 2.1.4.2
    if first > second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == sha256(b"")
    path = ([first_root] if first & (first - 1) == 0 else []) + list(proof)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# ---- notes and checkpoints ---------------------------------------------------------------------

LOG, WITNESS = 0x01, 0x04


def unbase64(text, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"{what} is not base64") from None
    require(base64.b64encode(data).decode() == text, f"{what} is base64 in another form")
    return data


def number(text, what):
    require(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), f"{what} is no number")
    return int(text)


def key_of(text, algorithm):
    """(name, key id, public key) of name+id+base64(algorithm | key)."""
    if os.path.exists(text):
        text = read(text)
    parts = text.strip().split("+", 2)
    require(len(parts) == 3, "a key has the form name+id+key")
    name, key = parts[0], unbase64(parts[2], "the key")
    require(len(key) == 33 and key[0] == algorithm, "the key is of another kind")
    key_id = sha256(name.encode() + b"\n" + key)[:4]
    require(key_id.hex() == parts[1], "the key's id is not that of its name and key")
    return name, key_id, key[1:]


def read(path):
    with open(path, "rb") as file:
        try:
            return file.read().decode()
        except UnicodeDecodeError:
            raise Wrong(f"{path} is not UTF-8") from None


def note_parts(note):
    require(all(c >= " " or c == "\n" for c in note), "the note has control characters")
    require(note.endswith("\n"), "the note's last line has no newline")
    text, cut, lines = note.rpartition("\n\n")
    require(cut and lines, "the note has no signature lines")
    signatures = []
    for line in lines[:-1].split("\n"):
        words = line.split(" ")
        require(len(words) == 3 and words[0] == "\u2014" and words[1], "a signature line is malformed")
        payload = unbase64(words[2], "a signature")
        require(len(payload) > 4, "a signature is empty")
        signatures.append((words[1], payload[:4], payload[4:]))
    return text + "\n", signatures


def signed_by(text, signatures, key, algorithm):
    """All lines that claim to be by the key must hold, and there must be one."""
    name, key_id, public = key
    found = False
    for signer, signer_id, signature in signatures:
        if signer != name or signer_id != key_id:
            continue
        message = text.encode()
        if algorithm == WITNESS:
            require(len(signature) == 72, f"{name}'s signature has another length")
            time = int.from_bytes(signature[:8], "big")
            require(0 < time < 2**63, f"{name}'s signature has no time")
            message = f"cosignature/v1\ntime {time}\n".encode() + message
            signature = signature[8:]
        require(signature_holds(public, message, signature), f"{name}'s signature does not hold")
        found = True
    require(found, f"it is not signed by {name}")


def checkpoint(note, key, witnesses=()):
    """(size, root) of a signed checkpoint."""
    text, signatures = note_parts(note)
    signed_by(text, signatures, key, LOG)
    for witness in witnesses:
        signed_by(text, signatures, witness, WITNESS)
    lines = text[:-1].split("\n")
    require(len(lines) >= 3 and all(lines), "the checkpoint has fewer than three lines")
    require(lines[0] == key[0], "the checkpoint is of another ledger")
    size, root = number(lines[1], "the size"), unbase64(lines[2], "the root")
    require(len(root) == 32, "the root is no hash")
    require(size > 0 or root == sha256(b""), "the root is not that of an empty ledger")
    return size, root


def hashes_of(lines):
    hashes = [unbase64(line, "a hash") for line in lines]
    require(all(len(h) == 32 for h in hashes), "a hash has another length")
    return hashes


def proof(text, entry, key, witnesses=()):
    """The index and size at which a proof file shows an entry."""
    head, cut, note = text.partition("\n\n")
    require(cut, "the proof file has no checkpoint")
    lines = head.split("\n")
    require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "it is no proof file")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    require(lines and lines[0].startswith("index "), "the proof file has no index")
    index = number(lines.pop(0)[6:], "the index")
    size, root = checkpoint(note, key, witnesses)
    require(inclusion_holds(leaf_hash(entry), index, size, hashes_of(lines), root),
            "the proof does not show this entry")
    return index, size


# ---- entries, receipts, certificates -----------------------------------------------------------

FIELD = {1: 16, 2: 32, 3: 16, 4: 2, 5: 32, 6: 16, 7: 1, 8: 8}
ACTION, OBJECT = 4, 6
ERASE, DECIDE = 33, 40


def entry_fields(entry):
    require(entry[:5] == b"CNL1\x01" and len(entry) >= 17, "it is no entry of a ledger")
    fields, at, last = {}, 17, 0
    for _ in range(int.from_bytes(entry[15:17], "big")):
        require(at + 3 <= len(entry), "the entry is cut")
        tag, length = entry[at], int.from_bytes(entry[at + 1:at + 3], "big")
        require(tag > last and FIELD.get(tag) == length and at + 3 + length <= len(entry), "the entry is malformed")
        fields[tag], at, last = entry[at + 3:at + 3 + length], at + 3 + length, tag
    require(at == len(entry) and ACTION in fields, "the entry is malformed")
    return fields


def receipt(document, key, action, witnesses=()):
    """Fields of the entry that a receipt shows."""
    part = document.get("receipt")
    require(isinstance(part, dict), "there is no receipt")
    entry = unbase64(part["leaf"], "the entry")
    index, _ = proof(part["proof"], entry, key, witnesses)
    require(index == part["ledger_index"] == document.get("ledger_index", index), "the receipt names another entry")
    fields = entry_fields(entry)
    require(action is None or int.from_bytes(fields[ACTION], "big") == action, "the entry records another act")
    return fields


def signed_document(document, key):
    """A document's signature is over its format and, as RFC 8785 writes it, all else in it."""
    require(isinstance(document.get("signature"), str), "it is not signed")
    name, _, signature = document["signature"].partition(" ")
    signature = unbase64(signature, "the signature")
    bare = {k: v for k, v in document.items() if k != "signature"}
    message = document["format"] + "\n" + json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    require(name == key[0] and signature[:4] == key[1], "it is signed by somebody else")
    require(signature_holds(key[2], message.encode(), signature[4:]), "its signature does not hold")


def certificate(document, key, witnesses=()):
    require(document.get("format") == "candor-erasure-certificate-v1", "it is no certificate of an erasure")
    signed_document(document, key)
    fields = receipt(document, key, ERASE, witnesses)
    entry = unbase64(document["receipt"]["leaf"], "the entry")
    require(micros_of(document["requested"]) // 1000 == int.from_bytes(entry[5:13], "big"),
            "the certificate is of another time than the entry")
    require(document.get("erased") is True, "the certificate does not say that data were erased")
    require(fields.get(OBJECT, b"").hex() == document.get("certificate"), "the certificate's number is not on the ledger")


# ---- consent receipts, docs/receipts.md --------------------------------------------------------

STATES = ["given", "refused", "withdrawn", "objected", "restricted", "unrestricted", "human_wanted",
          "machine_allowed", "sensitive_limited", "sensitive_allowed", "requested", "deferred", "revoked",
          "invalidated"]
STATE_ACTION = [10, 11, 12, 13, 14, 14, 100, 100, 101, 101, 15, 16, 17, 18]
ENTITIES = ["person", "guardian", "agent", "operator", "import"]


UI_EVIDENCE = re.compile("notice=[0-9a-f]{64} buttons=BUTTON(/BUTTON)* sizes=(equal|different) defaults=(off|on|none) "
                         "locale=[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))? screen=(phone|tablet|desktop)"
                         .replace("BUTTON", "(refuse|accept|settings|save|close)"))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        require(self.at + length <= len(self.data), "the payload is cut")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length):
        return int.from_bytes(self.take(length), "little", signed=length == 8)

    def text(self, width):  # a name (1) or a block (4)
        try:
            return self.take(self.number(width)).decode()
        except UnicodeDecodeError:
            raise Wrong("the payload is not UTF-8") from None


def payload_of(data):
    r = Reader(data)
    version = r.number(1)
    require(version in (1, 2, 4), "the payload has another version")
    found = {"state": STATES[r.number(1)]}
    found["entity"] = ENTITIES[r.number(1)] if version >= 2 else "person"
    found["purpose"], found["channel"] = r.text(1) or "*", r.text(1)
    found["recipient"] = r.text(1) if version >= 2 else ""
    found["time"], found["recorded"] = r.number(8), r.number(8)
    found["valid_until"] = r.number(8) if version >= 2 else 0
    found["collection_method"], found["version"] = r.text(4), r.text(4)
    found["language"] = r.text(4) if version >= 2 else ""
    found["text"], found["proof"] = r.text(4), r.text(4)
    if version >= 2:
        r.take(r.number(1))
        r.take(r.number(1))
    found["ui_evidence"] = r.text(4) if version == 4 else ""
    require(version != 4 or UI_EVIDENCE.fullmatch(found["ui_evidence"]), "the payload has other evidence of the notice")
    require(r.at == len(data), "the payload is longer than it should be")
    return found


def micros_of(text):
    """Microseconds since 1970 of RFC 3339 in UTC; no time: 0."""
    if text is None:
        return 0
    require(text.endswith("Z"), "a time is not in UTC")
    seconds, _, fraction = text[:-1].partition(".")
    moment = datetime.datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S") - datetime.datetime(1970, 1, 1)
    return (moment.days * 86400 + moment.seconds) * 1000000 + int((fraction + "000000")[:6])


def consent(document, key, witnesses=()):
    require(document.get("format") == "candor-consent-receipt-v1", "it is no consent receipt")
    signed_document(document, key)
    evidence = document["evidence"]
    entry, payload = unbase64(evidence["leaf"], "the entry"), unbase64(evidence["payload"], "the payload")
    fields = entry_fields(entry)
    require(leaf_hash(entry).hex() == document["record_id"], "the record's number is another entry's")
    require(fields.get(1, b"").hex() == document["pii_principal_id"], "it is about somebody else")
    salt = bytes.fromhex(evidence["salt"])
    require(hashlib.blake2b(payload, key=salt, digest_size=32).digest() == fields.get(2), "the entry is about another record")
    index, _ = proof(evidence["proof"], entry, key, witnesses)
    require(index == evidence["ledger_index"], "the receipt names another entry")
    found = payload_of(payload)
    require(int.from_bytes(fields[ACTION], "big") == STATE_ACTION[STATES.index(found["state"])], "the entry records another act")
    shown = {**document["notice"], **document["processing"], **document["event"]}
    for what in ("purpose", "channel", "recipient", "collection_method", "text", "version", "language", "ui_evidence", "state", "entity", "proof"):
        require((shown.get(what) or "") == found[what], f"what it shows as {what} is not on record")
    for what in ("time", "recorded", "valid_until"):
        require(micros_of(shown.get(what)) == max(found[what], 0), f"what it shows as {what} is not on record")


# ---- tiles -------------------------------------------------------------------------------------


def tile_path(kind, n, width):
    name = f"{n % 1000:03}"
    while n >= 1000:
        n //= 1000
        name = f"x{n % 1000:03}/{name}"
    return f"tile/{kind}/{name}" + ("" if width == 256 else f".p/{width}")


def tiles(folder, key):
    """A whole exported ledger: entries, every tile of hashes, and the checkpoint over them."""
    size, root = checkpoint(read(os.path.join(folder, "checkpoint")), key)
    leaves = []
    for n in range((size + 255) // 256):
        with open(os.path.join(folder, tile_path("entries", n, min(256, size - 256 * n))), "rb") as file:
            data, at, count = file.read(), 0, 0
        while at < len(data):
            length = int.from_bytes(data[at:at + 2], "big")
            require(at + 2 + length <= len(data), "a bundle of entries is cut")
            entry_fields(data[at + 2:at + 2 + length])
            leaves.append(leaf_hash(data[at + 2:at + 2 + length]))
            at, count = at + 2 + length, count + 1
        require(count == min(256, size - 256 * n), "a bundle has another number of entries")
    require(tree_root(leaves) == root, "the entries are not those of the checkpoint")
    level, row = 0, leaves
    while row:
        for n in range((len(row) + 255) // 256):
            part = row[256 * n:256 * n + 256]
            with open(os.path.join(folder, tile_path(level, n, len(part))), "rb") as file:
                require(file.read() == b"".join(part), "a tile is not that of the entries")
        row = [tree_root(row[256 * n:256 * n + 256]) for n in range(len(row) // 256)]
        level += 1
    return size


def main():
    parser = argparse.ArgumentParser(description="Check what Candor signs, without Candor.")
    parser.add_argument("what", choices=["checkpoint", "proof", "consistency", "tiles", "certificate", "receipt", "consent"])
    parser.add_argument("file", nargs="+")
    parser.add_argument("--key", required=True)
    parser.add_argument("--witness", action="append", default=[])
    ask = parser.parse_args()
    wanted = {"proof": 2, "consistency": 3}.get(ask.what, 1)
    if len(ask.file) != wanted:
        parser.error({"proof": "proof FILE ENTRY, the entry's bytes in base64 as `ledger show` has them",
                      "consistency": "consistency OLD NEW FILE"}.get(ask.what, ask.what + " takes one file"))
    try:
        key = key_of(ask.key, LOG)
        witnesses = [key_of(text, WITNESS) for text in ask.witness]
        if ask.what == "checkpoint":
            print("holds:", checkpoint(read(ask.file[0]), key, witnesses)[0], "entries")
        elif ask.what == "proof":
            print("holds: entry %d of %d" % proof(read(ask.file[0]), unbase64(ask.file[1], "the entry"), key, witnesses))
        elif ask.what == "consistency":
            old, new = (checkpoint(read(path), key, witnesses) for path in ask.file[:2])
            lines = read(ask.file[2]).partition("\n\n")[0].split("\n")[1:]
            require(consistency_holds(*old, *new, hashes_of(lines)), "the second does not continue the first")
            print("holds:", old[0], "entries continue to", new[0])
        elif ask.what == "tiles":
            print("holds:", tiles(ask.file[0], key), "entries")
        else:
            document = json.loads(read(ask.file[0]))
            require(isinstance(document, dict), "it is no document")
            if ask.what == "certificate":
                certificate(document, key, witnesses)
            elif ask.what == "consent":
                consent(document, key, witnesses)
            else:
                receipt(document, key, None, witnesses)
            print("holds")
    except (Wrong, OSError, AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        print("does not hold:", error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
