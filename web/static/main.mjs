// Every live page: its status, actions without a page change, and copying the address.

import { LiveStatus } from "./live.mjs";

document.documentElement.classList.add("scripted");

const COPIED_MS = 2000;
const problem = document.getElementById("action-problem");
const live = document.getElementById("live");
export const status = new LiveStatus(live, document.getElementById("lost"));

live.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-live]")) return;
  event.preventDefault();
  act(event.target, event.submitter);
});

live.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

async function act(form, button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  problem.hidden = true;
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (!reply.ok) refuse(await reply.json());
    else if (form.dataset.closes) close(document.getElementById(form.dataset.closes));
  } catch {
    // No answer at all: the next look at the server says so, in the place where its state is shown.
  }
  button.removeAttribute("aria-busy");
  const neighbours = neighboursOf(button.closest("li"));
  await status.refresh();
  keepPlace(button, neighbours);
}

function neighboursOf(item) {
  return item ? [item.nextElementSibling, item.previousElementSibling] : [];
}

/** When the pressed button is gone, the keyboard goes on from what stood beside it in the list, else from the sentence
    that says what happened. */
function keepPlace(button, neighbours) {
  if (button.isConnected || document.activeElement !== document.body) return;
  const next =
    neighbours.find((item) => item?.isConnected) ??
    live.querySelector("#state .button:not(.unscripted *)") ??
    live.querySelector("h1");
  if (next.tabIndex < 0) next.tabIndex = -1;
  next.focus();
}

/** Folds away the form that has done its work. */
function close(details) {
  details.open = false;
  details.querySelector("summary").focus();
}

/** What asks for the PIN leads to the page where it is typed, and back. */
function refuse(told) {
  if (told.code === "pin_needed") location.assign(`/pin?to=${encodeURIComponent(location.pathname)}`);
  else if (told.code === "window_locked") location.assign("/locked");
  else say(told.message);
}

function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = false;
  problem.scrollIntoView({ block: "nearest" });
}

async function copy(button) {
  const address = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(address.textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), COPIED_MS);
  } catch {
    // Not permitted here: select the address, so that Ctrl+C does it.
    getSelection().selectAllChildren(address);
  }
}
