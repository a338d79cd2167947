// Pickles are programs: reading one runs it. They are recognised and refused, with the lines of Python that write what can be read.

/** The trainers whose dumps are pickles. */
export type PickleOf = 'slime' | 'skyrl' | 'other';

/** What turns a dump into rollouts@1, to be run where the trainer runs, by trainer. */
export const CONVERTERS: Readonly<Record<PickleOf, string>> = {
  slime: `import json, sys, torch  # python convert.py IN.pt > OUT.jsonl
d = torch.load(sys.argv[1], weights_only=False)
for s in d["samples"]:
    n = len(s["tokens"]) - s["response_length"]
    mask = s.get("loss_mask") or [1] * s["response_length"]
    row = {"group": str(s["group_index"]), "ids": list(s["tokens"]), "mask": [0] * n + list(mask), "reward": s["reward"],
           "components": ["prompt"] * n + ["sample" if m else "tool" for m in mask], "truncated": str(s["status"]).endswith("truncated")}
    if s.get("rollout_log_probs"): row["samplerLogProbs"] = [None] * n + list(s["rollout_log_probs"])
    if d.get("rollout_id") is not None: row["step"] = int(d["rollout_id"])
    v = [float(x) for x in s.get("weight_versions") or [] if str(x).isdigit()]
    if v: row["versions"] = [v[0], v[-1]]
    if str(s["status"]).endswith(("failed", "aborted")): row["failure"] = str(s["status"])
    if isinstance(s.get("label"), str): row["groundTruth"] = s["label"]
    for name, key in [("logProbs", "log_probs"), ("refLogProbs", "ref_log_probs"), ("values", "values"), ("returns", "returns"), ("advantage", "advantages")]:
        if s.get(key) is not None: row[name] = [0.0 if name == "advantage" else None] * n + [float(x) for x in s[key]]  # training data
    print(json.dumps(row))`,
  skyrl: `import json, pickle, re, sys  # python convert.py IN.pkl [ids of end tokens] > OUT.jsonl
ends = {int(x) for x in sys.argv[2:]}
step = re.search(r"global_step_(\\d+)", sys.argv[1])
b = pickle.load(open(sys.argv[1], "rb"))
uids = b.metadata.get("uids")
for i, ids in enumerate(b["sequences"].tolist()):
    seen, loss = b["attention_mask"][i].tolist(), b["loss_mask"][i].tolist()
    n = len(ids) - len(loss)
    spread = lambda x: [None] * n + [float(v) for v in x[i]]
    row = {"ids": ids, "mask": [0] * n + [int(m) for m in loss],
           "components": [("prompt" if t < n else "eos" if ids[t] in ends and loss[t - n] else "sample") if s else "pad" for t, s in enumerate(seen)],
           "logProbs": spread(b["action_log_probs"]), "advantage": [0.0] * n + b["advantages"][i].tolist()}
    if b.get("rewards") is not None: row["reward"] = float(b["rewards"][i].sum())
    if uids is not None: row["group"] = str(uids[i])
    if step: row["step"] = int(step[1])
    if b.get("base_action_log_probs") is not None: row["refLogProbs"] = spread(b["base_action_log_probs"])
    if b.get("rollout_logprobs") is not None: row["samplerLogProbs"] = spread(b["rollout_logprobs"])
    for name, key in [("values", "values"), ("returns", "returns"), ("tokenRewards", "rewards")]:
        if b.get(key) is not None: row[name] = spread(b[key])
    print(json.dumps(row))`,
  other: `import json, sys, torch  # python convert.py IN > OUT.jsonl
for s in torch.load(sys.argv[1], weights_only=False):  # or pickle.load; name the fields as your trainer does
    n = len(s["prompt_ids"])
    print(json.dumps({"group": str(s["prompt_id"]), "ids": s["prompt_ids"] + s["response_ids"], "reward": s["reward"],
                      "components": ["prompt"] * n + ["sample"] * len(s["response_ids"])}))`,
};

/** Whether bytes begin as a pickle of protocol 2 to 5 does, or as the zip archive that PyTorch puts one into. */
export function isPickle(bytes: Uint8Array): boolean {
  const protocol = bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
  const zip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  return protocol || zip;
}

/** Whose dump it is, by the name of the file. */
function trainerOf(name: string): PickleOf {
  if (/_training_input\.pkl$/.test(name)) return 'skyrl';
  return /\.pt$/.test(name) ? 'slime' : 'other';
}

/** What is said to somebody who gives a pickle. */
export const PICKLE_REFUSAL =
  'it is a pickle, and reading a pickle runs the program in it. Where the trainer is installed, these lines write what can be read:';

/** The lines that convert a pickle of this name. */
export function converterOf(name: string): string {
  return CONVERTERS[trainerOf(name)];
}
