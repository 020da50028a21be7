// The page around the terminal: takes the seat for this tab, loads the terminal, and says what is the matter
// when there is none. textual-serve's own script does the rest; it connects when `window.onload` is called.
"use strict";

const GOING_AWAY = 1001;
const LEFT = 4000;
const MOVED = 4001;
const BELL = 7;
const SOON_MS = 10000;
const state = { lastWords: "", openedMs: 0 };
const stored = window.sessionStorage;

// A name for this tab that it keeps when it is loaded again.
function tab() {
  if (!stored.getItem("tab")) stored.setItem("tab", window.crypto.randomUUID());
  return stored.getItem("tab");
}

function show(title, text, action, act) {
  document.getElementById("title").textContent = title;
  document.getElementById("text").textContent = text;
  const button = document.getElementById("act");
  button.hidden = !action;
  button.textContent = action || "";
  button.onclick = act;
  document.body.classList.remove("-open");
  if (action) button.focus();
}

function again(insist) {
  if (insist) stored.setItem("insist", "yes");
  window.location.reload();
}

async function begin() {
  const insist = stored.getItem("insist") === "yes";
  stored.removeItem("insist");
  let answer;
  try {
    answer = await fetch("/seat", { method: "POST", body: JSON.stringify({ tab: tab(), insist }) });
  } catch {
    return gone();
  }
  if (answer.status === 409) return elsewhere();
  if (!answer.ok) return show("Please open interviewkit first", "In a terminal, type: interviewkit serve. It gives you a new address.");
  start((await answer.json()).ticket);
}

function start(ticket) {
  const terminal = document.getElementById("terminal");
  terminal.className = "textual-terminal";
  terminal.dataset.sessionWebsocketUrl = `ws://${window.location.host}/ws/${ticket}`;
  const script = document.createElement("script");
  script.src = "/static/js/textual.js";
  script.onload = () => {
    const connect = window.onload;
    window.onload = null;
    connect();
  };
  document.head.append(script);
}

// ── when there is no app ───────────────────────────────────────────────────────────────────────

function elsewhere() {
  show("The study is open in another tab or window", "It can be in one at a time. If you go on here, it closes there; nothing is lost.", "Go on here instead", () => again(true));
}

function gone() {
  show("interviewkit has ended", "In a terminal, type: interviewkit serve. A call that was being recorded goes on for a minute, and what was recorded is kept.");
}

function closed(code) {
  if (code === MOVED) elsewhere();
  else if (code === LEFT && state.lastWords) show("The study could not be shown", state.lastWords, "Try again", () => again(false));
  else if (code === LEFT) show("The study is closed", "You can close this tab.", "Open it again", () => again(false));
  else if (code === GOING_AWAY) gone();
  else if (Date.now() - state.openedMs > SOON_MS) again(false);
  else show("The connection was lost", "What was recorded and saved is kept.", "Try again", () => again(false));
}

// ── what the terminal's script leaves out ──────────────────────────────────────────────────────

window.WebSocket = class extends window.WebSocket {
  constructor(...options) {
    super(...options);
    state.openedMs = Date.now();
    this.addEventListener("message", (event) => heard(event.data));
    this.addEventListener("close", (event) => closed(event.code));
  }
};

function heard(data) {
  if (typeof data === "string") {
    const [kind, text] = JSON.parse(data);
    if (kind === "said") state.lastWords = text;
  } else {
    if (!document.body.classList.contains("-open")) {
      document.body.classList.add("-open");
      focusTerminal();
    }
    if (data.byteLength === 1 && new Uint8Array(data)[0] === BELL) ring();
  }
}

function ring() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.05;
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.15);
}

// No link leads out of this computer: in a transcript, an address is only text.
const openWindow = window.open.bind(window);
window.open = (address, ...options) => {
  const own = typeof address === "string" && new URL(address, window.location).origin === window.location.origin;
  return own ? openWindow(address, ...options) : null;
};

// ── keys ───────────────────────────────────────────────────────────────────────────────────────

function focusTerminal() {
  const input = document.querySelector(".xterm-helper-textarea");
  if (input && document.body.classList.contains("-open")) input.focus();
}

// Pasting is the browser's: it hands the text over, where the terminal would only send the key. So are the whole
// screen and the tools of developers.
function isBrowsers(event) {
  const pastes = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "v";
  return pastes || event.key === "F11" || event.key === "F12";
}

window.addEventListener("keydown", (event) => {
  if (isBrowsers(event)) event.stopImmediatePropagation();
}, true);

// The terminal keeps its keys from the browser; these too while the terminal hasn't got the focus.
window.addEventListener("keydown", (event) => {
  if (/^F([1-9]|10)$/.test(event.key)) event.preventDefault();
});
for (const kind of ["focus", "pointerup", "visibilitychange"]) window.addEventListener(kind, focusTerminal);

document.addEventListener("DOMContentLoaded", begin);
