"""c2pa.py FILE ROOT - the C2PA manifest of a text by another hand: JUMBF, CBOR, COSE and the hash in plain Python, the
signature and the certificate by openssl. Writes beside itself what openssl reads: run it in a scratch folder."""
import base64, hashlib, re, subprocess, sys, unicodedata
path, root = sys.argv[1:3]
raw = open(path, "rb").read()
text = raw.decode()
def cbor(b, i=0):
    major, n = b[i] >> 5, b[i] & 31
    i += 1
    if n >= 24:
        k = 1 << (n - 24)
        n, i = int.from_bytes(b[i:i + k], "big"), i + k
        assert k <= 8
    if major == 0: return n, i
    if major == 1: return -1 - n, i
    if major in (2, 3):
        v = b[i:i + n]
        return (v if major == 2 else v.decode()), i + n
    if major == 4:
        out = []
        for _ in range(n):
            v, i = cbor(b, i); out.append(v)
        return out, i
    if major == 5:
        out, keys = {}, []
        for _ in range(n):
            j = i
            k, i = cbor(b, i); keys.append(b[j:i])
            out[k], i = cbor(b, i)
        assert keys == sorted(keys) and len(out) == n, "not deterministic"
        return out, i
    if major == 6:
        v, i = cbor(b, i)
        return ("tag", n, v), i
    return {20: False, 21: True, 22: None}[n], i
def whole(b):
    v, i = cbor(b)
    assert i == len(b)
    return v
def boxes(b):
    while b:
        n = int.from_bytes(b[:4], "big")
        assert 8 <= n <= len(b)
        yield b[4:8], b[:n]
        b = b[n:]
def superbox(b):
    (kind, head), *rest = boxes(b[8:])
    assert b[4:8] == b"jumb" and kind == b"jumd"
    return head[8:12], head[25:].split(b"\0")[0].decode(), rest
line = re.search(r"(?m)^.*-----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,(\S+) -----END C2PA MANIFEST-----.*\n?", text)
page = re.search(r'<script type="application/c2pa">([^<]+)</script>', text)
if line:
    store, start, end = base64.b64decode(line[1], validate=True), len(text[:line.start()].encode()), len(text[:line.end()].encode())
    if end == len(raw) and start: start -= 1
elif page:
    store, start, end = base64.b64decode(page[1], validate=True), len(text[:page.start()].encode()), len(text[:page.end()].encode())
else:
    at = text.rindex("\ufeff")
    got = bytes(ord(c) - 0xFE00 if ord(c) < 0xFE10 else ord(c) - 0xE0100 + 16 for c in text[at + 1:])
    n = int.from_bytes(got[9:13], "big")
    assert got[:9] == b"C2PATXT\0\x01" and set(got[13 + n:]) <= {0, 16}
    store, start, end = got[13:13 + n], len(text[:at].encode()), len(raw)
    assert end - start == 3 + (13 + n) * 4 + 6
kind, label, manifests = superbox(store)
assert (kind, label, len(manifests)) == (b"c2pa", "c2pa", 1)
kind, label, parts = superbox(manifests[0][1])
assert kind == b"c2ma" and label.startswith("urn:c2pa:")
named = {superbox(p)[1]: p for _, p in parts}
claim_box, = superbox(named["c2pa.claim.v2"])[2]
claim_bytes = claim_box[1][8:]
claim = whole(claim_bytes)
said = {superbox(p)[1]: p for _, p in superbox(named["c2pa.assertions"])[2]}
assert len(claim["created_assertions"]) == len(said) == 2
for one in claim["created_assertions"]:
    assert hashlib.sha256(said[one["url"].split("/")[1]][8:]).digest() == one["hash"]
content = {k: whole(superbox(p)[2][0][1][8:]) for k, p in said.items()}
binding = content["c2pa.hash.data"]
assert binding["exclusions"] == [{"start": start, "length": end - start}]
rest = raw[:start] + raw[end:]
if not line and not page:
    rest = unicodedata.normalize("NFC", rest.decode()).encode()
assert hashlib.sha256(rest).digest() == binding["hash"]
action, = content["c2pa.actions.v2"]["actions"]
assert action["action"] == "c2pa.created" and action["digitalSourceType"].endswith("rainedAlgorithmicMedia")
tag, number, (header, loose, payload, signature) = whole(superbox(named["c2pa.signature"])[2][0][1][8:])
assert (tag, number, loose, payload) == ("tag", 18, {}, None)
names = whole(header)
assert names[1] == -7
def string(major, b):
    n = len(b)
    return (bytes([major << 5 | n]) if n < 24 else bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + n.to_bytes(2, "big")) + b
open("signed", "wb").write(b"\x84" + string(3, b"Signature1") + string(2, header) + string(2, b"") + string(2, claim_bytes))
def der(half):
    half = half.lstrip(b"\0")
    half = b"\0" + half if half[0] & 0x80 else half
    return bytes([2, len(half)]) + half
both = der(signature[:32]) + der(signature[32:])
open("signature.der", "wb").write(bytes([48, len(both)]) + both)
open("signer.der", "wb").write(names[33])
run = lambda words, **more: subprocess.run(words.split(), check=True, stdout=subprocess.PIPE, **more).stdout
open("signer.pem", "wb").write(run("openssl x509 -inform DER -in signer.der"))
open("signer.pub", "wb").write(run("openssl x509 -in signer.pem -noout -pubkey"))
run("openssl dgst -sha256 -verify signer.pub -signature signature.der signed")
run(f"openssl verify -purpose smimesign -x509_strict -CAfile {root} signer.pem")
