"""Times the workloads of crates/bench in other libraries, beside Backflow.

    python peers.py [--tfjs FOLDER] [--write]

What is not installed is left out. One core, one thread. --write puts the tables
into docs/performance.md.
"""

import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE, HEADING = ROOT / "docs/performance.md", "## Peers"

# Peer, workload, size, Backflow's side, least ratio.
BARS = [
    ("micrograd", "W2", "", "native", 1000),
    ("JAX", "W4", "", "native", 3),
    ("TensorFlow.js", "W4", "", "wasm", 8),
    ("JAX", "W5", "256", "native", 1),
    ("JAX", "W5", "512", "native", 1),
    ("TensorFlow.js", "W5", "256", "wasm", 5),
    ("TensorFlow.js", "W5", "512", "wasm", 5),
    ("JAX", "W6a", "", "native", 2.5),
    ("JAX", "W6b", "", "native", 2.5),
]


def alone():
    """One core and one thread, before any library counts them."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    # NumPy is to choose its kernels for this processor itself.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    os.environ["JAX_PLATFORMS"] = "cpu"


def backflow():
    """Backflow's times and values by target, workload and size."""
    command = ["cargo", "bench", "--package", "backflow-bench", "--", "--json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    results = json.loads(output.stdout.splitlines()[-1])
    found = {}
    for target, rows in results.items():
        for row in rows:
            ours = row["sides"][0]["micros"]["middle"]
            found[target, row["workload"], row["size"]] = ours, row["value"]
    return found


def in_python(module):
    from data import microseconds

    try:
        peer = importlib.import_module(module)
    except ImportError as error:
        print(f"{module}: left out, {error}", file=sys.stderr)
        return None
    rows = []
    for workload, size, once, value in peer.workloads():
        print(f"{peer.NAME}: {workload} {size}", file=sys.stderr)
        rows.append({"workload": workload, "size": size, "value": value, "micros": microseconds(once)})
    return {"name": peer.NAME, "rows": rows}


def tfjs(folder):
    if folder is None:
        print("TensorFlow.js: left out, see README.md", file=sys.stderr)
        return None
    print("TensorFlow.js", file=sys.stderr)
    script = pathlib.Path(__file__).with_name("tfjs.mjs")
    output = subprocess.run(["node", script, folder], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(output.stdout)


def short(micros):
    return f"{micros:,.0f}" if micros >= 100 else f"{micros:.3g}"


def tables(ours, peers):
    places = list(dict.fromkeys((w, s) for target, w, s in ours if target == "native" and w[0] == "W"))
    lines = ["| µs (÷ Backflow) | " + " | ".join(f"{w} {s}".strip() for w, s in places) + " |"]
    lines.append("|---|" + "---:|" * len(places))
    for target in ("native", "wasm"):
        times = [ours.get((target, *place)) for place in places]
        if any(times):
            cells = [short(time[0]) if time else "–" for time in times]
            lines.append(f"| Backflow, {target} | " + " | ".join(cells) + " |")
    ratios = {}
    for peer in peers:
        target = "wasm" if "wasm" in peer["name"] else "native"
        cells = {}
        for row in peer["rows"]:
            place = row["workload"], row["size"]
            if (target, *place) not in ours:
                continue
            time, value = ours[target, *place]
            digits = 1e-3 if "f32" in peer["name"] else 1e-9
            if not abs(row["value"] - value) <= digits * abs(value):
                raise SystemExit(f"{peer['name']} {place}: {row['value']}, not {value}")
            ratio = row["micros"] / time
            ratios[peer["name"].split()[0], *place] = ratio
            cells[place] = f"{short(row['micros'])} ({short(ratio)}×)"
        lines.append(f"| {peer['name']} | " + " | ".join(cells.get(p, "–") for p in places) + " |")
    lines += ["", "| | peer ÷ Backflow | bar | |", "|---|---:|---:|---|"]
    for peer, workload, size, target, bar in BARS:
        ratio = ratios.get((peer, workload, size))
        if ratio is not None:
            verdict = "pass" if ratio >= bar else "**miss**"
            name = f"{workload} {size}".strip()
            lines.append(f"| {name}: {peer}, Backflow {target} | {short(ratio)} | ≥ {bar:,} | {verdict} |")
    return "\n".join(lines)


INTRO = f"""{HEADING}

The same workloads in other libraries, each as one would write it there, on one core with one thread, measured one after the other by the same clock (`crates/bench/peers`). The value of each must be Backflow's to nine digits, to three where a library has `f32` only. TensorFlow.js is compared with Backflow as WebAssembly, the others with it native. In micrograd W3 ends in a RecursionError.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tfjs", help="folder whose node_modules has TensorFlow.js")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    alone()
    ours = backflow()
    peers = [in_python(module) for module in ("in_jax", "in_autograd", "in_micrograd")]
    peers.append(tfjs(options.tfjs))
    text = tables(ours, [peer for peer in peers if peer])
    print(text)
    if options.write:
        before = PAGE.read_text().split(HEADING)[0].rstrip()
        PAGE.write_text(f"{before}\n\n{INTRO}\n{text}\n")


if __name__ == "__main__":
    main()
