"""Check a study's audit trail without interviewkit: python verify_audit.py STUDY [CHECKPOINT].

Needs the package cryptography. Exit code: 0 intact, 1 tampered with, 2 something can't be told.
"""

import json
import re
import sys
import tarfile
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

found, when, slack = set(), datetime.fromisoformat, timedelta(seconds=120)


def signed(code, key, signature, data):
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        return public.verify(bytes.fromhex(signature), data) is None
    except (InvalidSignature, TypeError, ValueError):
        return found.add((code, f"not signed with the key {key}"))


def chain(path):
    found.update({(2, f"{path.name} is cut in an entry")} if path.read_bytes()[-1:] != b"\n" else ())
    hashes, entries, last = ["0" * 64], [], ("", b"")
    for raw in path.read_bytes().split(b"\n")[:-1]:
        try:
            signature, payload = re.fullmatch(rb'{"sig":"([0-9a-f]{128})","entry":({.*})}', raw).groups()
            entry = json.loads(payload)
            if (entry["v"], entry["seq"], entry["prev"]) != (1, len(entries), hashes[-1]):
                raise ValueError
            if entries and when(entry["at"]) < when(entries[-1]["at"]) - slack:
                found.add((2, f"{path.name}, entry {len(entries)}: the clock was put back"))
        except (AttributeError, KeyError, TypeError, ValueError):
            found.add((1, f"{path.name}, entry {len(entries)} was altered, or one before it is gone"))
            break
        hashes.append(sha256(b"interviewkit audit link 1\n" + raw).hexdigest())
        entries.append(entry)
        last = signature.decode(), b"interviewkit audit entry 1\n" + payload
    whole = entries and signed(1, entries[0].get("key", ""), *last)
    return (hashes[1:], entries) if whole else ([], [])


def compare(text, chains):
    words = text.lower().replace(">", " ").partition("interviewkit checkpoint 1")[2].split()
    end = words.index("signed")
    anchors = {words[i + 1]: words[i + 3 : i + 8 : 2] for i in range(4, end, 8)}
    said = b"interviewkit checkpoint 1\n" + " ".join(words[:end]).encode()
    if not signed(2, anchors[words[end + 1]][0], "".join(words[end + 2 : end + 4]), said):
        return
    for device, (key, count, head) in anchors.items():
        hashes, entries = chains.get(device, ([], []))
        if hashes[int(count) - 1 : int(count)] != [head] or entries[0].get("key") != key:
            found.add((1, f"{device}.jsonl is not what it was at the checkpoint"))
    limit = when(words[3].upper()) - slack
    for device, (_, entries) in chains.items():
        if any(when(e["at"]) < limit for e in entries[int(anchors.get(device, "00")[1]) :]):
            found.add((2, f"{device}.jsonl has entries after the checkpoint that are dated before it"))


def check(study, checkpoint=None):
    chains = {path.stem: chain(path) for path in (study / "audit").glob("*.jsonl")}
    keys = {path.stem: path.read_text("latin1").strip() for path in (study / "keys/devices").glob("*.pub")}
    last, busy = {}, set()
    for device in keys.keys() | chains.keys():
        entries = chains.get(device, ([], []))[1]
        own = entries and (entries[0].get("device"), entries[0].get("key")) == (device, keys.get(device))
        if not own or "former" in entries[0]:
            found.add((1, f"{device}: a chain was cut or altered, or its public key is another one"))
        ended = {e.get("of") for e in entries}
        for e in entries:
            if e["kind"] == "intent" and e["seq"] not in ended:
                found.add((2, f"{device}.jsonl, entry {e['seq']} has no end"))
                busy.update(e["about"])
            for one in e.get("documents", []) + e.get("recordings", []):
                last.setdefault(one["path"], {})[device] = one.get("head", one.get("after"))
    if checkpoint is not None:
        compare(checkpoint.read_text(), chains)
    tops = [study / top for top in ("people", "recordings", "transcripts")]
    for path in {study / name for name in last}.union(*(top.glob("*/*") for top in tops)):
        if path.is_file() and path.name[0] != "." and path.suffix not in (".partial", ".journal"):
            tar = tarfile.TarFile(path) if path.suffix == ".tar" else None
            data = tar.extractfile(tar.getmembers()[-1]).read() if tar else path.read_bytes()
            last.setdefault(str(path.relative_to(study)), {})["here"] = sha256(data).hexdigest()
    for name, hashes in last.items():
        here = hashes.pop("here", None)
        if name.split("/")[1].partition("-")[0] not in busy and here not in hashes.values():
            found.add((1, f"{name} is not what was written last, or is gone"))
    print(*(f"{('', 'TAMPERED', 'INCOMPLETE')[code]}: {text}" for code, text in sorted(found)), sep="\n")
    return min((code for code, _ in found), default=0)


if __name__ == "__main__":
    sys.exit(check(*map(Path, sys.argv[1:3])))
