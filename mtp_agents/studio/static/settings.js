// The settings of the next run, kept in this browser.

const THRESHOLDS = { confadapt: 0.9, verified: 0.5 }; // the policies' own
const KEY = "mtp-agents-studio";

export class Settings {
  /** @param {(view: string) => void} onView Called when replies are to be shown in another way. */
  constructor(onView) {
    this.form = document.getElementById("settings");
    this.threshold = document.getElementById("threshold");
    this.kept = { policy: "verified", view: "blocks", k: "", thresholds: { ...THRESHOLDS }, ...stored() };
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.#changed(event.target, onView));
    this.#show();
  }

  /** What a run gets as its context; nothing for an agent that takes no such settings. */
  get context() {
    if (document.getElementById("decoding").disabled) return undefined;
    const k = document.getElementById("k");
    const context = { decoding: this.kept.policy };
    if (this.kept.policy !== "static") context.threshold = this.kept.thresholds[this.kept.policy];
    if (k.value && k.checkValidity()) context.k = Number(k.value);
    return context;
  }

  get view() {
    return this.kept.view;
  }

  /** Whether what was typed can be sent; shows the browser's own message where not. */
  valid() {
    return this.form.reportValidity();
  }

  /** Whether the chosen agent takes these settings, by its context schema. */
  allow(yes) {
    document.getElementById("decoding").disabled = !yes;
    document.getElementById("settings-note").hidden = yes;
    this.#show();
  }

  #changed(control, onView) {
    if (control.name === "policy") this.kept.policy = control.value;
    else if (control.name === "view") onView((this.kept.view = control.value));
    else if (control.id === "k") this.kept.k = control.value;
    else if (control.id === "threshold") this.kept.thresholds[this.kept.policy] = Number(control.value);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.kept));
    } catch { /* a browser that keeps nothing */ }
    this.#show();
  }

  #show() {
    const { policy, view, k, thresholds } = this.kept;
    this.form.elements.policy.value = policy;
    this.form.elements.view.value = view;
    document.getElementById("k").value = k;
    const none = policy === "static";
    this.threshold.disabled = none;
    if (!none) this.threshold.value = String(thresholds[policy]);
    document.getElementById("threshold-value").textContent = none ? "none" : thresholds[policy].toFixed(2);
  }
}

function stored() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return kept.policy in { ...THRESHOLDS, static: 0 } ? kept : {};
  } catch {
    return {};
  }
}
