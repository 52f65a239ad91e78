// Every page: tells the server when a person is at the computer, and leaves the page when the window is locked.

const LOOK_EVERY_MS = 5000;
const TELL_EVERY_MS = 20000;
const LOCKED = "/locked";
const lockForm = document.getElementById("lock-form");
let hasPin = false;
let toldAt = -TELL_EVERY_MS;
let timer = 0;

async function ask(path, method) {
  try {
    const reply = await fetch(path, { method, headers: { Accept: "application/json" } });
    if (reply.ok) take(await reply.json());
  } catch {
    // The live part of the page says that the server does not answer.
  }
}

function take(state) {
  hasPin = state.has_pin;
  if (state.is_locked) location.replace(LOCKED);
  lockForm.hidden = !hasPin;
}

function tell() {
  const now = performance.now();
  if (!hasPin || now - toldAt < TELL_EVERY_MS) return;
  toldAt = now;
  ask("/lock/seen", "POST");
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  await ask("/lock/state", "GET");
  // Without a PIN nothing can lock the window until another page is opened.
  if (hasPin) timer = setTimeout(look, LOOK_EVERY_MS);
}

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
  addEventListener(kind, tell, { capture: true, passive: true });
}
addEventListener("visibilitychange", look);
look();
