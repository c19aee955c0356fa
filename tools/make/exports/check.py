"""python check.py RESULTS: exports a results folder and reads the exports with the programs that they are for.

Compared, each line of output saying what with: the Inspect log by inspect_ai.log.read_eval_log (metrics against summary.json, and against the
samples' own scores), lm-evaluation-harness's files by its own loaders and by `datasets`, Parquet by pyarrow and CSV by Python against
records.jsonl, the model card by huggingface_hub. Ends with 1 where anything differs.

Needs: pip install inspect-ai lm-eval datasets pyarrow huggingface_hub pytablewriter
"""

import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
FORMATS = ["inspect", "lm-eval", "parquet", "csv", "model-card"]
LOOSE = 1e-12
failures = []


def check(what, good):
    print(f"{'same' if good else 'DIFFERS'}: {what}")
    if not good:
        failures.append(what)


def near(a, b):
    return abs(a - b) <= LOOSE


def export(results, to, folder):
    command = ["node", os.path.join(ROOT, "tools", "lookalike.mjs"), "export", results, "--to", to, "--out", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def percent(fraction):
    return round(fraction * 100, 2)


def check_inspect(folder, summary, records):
    from inspect_ai.log import list_eval_logs, read_eval_log
    from inspect_ai.scorer import value_to_float

    (path,) = glob.glob(os.path.join(folder, "*.json"))
    check("Inspect lists the log in its folder", len(list_eval_logs(folder)) == 1)
    log = read_eval_log(path)
    check(f"Inspect: status {log.status}, {len(log.samples)} samples", len(log.samples) == log.results.total_samples)
    to_float = value_to_float()
    names = {"set_accuracy": "set", "accuracy": "individual", "confusion": "confusion", "invalid": "invalid", "precision": "precision"}
    for score in log.results.scores:
        method = summary["methods"][score.name]
        values = {ours: percent(score.metrics[theirs].value) for theirs, ours in names.items()}
        off = {name: (value, method[name]) for name, value in values.items() if abs(value - method[name]) > 0.0051}
        check(f"Inspect {score.name}: five metrics and summary.json {off or ''}", not off)
        given = [s.scores[score.name] for s in log.samples if score.name in (s.scores or {})]
        mean = sum(to_float(s.value) for s in given) / len(given)
        check(f"Inspect {score.name}: accuracy and the mean of {len(given)} sample scores", near(mean, score.metrics["accuracy"].value))
        by_pair = {}
        for sample in log.samples:
            if score.name in (sample.scores or {}):
                by_pair.setdefault(sample.metadata["pair"], []).append(sample.scores[score.name].value == "C")
        sets = sum(all(v) for v in by_pair.values()) / len(by_pair)
        check(f"Inspect {score.name}: set accuracy and that of {len(by_pair)} pairs of samples", near(sets, score.metrics["set_accuracy"].value))
    scores = sum(len(s.scores or {}) for s in log.samples)
    scored = sum(r["status"] == "scored" for r in records)
    check(f"Inspect: {scores} sample scores, {scored} scored records", scores >= scored)


def check_lm_eval(folder, summary, records):
    from datasets import load_dataset
    from lm_eval.utils import get_file_task_name, get_latest_filename, get_results_filenames, get_sample_results_filenames, make_table

    files = glob.glob(os.path.join(folder, "*", "*.json*"))
    results = get_results_filenames(files)
    samples = get_sample_results_filenames(files)
    check(f"lm-eval finds {len(results)} results file and {len(samples)} samples files", len(results) == 1 and len(samples) == len(summary["methods"]))
    data = read_json(get_latest_filename(results))
    table = make_table(data)
    check("lm-eval's make_table prints a line for each task", all(task in table for task in data["results"]))
    by_task = {get_file_task_name(os.path.basename(f)): f for f in samples}
    check("lm-eval: tasks of the results and of the samples files", set(by_task) == set(data["results"]))
    for task, metrics in data["results"].items():
        method = data["configs"][task]["metadata"]["method"]
        expected = summary["methods"][method]
        good = all(abs(percent(metrics[f"{ours},none"]) - expected[theirs]) <= 0.0051 for ours, theirs in [("acc", "individual"), ("set_acc", "set")])
        check(f"lm-eval {task}: acc and set_acc and summary.json", good)
        rows = load_dataset("json", data_files=by_task[task], split="train")
        mean = sum(rows["acc"]) / len(rows)
        check(f"lm-eval {task}: acc and the mean of {len(rows)} samples (datasets)", near(mean, metrics["acc,none"]))
        known = {(r["pair"], r["image"]): r for r in records if r["method"] == method}
        likelihoods = [(row, known.get((row["doc"]["pair"], row["doc"]["image"]))) for row in rows]
        off = [
            row["doc_id"]
            for row, record in likelihoods
            if record and record["options"] and [float(f[0]) for f in row["filtered_resps"]] != [record["options"][o]["score"] for o in "AB"]
        ]
        check(f"lm-eval {task}: log-probabilities and records.jsonl, to the last digit", not off)


def check_rows(rows, records, what, number):
    check(f"{what}: {len(rows)} rows, {len(records)} records", len(rows) == len(records))
    off = []
    for row, record in zip(rows, records):
        options = record["options"] or {"A": {}, "B": {}}
        expected = {"pair": record["pair"], "method": record["method"], "score_a": options["A"].get("score"), "sum_b": options["B"].get("sum"), "margin": record.get("margin"), "image": record["image"]}
        if any((number(row[k]) if k not in ("pair", "method") else row[k]) != v for k, v in expected.items()):
            off.append(record["pair"])
    check(f"{what}: pair, image, method, scores, sums and margins, to the last digit", not off)


def check_parquet(folder, records):
    import pyarrow.parquet as pq

    table = pq.read_table(os.path.join(folder, "records.parquet"))
    check_rows(table.to_pylist(), records, "Parquet (pyarrow)", lambda v: v)
    check("Parquet: run.json among the metadata", json.loads(table.schema.metadata[b"lookalike.run"])["format"] == "lookalike-results/1")


def check_csv(folder, records):
    with open(os.path.join(folder, "records.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    check_rows(rows, records, "CSV", lambda v: None if v == "" else float(v))


def check_card(folder, summary):
    from huggingface_hub import ModelCard

    card = ModelCard.load(os.path.join(folder, "model-card.md"))
    found = {(r.metric_type, r.metric_name): r.metric_value for r in card.data.eval_results}
    values = sorted(found.values())
    expected = sorted(m[k] for m in summary["methods"].values() if m["counts"]["pairs"] > 0 for k in ("set", "individual", "confusion"))
    check(f"model card (huggingface_hub): {len(values)} metrics and summary.json", values == expected)


def main():
    results = os.path.abspath(sys.argv[1])
    summary = read_json(results, "summary.json")
    with open(os.path.join(results, "records.jsonl"), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    with tempfile.TemporaryDirectory() as scratch:
        at = {to: export(results, to, os.path.join(scratch, to)) for to in FORMATS}
        check_inspect(at["inspect"], summary, records)
        check_lm_eval(at["lm-eval"], summary, records)
        check_parquet(at["parquet"], records)
        check_csv(at["csv"], records)
        check_card(at["model-card"], summary)
    print(f"{len(failures)} differences." if failures else "All the same.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
