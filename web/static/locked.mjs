// The lock page: keeps its one sentence true, and goes away when the window was unlocked elsewhere.

import "./secrets.mjs";

const LOOK_EVERY_MS = 5000;
const state = document.getElementById("state");
const lost = document.getElementById("lost");
const fields = [...document.querySelectorAll("input:not([type=hidden])")];

async function look() {
  if (document.hidden) return;
  try {
    const reply = await fetch("/state", { headers: { Accept: "application/json" } });
    if (reply.ok) take(await reply.json());
    showLost(!reply.ok);
  } catch {
    showLost(true);
  }
}

function take(told) {
  if (told.is_locked === false) location.replace("/");
  // Not under the hands of somebody who types.
  else if (told.state !== state.dataset.state && fields.every((field) => !field.value)) location.reload();
}

function showLost(isLost) {
  lost.hidden = !isLost;
  state.hidden = isLost;
}

addEventListener("visibilitychange", look);
setInterval(look, LOOK_EVERY_MS);
